#include "batcher/job/job.hpp"
#include "tests/support/job_bench.hpp"
#include "tests/support/wait.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

namespace bellows::batcher::lanes_db_test {
namespace {

using test::TempDatabase;

class Lanes : public testing::Test {
 protected:
  Lanes() {
    test::make_ledger(db);
    options.lanes = 3;
  }
  Progress run(Observer const& observe = [](Event const&) {}) {
    Surroundings surroundings = test::surroundings_of(db);
    surroundings.observe = observe;
    Progress last;
    surroundings.show = [&](Progress const& progress) { last = progress; };
    EXPECT_EQ(run_job(test::copy_spec(), options, surroundings), Outcome::Finished);
    return last;
  }

  TempDatabase db;
  Options options = test::small_batches();
};

TEST_F(Lanes, KeySpaceIsCutIntoEqualParts) {
  test::make_counted_table(db, 900);
  Progress const done = run();
  test::expect_each_row_written_once(db);
  EXPECT_EQ(done.rows_written, 900);
  EXPECT_EQ(done.rows_scanned, 900);
  EXPECT_EQ(done.share, 1.0);
  EXPECT_EQ(db.value("SELECT string_agg(upper_key->>0, ',' ORDER BY lane) FROM bellows.lanes"),
            "300,600,900");
  EXPECT_EQ(db.value("SELECT string_agg(rows_written::text, ',') FROM bellows.lanes"),
            "300,300,300");
  EXPECT_EQ(db.value("SELECT finished_at IS NOT NULL FROM bellows.jobs"), "t");
}

// A batch of each waits for the others: were they not side by side, none would go on.
TEST_F(Lanes, WorkAtTheSameTime) {
  test::make_counted_table(db, 90);
  std::mutex mutex;
  std::set<std::thread::id> in_a_batch;
  run(test::at_event("batch begins", [&] {
    {
      std::lock_guard const lock(mutex);
      in_a_batch.insert(std::this_thread::get_id());
    }
    test::wait_until(
        [&] {
          std::lock_guard const lock(mutex);
          return in_a_batch.size() == 3;
        },
        "three lanes");
  }));
  test::expect_each_row_written_once(db);
}

TEST_F(Lanes, MoreThanThereAreRows) {
  options.lanes = 20;
  test::make_counted_table(db, 5);
  EXPECT_EQ(run().rows_written, 5);
  test::expect_each_row_written_once(db);
}

TEST_F(Lanes, OneThatFailsEndsTheOthers) {
  test::make_counted_table(db, 3000);
  Spec spec = test::copy_spec();
  test::set_of(spec) = {
      {sql::Identifier("copy"), "upper(name) || left((1 / (id - 2500))::text, 0)"}};
  options.max_dead_letters = 0;
  Surroundings surroundings = test::surroundings_of(db);
  EXPECT_THROW(run_job(spec, options, surroundings), TooManyDeadLetters);
  db.run("UPDATE t SET id = 0 WHERE id = 2500");
  EXPECT_EQ(run_job(spec, options, surroundings), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) FROM t WHERE copy = upper(name)"), "2999");
}

TEST_F(Lanes, NewerFenceOfOneLaneStopsAll) {
  test::make_counted_table(db, 900);
  std::atomic<bool> once{false};
  Surroundings surroundings = test::surroundings_of(db, 1);
  surroundings.observe = test::at_event("batch committed", [&] {
    if (!once.exchange(true)) {
      db.run("UPDATE bellows.lanes SET fence = 2 WHERE lane = 1");
    }
  });
  EXPECT_THROW(run_job(test::copy_spec(), options, surroundings), LostLease);
  EXPECT_THROW(run_job(test::copy_spec(), options, surroundings), LostLease);
}

TEST_F(Lanes, VacuumRunsBetweenBatchesAndKeepsTheHeapSmall) {
  db.run(
      "CREATE TABLE t (id bigint PRIMARY KEY, name text NOT NULL, copy text)"
      " WITH (autovacuum_enabled = off);"
      "INSERT INTO t SELECT i, 'name ' || i FROM generate_series(1, 60000) i;"
      "CREATE INDEX ON t (copy)");  // so that no update is HOT
  db.session().run("ANALYZE t");
  options = {};
  options.first_rows = options.max_rows = 1'000;
  Progress const done = run();
  EXPECT_EQ(done.hot, 0);
  EXPECT_GE(done.vacuums, 3);
  EXPECT_LT(done.heap_growth.value(), 0.6);
  EXPECT_GT(done.index_growth.value(), 0);
}

}  // namespace
}  // namespace bellows::batcher::lanes_db_test
