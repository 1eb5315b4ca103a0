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
namespace bellows::test {
namespace {

constexpr int rows = 600;

// The trigger waits in the middle of a batch for as long as the test likes: a row of `hold` that is
// locked holds the batch up at user 305.
std::string const scene = fmt::format(
    "CREATE TABLE users (id int PRIMARY KEY, name text);"
    "INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, {}) g;"
    "CREATE TABLE writes (id int); CREATE TABLE hold (id int PRIMARY KEY);"
    "INSERT INTO hold VALUES (305);"
    "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$"
    "BEGIN INSERT INTO writes VALUES (NEW.id); PERFORM FROM hold WHERE id = NEW.id FOR SHARE; "
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
      : cluster_({"deadlock_timeout=60s"}), db_(cluster_.conninfo()), project_(db_.conninfo()) {
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
  // It goes on by itself, or says that it lost its lock and can be resumed.
  EXPECT_TRUE(ran.code == 0 || ran.code == 4 || ran.code == 7) << ran.code << ran.said;
  if (ran.code != 0) {
    EXPECT_NE(ran.said.find("bellows "), std::string::npos) << ran.said;
  }
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

}  // namespace
}  // namespace bellows::test
