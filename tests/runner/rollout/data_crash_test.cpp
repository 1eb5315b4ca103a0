#include "tests/runner/rollout/data_bench.hpp"

/// A copy and a delete, killed at their k-th event for every k, and taken up again: the outcome is
/// that of a run that nobody disturbed; each row was copied once, and went once.
namespace bellows::test::data_crash_test {
namespace {

constexpr int shards = 8;

std::vector<std::string> const up{"up", "--batch-rows", "20", "--batch-max-rows", "20"};

std::string outcome(DataBench const& bench) {
  return bench.value("SELECT string_agg(e::text, ' ' ORDER BY id) FROM events e") +
         bench.value(
             "SELECT string_agg(no || \"La bel\" || status, ' ' ORDER BY no) FROM archive") +
         bench.value("SELECT count(*) || ' came of ' || count(DISTINCT id) FROM came") +
         bench.value("SELECT count(*) || ' went of ' || count(DISTINCT id) FROM gone") +
         bench.value(
             "SELECT string_agg(m.name || m.state || s.step || s.state, ' '"
             " ORDER BY m.name, s.step) FROM bellows.migrations m JOIN bellows.steps s"
             " ON s.migration = m.name") +
         bench.value(
             "SELECT string_agg(job || rows_written || ' of ' || rows_scanned, ' '"
             " ORDER BY job) FROM bellows.lanes");
}

class DataCrash : public testing::TestWithParam<int> {};

TEST_P(DataCrash, AtEveryEventEndsAsIfUndisturbed) {
  DataBench const undisturbed(events(60));
  ASSERT_EQ(undisturbed.project.run_observed({up}, die_at(0)).code, 0);
  std::string const expected = outcome(undisturbed);
  ASSERT_NE(expected.find("20 came of 20"), std::string::npos) << expected;
  ASSERT_NE(expected.find("20 went of 20"), std::string::npos) << expected;
  int crashes = 0;
  for (int k = GetParam() + 1;; k += shards) {
    DataBench const bench(events(60));
    Ran const first = bench.project.run_observed({up}, die_at(k));
    if (first.code == 0) {
      break;  // past the last event
    }
    ASSERT_EQ(first.code, 128 + 9) << first.said;
    ++crashes;
    for (auto const& command : {std::vector<std::string>{"resume"}, up}) {
      Ran const again = bench.project.run(command);
      ASSERT_EQ(again.code, 0) << "after dying at event " << k << "\n" << again.said << first.said;
    }
    ASSERT_EQ(outcome(bench), expected) << "after dying at event " << k;
  }
  EXPECT_GT(crashes, 5);
}

INSTANTIATE_TEST_SUITE_P(EveryEvent, DataCrash, testing::Range(0, shards));

}  // namespace
}  // namespace bellows::test::data_crash_test
