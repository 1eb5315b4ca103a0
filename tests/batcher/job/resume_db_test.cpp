#include "batcher/job/job.hpp"
#include "tests/support/beside.hpp"
#include "tests/support/job_bench.hpp"
#include "tests/support/wait.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <tuple>
#include <utility>

namespace bellows::batcher::resume_db_test {
namespace {

using test::TempDatabase;

// Not idempotent on purpose: a row written twice would show.
Spec counting_spec() {
  Spec spec = test::copy_spec();
  test::set_of(spec) = {{sql::Identifier("copy"), "upper(name) || coalesce(copy, '')"}};
  return spec;
}

class Resume : public testing::Test {
 protected:
  Resume() { test::make_ledger(db); }

  void start_over() {
    db.run("UPDATE t SET copy = NULL; TRUNCATE writes; DELETE FROM bellows.jobs");
    db.run("TRUNCATE writes");
  }
  Outcome run(
      Observer observer = [](Event const&) {}, std::int64_t fence = 0) {
    Surroundings surroundings = test::surroundings_of(db, fence);
    surroundings.observe = std::move(observer);
    return run_job(counting_spec(), options, surroundings);
  }

  TempDatabase db;
  Options options = test::small_batches();
};

// However the rows are divided, the end is the same.
class ResumeDivided : public Resume, public testing::WithParamInterface<std::pair<int, int>> {
 protected:
  ResumeDivided() { std::tie(options.lanes, options.stripes) = GetParam(); }
};

INSTANTIATE_TEST_SUITE_P(LanesAndStripes, ResumeDivided,
                         testing::Values(std::pair{1, 1}, std::pair{1, 3}, std::pair{2, 1},
                                         std::pair{2, 2}),
                         [](auto const& of) {
                           return fmt::format("Lanes{}Stripes{}", of.param.first, of.param.second);
                         });

TEST_P(ResumeDivided, FromACrashAtEveryEventTheEndIsTheSame) {
  test::make_counted_table(db, 35);
  int k = 1;
  for (bool crashed = true; crashed; ++k) {
    start_over();
    crashed = false;
    try {
      run(test::crash_at(k));
    } catch (test::CrashedHere const&) {
      crashed = true;
      EXPECT_EQ(run(), Outcome::Finished);
    }
    SCOPED_TRACE(fmt::format("crash at event {}", k));
    test::expect_each_row_written_once(db);
    EXPECT_EQ(db.value("SELECT sum(rows_written) FROM bellows.lanes"), "35");
    EXPECT_EQ(db.value("SELECT sum(rows_scanned) FROM bellows.lanes"), "35");
    EXPECT_EQ(db.value("SELECT finished_at IS NOT NULL FROM bellows.jobs"), "t");
  }
  EXPECT_GT(k, 25);  // four batches of six events, and the job's own
}

// What the first run had begun in stripes, the second finishes in its own way.
TEST_F(Resume, WithOtherOptionsFromACrashAtEveryEvent) {
  test::make_counted_table(db, 35);
  int k = 1;
  for (bool crashed = true; crashed; ++k) {
    start_over();
    crashed = false;
    try {
      options.stripes = 4;
      run(test::crash_at(k));
    } catch (test::CrashedHere const&) {
      crashed = true;
      options.stripes = 1;
      options.lanes = 3;
      EXPECT_EQ(run(), Outcome::Finished);
      options.lanes = 1;
    }
    SCOPED_TRACE(fmt::format("crash at event {}", k));
    test::expect_each_row_written_once(db);
  }
}

TEST_P(ResumeDivided, AfterManyCrashesInARow) {
  test::make_counted_table(db, 35);
  int crashes = 0;
  for (bool crashed = true; crashed; ++crashes) {
    crashed = false;
    try {
      run(test::crash_at(9));  // a batch or so further each time
    } catch (test::CrashedHere const&) {
      crashed = true;
    }
  }
  EXPECT_GT(crashes, 2);
  test::expect_each_row_written_once(db);
}

TEST_P(ResumeDivided, TerminatedInMidBatchItReconnectsAndGoesOn) {
  test::make_counted_table(db, 35);
  int terminated = 0;
  int const lanes = options.lanes;
  char const* const ours =
      "FROM pg_stat_activity WHERE application_name = 'bellows backfill'"
      " AND datname = current_database()";
  for (char const* const event :
       {"rows locked", "rows written", "checkpoint written", "batch committed"}) {
    start_over();
    std::atomic<bool> once{false};
    EXPECT_EQ(
        run(test::at_event(
            event,
            [&] {
              if (once.exchange(true)) {
                return;
              }
              test::wait_until(  // the other lane's, which has begun as well
                  [&] {
                    return std::stoi(db.value(fmt::format("SELECT count(*) {}", ours))) == lanes;
                  },
                  "every lane to have a session");
              terminated += std::stoi(db.value(fmt::format(
                  "SELECT count(*) FROM (SELECT pg_terminate_backend(pid, 5000) {}) x", ours)));
            })),
        Outcome::Finished);
    SCOPED_TRACE(event);
    test::expect_each_row_written_once(db);
  }
  EXPECT_EQ(terminated, 4 * lanes);
}

TEST_F(Resume, FenceOfANewerRunStopsTheOlderOne) {
  test::make_counted_table(db, 100);
  int batches = 0;
  EXPECT_THROW(run(test::at_event("rows written",
                                  [&] {
                                    if (++batches == 3) {
                                      db.run("UPDATE bellows.lanes SET fence = 8");
                                    }
                                  }),
                   7),
               LostLease);
  EXPECT_EQ(db.value("SELECT count(*) FROM t WHERE copy IS NOT NULL"), "20");
  EXPECT_THROW(run([](Event const&) {}, 7), LostLease);
  EXPECT_EQ(run([](Event const&) {}, 8), Outcome::Finished);
  test::expect_each_row_written_once(db);
}

TEST_F(Resume, ForgottenJobWritesNoMore) {
  test::make_counted_table(db, 100);
  bool once = false;
  EXPECT_THROW(run(test::at_event("batch committed",
                                  [&] {
                                    if (!once) {
                                      once = true;
                                      db.run("DELETE FROM bellows.jobs");
                                    }
                                  })),
               LostLease);
  EXPECT_EQ(db.value("SELECT count(*) FROM t WHERE copy IS NOT NULL"), "10");
}

TEST_P(ResumeDivided, TwoRunsAtOnceWithTheSameFenceWriteEachRowOnce) {
  test::make_counted_table(db, 300);
  test::Beside other([&] { run(); });
  run();
  other.join();
  test::expect_each_row_written_once(db);
}

}  // namespace
}  // namespace bellows::batcher::resume_db_test
