#include "tests/support/own_cluster.hpp"
#include "tests/support/project.hpp"
#include "tests/support/temp_database.hpp"
#include "tests/support/wait.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <csignal>
#include <optional>
#include <string>
#include <vector>

/// The program or the server is killed in the middle of a batch: afterwards every row is right, and
/// written once.
namespace bellows::test::server_crash_test {
namespace {

constexpr int rows = 600;

// The trigger waits in the middle of a batch for as long as the test likes: a row of `hold` that is
// locked holds the batch up at user 305.
std::string const scene = fmt::format(
    "CREATE TABLE users (id int PRIMARY KEY, name text);"
    "INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, {}) g;"
    "CREATE TABLE writes (id int, by int DEFAULT pg_backend_pid()); CREATE TABLE hold (id int "
    "PRIMARY KEY);"
    "INSERT INTO hold VALUES (305);"
    "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$"
    "BEGIN INSERT INTO writes (id) VALUES (NEW.id); PERFORM FROM hold WHERE id = NEW.id FOR SHARE; "
    "RETURN NEW; END $$;"
    "CREATE TRIGGER note BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION note();",
    rows);

std::vector<std::string> const up{"up", "--batch-rows",   "20",  "--batch-max-rows",
                                  "20", "--batch-target", "10s", "--batch-target-beside",
                                  "0",  "--quiet-period", "1ms"};

/// A cluster of its own with the table, and somebody who holds the row.
class MidBatch : public testing::Test {
 protected:
  MidBatch()
      : cluster_({"deadlock_timeout=60s", "track_commit_timestamp=on"}),
        db_(cluster_.conninfo()),
        project_(db_.conninfo()) {
    db_.run(scene);
    project_.migration("20260301090000_rename",
                       "ALTER TABLE users RENAME COLUMN name TO display_name;\n");
    Ran const planned = project_.run({"plan", "--database-url", db_.conninfo()});
    EXPECT_EQ(planned.code, 0) << planned.said;
  }

  /// `up`, started, and now in the middle of the batch that writes row 305.
  int start_and_reach_the_middle() {
    holder_.emplace(db_.session("holder"));
    hold_.emplace(holder_->begin());
    hold_->run("SELECT FROM hold FOR UPDATE");
    int const pid = project_.start(up);
    auto watcher = db_.session("watcher");
    wait_until_somebody_blocked(watcher, "bellows backfill");
    EXPECT_EQ(db_.value("SELECT count(*) FROM writes"), "300");
    return pid;
  }
  std::string lock_process() {
    return db_.value(
        "SELECT coalesce(max(a.pid), 0) FROM pg_stat_activity a JOIN pg_locks l USING (pid) WHERE "
        "a.application_name = 'bellows lock' AND l.locktype = 'advisory' AND l.granted");
  }
  void end_lock_process() {
    EXPECT_EQ(db_.value("SELECT pg_terminate_backend(" + lock_process() + ")"), "t");
  }
  void let_go() {
    hold_.reset();
    holder_.reset();
  }

  void expect_all_is_well() {
    for (auto const& command :
         {std::vector<std::string>{"resume"}, {"contract", "--quiet-period", "0"}}) {
      Ran const ran = project_.run(command);
      ASSERT_EQ(ran.code, 0) << ran.said;
    }
    EXPECT_EQ(db_.value("SELECT count(*) || ' ' || count(DISTINCT id) FROM writes"),
              fmt::format("{} {}", rows, rows));
    EXPECT_EQ(db_.value("SELECT count(*) FROM users WHERE display_name = 'n' || id"),
              std::to_string(rows));
    EXPECT_EQ(db_.value("SELECT state FROM bellows.migrations"), "contracted");
  }

  OwnCluster cluster_;
  TempDatabase db_;
  Project project_;
  std::optional<postgres::Session> holder_;
  std::optional<postgres::Transaction> hold_;
};

TEST_F(MidBatch, TheProgramIsKilled) {
  int const pid = start_and_reach_the_middle();
  ::kill(pid, SIGKILL);
  EXPECT_EQ(project_.wait(pid).code, 128 + SIGKILL);
  let_go();
  expect_all_is_well();
}

TEST_F(MidBatch, TheServerIsKilledAndComesBack) {
  int const pid = start_and_reach_the_middle();
  cluster_.crash();
  let_go();
  cluster_.restart();
  Ran const ran = project_.wait(pid);
  EXPECT_EQ(ran.code, 0) << "it goes on by itself: " << ran.said;
  EXPECT_NE(ran.said.find("the lock is held again"), std::string::npos) << ran.said;
  expect_all_is_well();
}

// It is alive, and has not come back yet: nobody is told to take over what goes on by itself.
TEST_F(MidBatch, TheServerIsBackBeforeTheProgramIs) {
  int const pid = start_and_reach_the_middle();
  ::kill(pid, SIGSTOP);
  cluster_.crash();
  let_go();
  cluster_.restart();
  Ran const status = project_.run({"status", "--exit-code"});
  EXPECT_EQ(status.code, 10) << status.said;
  EXPECT_EQ(status.answer.find("interrupted"), std::string::npos) << status.answer;
  for (std::string const& words :
       {std::string("was at work: its connection was lost with the server's restart, "),
        fmt::format("it may be reconnecting: pid {} on ", pid),
        std::string("backfill, and its runner may be reconnecting"),
        std::string("next: bellows status again, in a few seconds; if its runner is not back by "
                    "then: bellows resume")}) {
    EXPECT_NE(status.answer.find(words), std::string::npos) << words << "\n" << status.answer;
  }
  ::kill(pid, SIGCONT);
  Ran const ran = project_.wait(pid);
  EXPECT_EQ(ran.code, 0) << ran.said;
  expect_all_is_well();
}

// The run's own session lies idle while the batches run: it is the old server's when the rows that
// were left are looked up and the failure is noted.
TEST_F(MidBatch, TheServerIsKilledAndTheRowsThatAreLeftAreToldAllTheSame) {
  db_.run(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
      "BEGIN RAISE EXCEPTION 'never row 500'; END $$;"
      "CREATE TRIGGER refuse BEFORE UPDATE ON users FOR EACH ROW WHEN (NEW.id = 500) "
      "EXECUTE FUNCTION refuse()");
  int const pid = start_and_reach_the_middle();
  cluster_.crash();
  let_go();
  cluster_.restart();
  Ran const ran = project_.wait(pid);
  EXPECT_EQ(ran.code, 7) << ran.said;
  EXPECT_NE(ran.said.find("could not be written"), std::string::npos) << ran.said;
  EXPECT_NE(db_.value("SELECT message FROM bellows.migrations").find("never row 500"),
            std::string::npos);
  EXPECT_EQ(db_.value("SELECT state FROM bellows.migrations"), "failed");
  db_.run("DROP TRIGGER refuse ON users");
  Ran const again = project_.run({"resume", "--retry-dead-letters"});
  EXPECT_EQ(again.code, 0) << again.said;
  expect_all_is_well();
}

TEST_F(MidBatch, TheServerIsKilledAndTheProgramToo) {
  int const pid = start_and_reach_the_middle();
  cluster_.crash();
  ::kill(pid, SIGKILL);
  project_.wait(pid);
  let_go();
  cluster_.restart();
  expect_all_is_well();
}

TEST_F(MidBatch, TheServerStaysAwayAndTheProgramIsStopped) {
  int const pid = start_and_reach_the_middle();
  cluster_.crash();
  ::kill(pid, SIGTERM);
  Ran const ran = project_.wait(pid);
  EXPECT_EQ(ran.code, 143) << ran.said;
  EXPECT_NE(ran.said.find("bellows resume"), std::string::npos) << ran.said;
  let_go();
  cluster_.restart();
  expect_all_is_well();
}

TEST_F(MidBatch, ItsConnectionIsTerminatedAndItGoesOn) {
  int const pid = start_and_reach_the_middle();
  EXPECT_EQ(db_.value("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                      "WHERE application_name = 'bellows backfill'"),
            "1");
  let_go();
  Ran const ran = project_.wait(pid);
  EXPECT_EQ(ran.code, 0) << ran.said;
  expect_all_is_well();
}

TEST_F(MidBatch, ItsLockIsLostAndNobodyElseComes) {
  int const pid = start_and_reach_the_middle();
  std::string const before = lock_process();
  end_lock_process();
  wait_until(
      [&] {
        std::string const now = lock_process();
        return now != "0" && now != before;
      },
      "the lock to be held again");
  Ran const status = project_.run({"status"});
  EXPECT_NE(status.answer.find(fmt::format("pid {} ", pid)), std::string::npos) << status.answer;
  let_go();
  Ran const ran = project_.wait(pid);
  EXPECT_EQ(ran.code, 0) << ran.said;
  EXPECT_EQ(db_.value("SELECT token FROM bellows.lease"), "1");
  expect_all_is_well();
}

// The first one cannot notice before the other has taken over: it is stopped meanwhile.
TEST_F(MidBatch, ItsLockIsLostAndAnotherTakesOver) {
  int const first = start_and_reach_the_middle();
  std::string const its = db_.value("SELECT max(by) FROM writes");
  ::kill(first, SIGSTOP);
  end_lock_process();
  int const second = project_.start(up);
  wait_until([&] { return db_.value("SELECT min(fence) FROM bellows.lanes") == "2"; },
             "the second one to take the job over");
  ::kill(first, SIGCONT);
  let_go();
  Ran const lost = project_.wait(first);
  EXPECT_EQ(lost.code, 4) << lost.said;
  EXPECT_NE(lost.said.find(": 300 rows in "), std::string::npos) << lost.said;
  Ran const ran = project_.wait(second);
  EXPECT_EQ(ran.code, 0) << ran.said;
  EXPECT_EQ(db_.value("SELECT count(*) FROM writes WHERE by = " + its), "300");
  EXPECT_EQ(db_.value(fmt::format("SELECT max(pg_xact_commit_timestamp(xmin)) FILTER (WHERE by = "
                                  "{0}) < min(pg_xact_commit_timestamp(xmin)) FILTER (WHERE by <> "
                                  "{0}) FROM writes",
                                  its)),
            "t");
  expect_all_is_well();
}

}  // namespace
}  // namespace bellows::test::server_crash_test
