#include "batcher/job/job.hpp"
#include "tests/support/beside.hpp"
#include "tests/support/job_bench.hpp"
#include "tests/support/wait.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <list>
#include <random>

namespace bellows::batcher::concurrent_db_test {
namespace {

using namespace std::chrono_literals;
using test::TempDatabase;

class Concurrent : public testing::Test {
 protected:
  Concurrent() { test::make_ledger(db); }
  Surroundings surroundings() { return test::surroundings_of(db); }

  TempDatabase db;
};

TEST_F(Concurrent, LockedRowIsWaitedForAndNeverLost) {
  test::make_counted_table(db, 40);
  postgres::Session holder = db.session();
  std::optional<postgres::Transaction> holding(holder.begin());
  holding->run("UPDATE t SET name = 'changed meanwhile' WHERE id = 17");
  Surroundings around = surroundings();
  std::atomic<int> batches{0};
  around.observe = test::at_event("batch committed", [&] { ++batches; });
  test::Beside job(
      [&] {
        EXPECT_EQ(run_job(test::copy_spec(), test::small_batches(), around), Outcome::Finished);
      },
      [&] { holding.reset(); });
  postgres::Session watcher = db.session();
  // Down to the single row that it may wait for; everything before it is done.
  test::wait_until_somebody_blocked(watcher, "bellows backfill");
  EXPECT_EQ(watcher.run("SELECT cursor_key->>0 FROM bellows.lanes").text(0, 0), "16");
  EXPECT_EQ(watcher.run("SELECT count(*) FROM (SELECT FROM t FOR UPDATE SKIP LOCKED) AS free")
                .number(0, 0),
            39)
      << "it waits while it holds rows that somebody else may want next";
  holding->commit();
  holding.reset();
  job.join();
  EXPECT_EQ(db.value("SELECT copy FROM t WHERE id = 17"), "CHANGED MEANWHILE");
  EXPECT_EQ(db.value("SELECT count(*) FROM t WHERE copy = upper(name)"), "40");
  EXPECT_EQ(db.value("SELECT rows_written FROM bellows.lanes"), "40");
}

TEST_F(Concurrent, ForeignKeysChecksPassWhileABatchHoldsItsRows) {
  test::make_counted_table(db, 10);
  db.run("CREATE TABLE child (t_id int REFERENCES t)");
  Surroundings around = surroundings();
  around.observe = test::at_event("rows written", [&] {
    postgres::Session session = db.session();
    postgres::Transaction transaction = session.begin();
    transaction.set_local("lock_timeout", "1s");
    transaction.run("INSERT INTO child VALUES (3)");
    transaction.commit();
  });
  EXPECT_EQ(run_job(test::copy_spec(), test::small_batches(), around), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) FROM child"), "1");
}

// Between the job's look at the rows and its write of them somebody moves them to other pages.
TEST_F(Concurrent, RowsThatMoveBetweenPagesAreNeitherMissedNorWrittenTwice) {
  db.run(
      "CREATE TABLE t (id int PRIMARY KEY, name text, copy text, hits int NOT NULL DEFAULT 0);"
      "INSERT INTO t SELECT i, repeat('n', 300) FROM generate_series(1, 2000) i");
  Spec spec = test::copy_spec();
  test::set_of(spec) = {{sql::Identifier("hits"), "hits + 1"}};
  std::atomic<bool> done{false};
  std::list<test::Beside> writers;
  for (unsigned seed = 1; seed <= 2; ++seed) {
    writers.emplace_back(
        [&, seed] {
          postgres::Session session = db.session("application");
          std::mt19937 random(seed);
          while (!done) {
            // A longer row seldom fits its page: the new version goes elsewhere.
            session.run("UPDATE t SET name = name || $2 WHERE id = $1::int",
                        {std::to_string(random() % 2000 + 1), std::string(50, 'x')});
          }
        },
        [&] { done = true; });
  }
  Surroundings around = surroundings();
  EXPECT_EQ(run_job(spec, test::small_batches(100), around), Outcome::Finished);
  done = true;
  for (test::Beside& writer : writers) {
    writer.join();
  }
  EXPECT_EQ(db.value("SELECT count(*) || ' ' || min(hits) || ' ' || max(hits) FROM t"), "2000 1 1");
}

TEST_F(Concurrent, PredicateIsCheckedAgainOnWhatTheRowHasBecome) {
  test::make_counted_table(db, 1);
  Spec spec = test::copy_spec();
  spec.where = "copy IS NULL";
  postgres::Session holder = db.session();
  std::optional<postgres::Transaction> holding(holder.begin());
  holding->run("UPDATE t SET copy = 'the application was first' WHERE id = 1");
  Surroundings around = surroundings();
  test::Beside job([&] { run_job(spec, test::small_batches(1), around); },
                   [&] { holding.reset(); });
  postgres::Session watcher = db.session();
  test::wait_until_somebody_blocked(watcher, "bellows backfill");
  holding->commit();
  holding.reset();
  job.join();
  EXPECT_EQ(db.value("SELECT copy FROM t"), "the application was first");
  EXPECT_EQ(db.value("SELECT rows_written FROM bellows.lanes"), "0");
}

// Locks rows in the opposite order of the job's, in one statement or one by one.
struct OppositeWriter {
  static constexpr int rows_at_once = 8;
  static constexpr int rows = 400;

  OppositeWriter(TempDatabase const& db, unsigned number)
      : session(db.session("application")), random(number), own(static_cast<int>(number)) {}
  // Each writer has rows of its own, every second one: two of them cannot deadlock.
  void transact() {
    int const first = static_cast<int>(random() % (rows / 2 - rows_at_once)) * 2 + own;
    int const last = first + 2 * (rows_at_once - 1);
    if (random() % 4 != 0) {
      session.run(
          "SELECT FROM t WHERE id BETWEEN $1::int AND $2::int AND id % 2 = $1::int % 2"
          " ORDER BY id DESC FOR UPDATE",
          {std::to_string(first), std::to_string(last)});
      return;
    }
    postgres::Transaction transaction = session.begin();
    for (int id = last; id >= first; id -= 2) {
      transaction.run("SELECT FROM t WHERE id = $1::int FOR UPDATE", {std::to_string(id)});
    }
    transaction.commit();
  }

  postgres::Session session;
  std::mt19937 random;
  int own;
};

/// For how long the application's role waits before it looks for a deadlock. As short as this, it
/// would be the victim of every one with the job; with the server's own second, the job may write
/// without locking first where nobody seems to be there, and has to give way in time.
class Opposite : public Concurrent, public testing::WithParamInterface<char const*> {
 protected:
  Opposite() {
    db.run("ALTER DATABASE " + db.name() + " SET deadlock_timeout = '" + GetParam() + "'");
  }
};

INSTANTIATE_TEST_SUITE_P(LooksAfter, Opposite, testing::Values("2ms", "1s"),
                         [](auto const& one) { return std::string("In") + one.param; });

// Whoever is chosen as a deadlock's victim, it is never the application.
TEST_P(Opposite, ApplicationNeverSeesADeadlockInTenThousandTransactions) {
  constexpr int wanted = 10'000;
  test::make_counted_table(db, OppositeWriter::rows);
  std::atomic<int> deadlocks{0};
  std::atomic<int> other_failures{0};
  std::atomic<int> transactions{0};
  std::list<test::Beside> writers;
  for (unsigned number = 1; number <= 2; ++number) {
    writers.emplace_back(
        [&, number] {
          OppositeWriter writer(db, number);
          while (transactions < wanted) {
            try {
              writer.transact();
              ++transactions;
            } catch (postgres::Failure const& failure) {
              ++(failure.kind == postgres::FailureKind::Deadlock ? deadlocks : other_failures);
            }
          }
        },
        [&] { transactions = wanted; });
  }
  test::wait_until([&] { return transactions > 5; }, "the application to run");
  Options options = test::small_batches(50);
  options.min_rows = 1;
  options.retry_budget = 60s;
  int jobs = 0;
  int gave_way = 0;
  while (transactions < wanted) {  // one job after the other, as long as the application runs
    Spec spec = test::copy_spec();
    spec.id = fmt::format("j{}", ++jobs);
    test::set_of(spec).front().second = "upper(name)";
    Surroundings around = surroundings();
    around.observe = test::at_event("batch gave way", [&] { ++gave_way; });
    if (run_job(spec, options, around) != Outcome::Finished) {
      ADD_FAILURE() << "it did not finish";
      transactions = wanted;
    }
  }
  for (test::Beside& writer : writers) {
    writer.join();
  }
  EXPECT_EQ(deadlocks, 0);
  EXPECT_EQ(other_failures, 0);
  EXPECT_GE(transactions, wanted);
  EXPECT_GT(gave_way, 0) << "they never met";
  EXPECT_EQ(db.value("SELECT min(n) || ' ' || max(n) FROM"
                     " (SELECT count(*) AS n FROM writes GROUP BY id) AS times"),
            fmt::format("{} {}", jobs, jobs));
}

TEST_F(Concurrent, SlowStatementIsCutAndTriedSmaller) {
  test::make_counted_table(db, 40);
  Spec spec = test::copy_spec();
  test::set_of(spec) = {{sql::Identifier("copy"), "upper(name) || left(pg_sleep(0.02)::text, 0)"}};
  Options options = test::small_batches(40);
  options.min_rows = 1;
  options.statement_timeout = 300ms;
  Surroundings around = surroundings();
  EXPECT_EQ(run_job(spec, options, around), Outcome::Finished);
  test::expect_each_row_written_once(db);
  EXPECT_GT(std::stoi(db.value("SELECT batch FROM bellows.lanes")), 2);
}

TEST_F(Concurrent, SecondStopRequestCancelsTheRunningStatement) {
  test::make_counted_table(db, 5);
  Spec spec = test::copy_spec();
  test::set_of(spec) = {{sql::Identifier("copy"), "pg_sleep(600)::text"}};
  Options options = test::small_batches();
  options.statement_timeout = 600s;
  Stop stop;
  Surroundings around = surroundings();
  around.stop = &stop;
  std::optional<Outcome> outcome;
  auto const stop_at_once = [&] {
    stop.request();
    stop.request();
  };
  test::Beside job([&] { outcome = run_job(spec, options, around); }, stop_at_once);
  postgres::Session watcher = db.session();
  test::wait_until(
      [&] {
        return watcher
            .run(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
                " AND datname = current_database())")
            .truth(0, 0);
      },
      "the batch to hang");
  stop_at_once();
  job.join();
  EXPECT_EQ(outcome, Outcome::Stopped);
  EXPECT_EQ(db.value("SELECT count(*) FROM writes"), "0");
}

}  // namespace
}  // namespace bellows::batcher::concurrent_db_test
