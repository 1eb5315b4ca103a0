#include "batcher/job/job.hpp"
#include "tests/support/job_bench.hpp"
#include "tests/support/own_cluster.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

namespace bellows::batcher::job_crash_test {
namespace {

using test::TempDatabase;

Spec counting_spec() {
  Spec spec = test::copy_spec();
  test::set_of(spec) = {{sql::Identifier("copy"), "upper(name) || coalesce(copy, '')"}};
  return spec;
}

// Runs the job in a process of its own, which kills itself at its k-th event. False: it got
// through, to `expected`.
bool killed_at(TempDatabase const& db, int k, Options const& options = test::small_batches(),
               Outcome expected = Outcome::Finished) {
  pid_t const child = ::fork();
  if (child == 0) {
    int count = 0;
    Surroundings surroundings = test::surroundings_of(db);
    surroundings.observe = [&](Event const&) {
      if (++count == k) {
        ::kill(::getpid(), SIGKILL);
      }
    };
    bool well = false;
    try {
      well = run_job(counting_spec(), options, surroundings) == expected;
    } catch (std::exception const& error) {
      fmt::print(stderr, "child: {}\n", error.what());
    }
    ::_exit(well ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
  return WIFSIGNALED(status);
}

TEST(JobCrash, KilledProcessAgainAndAgain) {
  TempDatabase db;
  test::make_ledger(db);
  test::make_counted_table(db, 200);
  std::mt19937 random(20260301);
  int kills = 0;
  while (killed_at(db, static_cast<int>(random() % 25 + 1))) {
    ASSERT_LT(++kills, 500);
  }
  EXPECT_GT(kills, 3);
  test::expect_each_row_written_once(db);
  EXPECT_EQ(db.value("SELECT rows_written FROM bellows.lanes"), "200");
}

TEST(JobCrash, KilledProcessSetsTheSameRowsAsideAndSettlesThem) {
  TempDatabase db;
  test::make_ledger(db);
  test::make_counted_table(db, 200);
  db.run(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " IF NEW.id IN (17, 18, 120) THEN RAISE EXCEPTION 'no'; END IF; RETURN NEW; END $$;"
      "CREATE TRIGGER refuse BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION refuse()");
  std::mt19937 random(20260302);
  Options options = test::small_batches();
  int kills = 0;
  while (killed_at(db, static_cast<int>(random() % 30 + 1), options, Outcome::DeadLetters)) {
    ASSERT_LT(++kills, 500);
  }
  EXPECT_GT(kills, 3);
  EXPECT_EQ(db.value("SELECT string_agg(row_key->>0, ',' ORDER BY (row_key->>0)::int)"
                     " FROM bellows.dead_letters"),
            "17,18,120");
  db.run("DROP TRIGGER refuse ON t");
  options.retry_dead_letters = true;
  for (int k = 1; killed_at(db, k, options); ++k) {
    ASSERT_LT(k, 100);
  }
  test::expect_each_row_written_once(db);
  EXPECT_EQ(db.value("SELECT rows_written FROM bellows.lanes"), "200");
  EXPECT_EQ(db.value("SELECT count(*) FROM bellows.dead_letters"), "0");
  EXPECT_EQ(db.value("SELECT finished_at IS NOT NULL FROM bellows.jobs"), "t");
}

TEST(JobCrash, ServerGoesDownInMidBatchAndTheSameRunGoesOn) {
  test::OwnCluster cluster({"fsync=on"});
  TempDatabase db(cluster.conninfo());
  test::make_ledger(db);
  test::make_counted_table(db, 60);
  int events = 0;
  int crashes = 0;
  Surroundings surroundings = test::surroundings_of(db);
  surroundings.observe = [&](Event const&) {
    if (++events % 11 == 0 && crashes < 3) {
      ++crashes;
      cluster.crash();
      cluster.restart();
    }
  };
  EXPECT_EQ(run_job(counting_spec(), test::small_batches(), surroundings), Outcome::Finished);
  EXPECT_EQ(crashes, 3);
  test::expect_each_row_written_once(db);
  EXPECT_EQ(db.value("SELECT rows_written FROM bellows.lanes"), "60");
}

}  // namespace
}  // namespace bellows::batcher::job_crash_test
