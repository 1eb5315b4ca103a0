#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/own_cluster.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <string>
#include <sys/wait.h>
#include <vector>

/// A server that answers nothing any more, and has not ended: its host swaps, or is frozen.
namespace bellows::test::frozen_server_crash_test {
namespace {

/// Of all processes of a server.
class Frozen {
 public:
  Frozen(OwnCluster const& cluster, TempDatabase const& db) {
    std::ifstream(cluster.directory() + "/data/postmaster.pid") >> postmaster_;
    auto session = db.session();
    auto const rows = session.run("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()");
    pids_.push_back(postmaster_);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      pids_.push_back(static_cast<int>(rows.number(row, 0)));
    }
    tell(SIGSTOP);
  }
  Frozen(Frozen const&) = delete;
  Frozen& operator=(Frozen const&) = delete;
  ~Frozen() { tell(SIGCONT); }

  bool is_one() const { return postmaster_ > 0; }

 private:
  void tell(int signal) const {
    for (int const pid : pids_) {
      ::kill(pid, signal);
    }
  }

  int postmaster_ = 0;
  std::vector<int> pids_;
};

bool has_ended(int pid) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == pid;
}

TEST(FrozenServer, OneSignalEndsWhoLooksAndAFewEndWhoWrites) {
  OwnCluster const cluster;
  TempDatabase const db(cluster.conninfo());
  db.run(noted_users(2000));
  Project const project(db.conninfo());
  project.migration(rename_name, rename_sql);
  ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0);
  int const run = project.start(small_up({"--max-rows-per-second", "100"}));
  wait_until(
      [&] {
        return db.value("SELECT to_regclass('bellows.lanes')") != "" &&
               db.value("SELECT count(*) FROM writes") != "0";
      },
      "it to write");
  postgres::Session holder = db.session("somebody");
  postgres::Transaction holding = holder.begin();
  holding.run("LOCK TABLE bellows.migrations");
  int const look = project.start({"status"});
  postgres::Session watcher = db.session();
  wait_until_somebody_blocked(watcher, "bellows status");
  {
    Frozen const frozen(cluster, db);
    ASSERT_TRUE(frozen.is_one());
    ::kill(look, SIGTERM);
    Ran const looked = project.wait(look);
    EXPECT_EQ(looked.code, 143);
    EXPECT_NE(looked.said.find("ended by the signal, without an answer of the server"),
              std::string::npos)
        << looked.said;
    wait_until(
        [&] {
          ::kill(run, SIGTERM);
          return has_ended(run);
        },
        "the run to end");
    Ran const ran = project.wait(run);
    EXPECT_EQ(ran.code, 143);
    EXPECT_NE(ran.said.find("ended at once, by the third signal"), std::string::npos) << ran.said;
  }
  holding.commit();
  EXPECT_EQ(project.run({"resume", "--max-rows-per-second", "0"}).code, 0);
  expect_each_row_renamed_once(db, 2000);
}

}  // namespace
}  // namespace bellows::test::frozen_server_crash_test
