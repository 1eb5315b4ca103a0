#include "batcher/control/controls.hpp"
#include "tests/support/governed_job.hpp"
#include "tests/support/wait.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

/// More lanes and fewer of them while a job runs.
namespace bellows::batcher::live_lanes_db_test {
namespace {

using namespace std::chrono_literals;
using test::GovernedJob;
using test::TempDatabase;

class LiveLanes : public testing::Test {
 protected:
  LiveLanes() {
    test::make_ledger(db);
    options.steering.controls = true;
  }
  void order_lanes(int lanes) {
    db.run(
        fmt::format("INSERT INTO bellows.controls (job, settings, set_by)"
                    " VALUES ('j', jsonb_build_object('lanes', {0}), 'test') ON CONFLICT (job)"
                    " DO UPDATE SET settings = jsonb_build_object('lanes', {0})",
                    lanes));
  }
  int lanes_at_work() {
    return std::stoi(
        db.value("SELECT count(*) FROM pg_stat_activity WHERE datname ="
                 " current_database() AND application_name = 'bellows backfill'"));
  }
  void expect_exact(int rows) {
    test::expect_each_row_written_once(db);
    EXPECT_EQ(db.value("SELECT sum(rows_written) FROM bellows.lanes"), std::to_string(rows));
    EXPECT_EQ(db.value("SELECT bool_and(finished) FROM bellows.lanes"), "t");
    EXPECT_EQ(db.value("SELECT finished_at IS NOT NULL FROM bellows.jobs"), "t");
  }

  TempDatabase db;
  Options options = test::small_batches();
};

TEST_F(LiveLanes, MoreLanesDivideWhatIsLeft) {
  test::make_counted_table(db, 6'000);
  options.steering.rates.rows = 250;  // until it is told otherwise
  GovernedJob job(db, test::copy_spec(), options);
  job.wait_until_batches(3);
  order_lanes(4);
  test::wait_until([&] { return lanes_at_work() == 4; }, "four lanes");
  double const share = job.progress().share;
  EXPECT_GT(share, 0);
  EXPECT_LT(share, 1);
  db.run("UPDATE bellows.controls SET settings = settings || '{\"rows-per-second\": 1000000}'");
  EXPECT_EQ(job.join(), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) FROM bellows.lanes"), "4");
  EXPECT_EQ(db.value("SELECT abs(sum(weight) - 1) < 1e-9 FROM bellows.lanes"), "t");
  expect_exact(6'000);
}

TEST_F(LiveLanes, ShareNeverFallsAcrossADivision) {
  test::make_counted_table(db, 6'000);
  db.session().run("ANALYZE t");
  options.steering.rates.rows = 2'000;
  std::mutex mutex;
  std::vector<double> shares;
  Surroundings world = test::surroundings_of(db);
  std::atomic<int> batches{0};
  world.observe = test::at_event("batch committed", [&] {
    if (++batches == 20) {
      order_lanes(3);
    }
  });
  world.show = [&](Progress const& progress) { shares.push_back(progress.share); };
  EXPECT_EQ(run_job(test::copy_spec(), options, world), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) FROM bellows.lanes"), "3");
  for (std::size_t i = 1; i < shares.size(); ++i) {
    EXPECT_GE(shares[i], shares[i - 1] - 1e-9);
  }
  EXPECT_EQ(shares.back(), 1.0);
  expect_exact(6'000);
}

TEST_F(LiveLanes, FewerLanesLeaveTheirRestToTheOthers) {
  test::make_counted_table(db, 6'000);
  options.lanes = 3;
  options.steering.rates.rows = 250;  // until it is told otherwise
  GovernedJob job(db, test::copy_spec(), options);
  test::wait_until([&] { return lanes_at_work() == 3; }, "three lanes");
  order_lanes(1);
  test::wait_until([&] { return lanes_at_work() == 1; }, "one lane");
  db.run("UPDATE bellows.controls SET settings = settings || '{\"rows-per-second\": 1000000}'");
  EXPECT_EQ(job.join(), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) FROM bellows.lanes"), "3") << "parked ones are not divided";
  expect_exact(6'000);
}

TEST_F(LiveLanes, ALaneThatStandsDownIsTakenUpAgain) {
  test::make_counted_table(db, 8'000);
  options.lanes = 2;
  options.steering.rates.rows = 250;  // until it is told otherwise
  GovernedJob job(db, test::copy_spec(), options);
  std::mt19937 random(20261122);
  for (int change = 0; change < 6; ++change) {
    int const lanes = std::uniform_int_distribution(1, 4)(random);
    order_lanes(lanes);
    test::wait_until([&] { return lanes_at_work() == lanes; }, fmt::format("{} lanes", lanes));
  }
  db.run("UPDATE bellows.controls SET settings = settings || '{\"rows-per-second\": 1000000}'");
  EXPECT_EQ(job.join(), Outcome::Finished);
  expect_exact(8'000);
}

TEST_F(LiveLanes, ResumedWithMoreLanesThanItWasCutInto) {
  test::make_counted_table(db, 2'000);
  Stop stop;
  Surroundings world = test::surroundings_of(db);
  world.stop = &stop;
  world.observe = test::at_event("batch committed", [&] { stop.request(); });
  EXPECT_EQ(run_job(test::copy_spec(), options, world), Outcome::Stopped);
  options.lanes = 3;
  Surroundings again = test::surroundings_of(db);
  EXPECT_EQ(run_job(test::copy_spec(), options, again), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) FROM bellows.lanes"), "3");
  expect_exact(2'000);
}

TEST_F(LiveLanes, TooLittleLeftIsNotDivided) {
  test::make_counted_table(db, 35);
  order_lanes(8);
  GovernedJob job(db, test::copy_spec(), options);
  EXPECT_EQ(job.join(), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) FROM bellows.lanes"), "1");
  expect_exact(35);
}

TEST_F(LiveLanes, KeyColumnsMayHaveAnyName) {
  db.run(
      "CREATE TABLE t (part int, place int, total int, name text, copy text,"
      " PRIMARY KEY (part, place, total));"
      "INSERT INTO t SELECT i / 100, i, 0, 'name ' || i, NULL FROM generate_series(1, 60000) i;"
      "ANALYZE t");
  Spec spec = test::copy_spec();
  spec.key = {sql::Identifier("part"), sql::Identifier("place"), sql::Identifier("total")};
  options.lanes = 2;
  options.first_rows = options.max_rows = 500;
  options.steering.rates.rows = 5'000;  // until it is told otherwise
  GovernedJob job(db, spec, options);
  job.wait_until_batches(2);
  order_lanes(4);
  test::wait_until([&] { return lanes_at_work() == 4; }, "four lanes");
  db.run("UPDATE bellows.controls SET settings = settings || '{\"rows-per-second\": 10000000}'");
  EXPECT_EQ(job.join(), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) FROM t WHERE copy IS DISTINCT FROM upper(name)"), "0");
  EXPECT_EQ(db.value("SELECT sum(rows_written) FROM bellows.lanes"), "60000");
}

// Composite keys, and values whose text sorts otherwise than they do.
TEST_F(LiveLanes, DividedByACompositeKey) {
  db.run(
      "CREATE TABLE t (day date, no int, name text, copy text, PRIMARY KEY (day, no));"
      "INSERT INTO t SELECT date '1999-12-01' + i / 50, i % 50, 'name ' || i, NULL"
      " FROM generate_series(1, 4000) i");
  Spec spec = test::copy_spec();
  spec.key = {sql::Identifier("day"), sql::Identifier("no")};
  Stop stop;
  Surroundings world = test::surroundings_of(db);
  world.stop = &stop;
  world.observe = test::at_event("batch committed", [&] { stop.request(); });
  EXPECT_EQ(run_job(spec, options, world), Outcome::Stopped);
  options.lanes = 4;
  Surroundings again = test::surroundings_of(db);
  EXPECT_EQ(run_job(spec, options, again), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) FROM t WHERE copy IS DISTINCT FROM upper(name)"), "0");
  EXPECT_EQ(db.value("SELECT sum(rows_written) FROM bellows.lanes"), "4000");
  EXPECT_EQ(db.value("SELECT count(*) FROM bellows.lanes"), "4");
}

// At every event of a run that divides its lanes: dead there, and run again.
TEST_F(LiveLanes, CrashAtEveryEventOfADivision) {
  test::make_counted_table(db, 300);
  db.run("CREATE TABLE pristine AS SELECT * FROM t");
  for (int k = 1; k < 400; ++k) {
    db.run("TRUNCATE t, writes, bellows.jobs CASCADE; INSERT INTO t SELECT * FROM pristine");
    Stop stop;
    Surroundings first = test::surroundings_of(db);
    first.stop = &stop;
    first.observe = test::at_event("batch committed", [&] { stop.request(); });
    options.lanes = 1;
    ASSERT_EQ(run_job(test::copy_spec(), options, first), Outcome::Stopped);
    options.lanes = 3;
    bool crashed = false;
    Surroundings dying = test::surroundings_of(db);
    dying.observe = test::crash_at(k);
    try {
      run_job(test::copy_spec(), options, dying);
    } catch (test::CrashedHere const&) {
      crashed = true;
    }
    Surroundings again = test::surroundings_of(db);
    ASSERT_EQ(run_job(test::copy_spec(), options, again), Outcome::Finished) << k;
    test::expect_each_row_written_once(db);
    ASSERT_EQ(db.value("SELECT sum(rows_written) FROM bellows.lanes"), "300") << k;
    if (testing::Test::HasFailure() || !crashed) {
      EXPECT_GT(k, 80);
      return;
    }
    k += k > 40 ? 9 : 0;  // the beginning, where lanes are divided, at every one
  }
}

}  // namespace
}  // namespace bellows::batcher::live_lanes_db_test
