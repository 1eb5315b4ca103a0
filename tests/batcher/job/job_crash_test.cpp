#include "batcher/job/job.hpp"
#include "tests/support/job_bench.hpp"
#include "tests/support/own_cluster.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <csignal>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

namespace bellows::batcher {
namespace {

using test::TempDatabase;

Spec counting_spec() {
  Spec spec = test::copy_spec();
  test::set_of(spec) = {{sql::Identifier("copy"), "upper(name) || coalesce(copy, '')"}};
  return spec;
}

// Runs the job in a process of its own, which kills itself at its k-th event. False: it got
// through.
bool killed_at(TempDatabase const& db, int k) {
  pid_t const child = ::fork();
  if (child == 0) {
    int count = 0;
    Surroundings surroundings = test::surroundings_of(db);
    surroundings.observe = [&](Event const&) {
      if (++count == k) {
        ::kill(::getpid(), SIGKILL);
      }
    };
    bool finished = false;
    try {
      finished = run_job(counting_spec(), test::small_batches(), surroundings) == Outcome::Finished;
    } catch (std::exception const& error) {
      fmt::print(stderr, "child: {}\n", error.what());
    }
    ::_exit(finished ? 0 : 1);
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
}  // namespace bellows::batcher
