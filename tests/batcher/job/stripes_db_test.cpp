#include "batcher/job/job.hpp"
#include "tests/support/governed_job.hpp"
#include "tests/support/job_bench.hpp"
#include "tests/support/own_cluster.hpp"
#include "tests/support/wait.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <mutex>
#include <string>

namespace bellows::batcher::stripes_db_test {
namespace {

using test::TempDatabase;

class StripesDb : public testing::Test {
 protected:
  StripesDb() {
    test::make_ledger(db);
    db.run(
        "CREATE TABLE t (id bigint PRIMARY KEY, name text NOT NULL, copy text, other text)"
        " WITH (autovacuum_enabled = off);"
        "INSERT INTO t SELECT i, 'name ' || i FROM generate_series(1, 40000) i;"
        "CREATE INDEX ON t (name)");
    db.session().run("VACUUM (FREEZE, ANALYZE) t");
  }

  // Nothing is said about stripes. Batches so small that a busy machine does not cut them off: what
  // an aborted UPDATE has written takes up room as well.
  Progress run(int lanes = 1) {
    Options options;
    options.lanes = lanes;
    options.first_rows = 400;
    options.max_rows = 6'400;
    Surroundings surroundings = test::surroundings_of(db);
    Progress last;
    surroundings.show = [&](Progress const& progress) { last = progress; };
    surroundings.observe = test::at_event("batch committed", [this] {
      std::lock_guard const one_lane(mutex);
      most_stripes =
          std::max(most_stripes, std::stoi(db.value("SELECT max(stripes) FROM bellows.lanes")));
    });
    EXPECT_EQ(run_job(test::copy_spec(), options, surroundings), Outcome::Finished);
    EXPECT_EQ(db.value("SELECT count(*) FROM t WHERE copy = upper(name)"), "40000");
    EXPECT_EQ(last.rows_written, 40'000);
    EXPECT_EQ(last.rows_scanned, 40'000);
    return last;
  }
  double heap() const { return std::stod(db.value("SELECT pg_relation_size('t')")); }

  TempDatabase db;
  std::mutex mutex;
  int most_stripes = 0;
};

/// Pages are pruned only as far as the oldest writing transaction of the *server* allows: a session
/// recomputes what it may remove when that one moves on, whatever the database. Another test's
/// transaction would decide this one.
class OwnServer {
 public:
  OwnServer() { setenv(variable, cluster_.conninfo().c_str(), 1); }
  OwnServer(OwnServer const&) = delete;
  OwnServer& operator=(OwnServer const&) = delete;
  ~OwnServer() { setenv(variable, shared_.c_str(), 1); }

 private:
  static constexpr char const* variable = "BELLOWS_TEST_DSN";
  std::string shared_ = test::test_server();
  test::OwnCluster cluster_;
};

class StripesAlone : private OwnServer, public StripesDb {};

TEST_F(StripesAlone, MostUpdatesAreHotAndTheHeapHardlyGrows) {
  double const before = heap();
  Progress const done = run();
  EXPECT_GT(most_stripes, 1);
  EXPECT_GT(done.hot.value(), 0.6);
  EXPECT_LT(heap(), 1.45 * before);  // the rows themselves grow by a fifth
}

// Each lane's transaction is the other one's old snapshot: without a common step a sixth is HOT.
TEST_F(StripesAlone, TwoLanesDoNotKeepOneAnothersRowsFromBeingPruned) {
  Progress const done = run(2);
  EXPECT_GT(done.hot.value(), 0.6);
}

// Within a range as well: most of a job is one, where ranges are large.
TEST_F(StripesAlone, TheShareGoesAlongWithTheRows) {
  Options options;
  options.first_rows = options.max_rows = 20'000;
  Surroundings surroundings = test::surroundings_of(db);
  double most_behind = 0;
  int seen = 0;
  surroundings.observe = test::at_event("batch committed", [&] {
    postgres::Session session = db.session();
    auto const now = read_progress(session, "j");
    ASSERT_TRUE(now);
    EXPECT_GE(now->rows_scanned, now->rows_written);
    double const done = static_cast<double>(now->rows_written) / 40'000;
    most_behind = std::max(most_behind, std::abs(done - now->share));
    ++seen;
  });
  EXPECT_EQ(run_job(test::copy_spec(), options, surroundings), Outcome::Finished);
  EXPECT_GT(seen, 10);
  EXPECT_LT(most_behind, 0.1);
}

TEST_F(StripesAlone, ATableWithoutStatisticsIsLookedAt) {
  db.run("DELETE FROM pg_statistic WHERE starelid = 't'::regclass");
  db.run("UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE oid = 't'::regclass");
  Progress const done = run();
  EXPECT_GT(most_stripes, 1);
  EXPECT_GT(done.hot.value(), 0.6);
}

// Rows in any order have no neighbours to leave them room, with statistics or without.
TEST_F(StripesDb, RowsInAnotherOrderAreWrittenInWholeRanges) {
  db.run(
      "CREATE TABLE shuffled AS SELECT * FROM t ORDER BY hashint8(id);"
      "TRUNCATE t; INSERT INTO t SELECT * FROM shuffled;"
      "DELETE FROM pg_statistic WHERE starelid = 't'::regclass");
  run();
  EXPECT_EQ(most_stripes, 1);
}

// A leaf of the primary key has a tenth of its room left: more new entries at once split it.
TEST_F(StripesAlone, LeavesOfTheKeyAreNotSplit) {
  EXPECT_LT(run().index_growth.value(), 0.1);
}

TEST_F(StripesDb, IndexedColumnIsWrittenInWholeRanges) {
  db.run("CREATE INDEX ON t ((copy || 'x'))");
  run();
  EXPECT_EQ(most_stripes, 1);
}

TEST_F(StripesDb, OldSnapshotEndsItUntilAnotherTry) {
  postgres::Session holder = db.session();
  postgres::Transaction holding = holder.begin();
  holding.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  holding.run("SELECT count(*) FROM t WHERE id = 1");
  Progress const done = run();
  EXPECT_LT(done.hot.value(), 0.4);
  // The first range in stripes, those after it whole: the ledger counts the commits.
  EXPECT_LT(std::stoi(db.value("SELECT batch FROM bellows.lanes")), 60);
}

// Who keeps the rows is said while it goes on, or waited for.
TEST_F(StripesAlone, WhoKeepsDeadRowsIsNamedAtOnce) {
  postgres::Session holder = db.session();
  std::string const pid = std::to_string(holder.backend_pid());
  for (auto const on : {SignalOptions::OnKeptRows::GoOn, SignalOptions::OnKeptRows::Wait}) {
    db.run("UPDATE t SET copy = NULL; DELETE FROM bellows.jobs");
    db.session().run("VACUUM FULL t");
    postgres::Transaction holding = holder.begin();
    holding.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
    holding.run("SELECT count(*) FROM t WHERE id = 1");
    test::wait_until(
        [&] {
          return db.value("SELECT now() - xact_start > '1 s' FROM pg_stat_activity WHERE pid = " +
                          pid) == "t";
        },
        "the snapshot is old");
    Options options;
    options.first_rows = options.max_rows = 1'600;
    options.steering.signals = SignalOptions{};
    options.steering.signals->kept_rows = on;
    options.pause = std::chrono::milliseconds(50);
    test::GovernedJob job(db, test::copy_spec(), options);
    job.wait_until_said("SELECT pg_terminate_backend(" + pid + ")");
    bool const waits = on == SignalOptions::OnKeptRows::Wait;
    EXPECT_NE(job.said().find(waits ? "waits: kept rows" : "goes on"), std::string::npos)
        << job.said();
    EXPECT_FALSE(job.progress().finished);
    holding.commit();
    if (waits) {
      job.wait_until_said("goes on after");
    }
    job.stop();
    job.join();
  }
}

TEST_F(StripesDb, RoomyPagesNeedNone) {
  db.run("ALTER TABLE t SET (fillfactor = 50)");
  run();
  EXPECT_EQ(most_stripes, 1);
}

}  // namespace
}  // namespace bellows::batcher::stripes_db_test
