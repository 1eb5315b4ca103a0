#include "batcher/job/job.hpp"
#include "tests/support/job_bench.hpp"
#include "tests/support/proxy.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>

/// The line between client and server, cut at any message: before the server has it, or after it
/// has answered and the answer is lost.
namespace bellows::batcher::cut_db_test {
namespace {

using test::CuttingProxy;
using test::TempDatabase;

std::string server_directory() {
  std::string const dsn = test::test_server();  // host=DIR user=…
  return dsn.substr(5, dsn.find(' ') - 5);
}

// Not idempotent on purpose: a row written twice would show.
Spec counting_spec() {
  Spec spec = test::copy_spec();
  test::set_of(spec) = {{sql::Identifier("copy"), "upper(name) || coalesce(copy, '')"}};
  return spec;
}

class Cut : public testing::TestWithParam<CuttingProxy::Act> {
 protected:
  Cut() {
    test::make_ledger(db);
    test::make_counted_table(db, rows);
  }
  void start_over() const {
    db.run("UPDATE t SET copy = NULL; DELETE FROM bellows.jobs");
    db.run("TRUNCATE writes");
  }
  // False: there were fewer than k of them.
  bool run_and_cut(int k, std::function<bool(char, std::string_view)> const& counts) {
    std::atomic<int> seen{0};
    CuttingProxy proxy(server_directory(), [&](char type, std::string_view text) {
      return counts(type, text) && ++seen == k ? GetParam() : CuttingProxy::Act::Pass;
    });
    Surroundings surroundings = test::surroundings_of(db);
    surroundings.conninfo = proxy.conninfo(db.name());
    EXPECT_EQ(run_job(counting_spec(), test::small_batches(8), surroundings), Outcome::Finished);
    return seen >= k;
  }
  void expect_exact(int k) const {
    SCOPED_TRACE(fmt::format("cut at {}", k));
    test::expect_each_row_written_once(db);
    EXPECT_EQ(db.value("SELECT rows_written || ' ' || rows_scanned FROM bellows.lanes"),
              fmt::format("{} {}", rows, rows));
    EXPECT_EQ(db.value("SELECT finished_at IS NOT NULL FROM bellows.jobs"), "t");
  }

  static constexpr int rows = 15;
  TempDatabase db;
};

INSTANTIATE_TEST_SUITE_P(BeforeAndAfter, Cut,
                         testing::Values(CuttingProxy::Act::CutBefore,
                                         CuttingProxy::Act::CutAfterAnswer),
                         [](auto const& of) {
                           return of.param == CuttingProxy::Act::CutBefore ? "NotArrived"
                                                                           : "AnswerLost";
                         });

TEST_P(Cut, AtEveryCommit) {
  int k = 1;
  for (bool cut = true; cut; ++k) {
    start_over();
    cut = run_and_cut(k, [](char type, std::string_view text) {
      return type == 'Q' && text.starts_with("COMMIT");
    });
    expect_exact(k);
  }
  EXPECT_GE(k - 2, 3);  // the job's own and two batches'
}

TEST_P(Cut, AtEveryMessage) {
  int k = 1;
  // Of the job's connection and of its governor's, which are two threads of the proxy.
  std::atomic<bool> started{
      false};  // what is lost before the first login has succeeded ends the run
  for (bool cut = true; cut; ++k) {
    start_over();
    started = false;
    cut = run_and_cut(k, [&](char type, std::string_view text) {
      if (text.starts_with("BEGIN")) {
        started = true;
      }
      return started && (type == 'Q' || type == 'S');
    });
    expect_exact(k);
  }
  EXPECT_GT(k, 20);
}

}  // namespace
}  // namespace bellows::batcher::cut_db_test
