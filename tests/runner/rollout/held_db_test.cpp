#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

/// What holds a run is told where people look: `status`, its JSON, and nobody has to have seen the
/// runner's own lines.
namespace bellows::test::held_db_test {
namespace {

using Words = std::vector<std::string>;
using Json = nlohmann::json;

constexpr int rows = 2000;  // what is slowed to 100 a second does not end before it is seen

class Held : public testing::Test {
 protected:
  void wait_until_said(Words const& words) const {
    std::string last;
    wait_until(
        [&] {
          last = t.project.run({"status"}).answer;
          return std::ranges::all_of(
              words, [&](std::string const& word) { return last.find(word) != std::string::npos; });
        },
        "status to tell what holds it");
  }
  /// Until `status` says all of it; the JSON's `held` then.
  Json wait_until_told(Words const& words) const {
    wait_until_said(words);
    auto const status = Json::parse(t.project.run({"status", "--format", "json"}).answer);
    auto const& migration = status["migrations"][0];
    EXPECT_TRUE(migration.contains("held")) << status;
    return migration.value("held", Json());
  }
  void expect_ends(int pid) const {
    Ran const ran = t.project.wait(pid);
    EXPECT_EQ(ran.code, 0) << ran.said;
    std::string const status = t.project.run({"status"}).answer;
    EXPECT_EQ(status.find("held for"), std::string::npos) << status;
  }
  int start(Words const& more = {}) const { return t.project.start(small_up(more)); }

  RenameBench t{noted_users(rows)};
};

TEST_F(Held, ByARowThatIsLocked) {
  t.expand();
  postgres::Session holder = t.db.session("somebody");
  auto holding = holder.begin();
  holding.run("SELECT FROM users WHERE id = 45 FOR UPDATE");
  int const pid = start();
  Json const held = wait_until_told(
      {"held for ", "a row is locked", fmt::format("pid {}", holder.backend_pid()), "somebody",
       fmt::format("next: SELECT pg_terminate_backend({})", holder.backend_pid())});
  EXPECT_EQ(held["kind"], "row lock");
  EXPECT_GE(held["seconds"], 0);
  holding.commit();
  expect_ends(pid);
}

TEST_F(Held, ByARowThatIsLockedIsOneLineOfTheRun) {
  t.expand();
  postgres::Session holder = t.db.session("somebody");
  auto holding = holder.begin();
  holding.run("SELECT FROM users\nWHERE id = 45 FOR UPDATE");
  int const pid = start({"--events-format", "json"});
  std::string const who = fmt::format(
      "\"waiting_for\":\"a row is locked, most likely by pid {} (user postgres, somebody, idle in "
      "transaction, transaction open for ",
      holder.backend_pid());
  wait_until([&] { return t.project.said_so_far(pid).find(who) != std::string::npos; },
             "the run to name the holder");
  EXPECT_NE(
      t.project.said_so_far(pid).find("; its last statement: SELECT FROM users WHERE id = 45"),
      std::string::npos);
  holding.commit();
  expect_ends(pid);
}

TEST_F(Held, ByALockOfTheWholeTable) {
  t.expand();
  postgres::Session holder = t.db.session("somebody");
  auto holding = holder.begin();
  holding.run("LOCK TABLE users IN SHARE MODE");
  int const pid = start();
  Json const held = wait_until_told(
      {"held for ", "the table is locked: ", fmt::format("pid {}", holder.backend_pid()),
       fmt::format("next: SELECT pg_terminate_backend({})", holder.backend_pid())});
  EXPECT_EQ(held["kind"], "table lock");
  holding.commit();
  expect_ends(pid);
}

TEST_F(Held, ByAPause) {
  t.expand();
  int const pid = start({"--max-rows-per-second", "100"});
  wait_until([&] { return t.db.value("SELECT to_regclass('bellows.lanes')") != ""; }, "the ledger");
  wait_until([&] { return t.project.run({"pause"}).code == 0; }, "the order");
  Json const held =
      wait_until_told({"held for ", " s: paused: every job, by ", "next: bellows resume"});
  EXPECT_EQ(held["kind"], "paused");
  EXPECT_EQ(t.project.run({"resume"}).code, 0);
  wait_until_said({"slowed for ", "next: bellows set 20260301090000_rename rows-per-second="});
  ASSERT_EQ(t.project.run({"set", "rows-per-second=100000"}).code, 0);
  expect_ends(pid);
}

TEST_F(Held, ByAnOldSnapshot) {
  t.expand();
  postgres::Session holder = t.db.session("reporting");
  auto holding = holder.begin();
  holding.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  holding.run("SELECT count(*) FROM users");
  int const pid = start({"--max-snapshot-age", "1s", "--max-rows-per-second", "60"});
  Json const held = wait_until_told(
      {"held for ", "oldest snapshot: ", "reporting",
       fmt::format("next: SELECT pg_terminate_backend({}) ends it", holder.backend_pid())});
  EXPECT_EQ(held["kind"], "oldest snapshot");
  holding.commit();
  expect_ends(pid);
}

TEST_F(Held, ByWhoeverKeepsDeadRows) {
  t.db.run("INSERT INTO users SELECT g, 'n' || g FROM generate_series(2001, 20000) g");
  t.expand();
  postgres::Session holder = t.db.session("reporting");
  auto holding = holder.begin();
  holding.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  holding.run("SELECT count(*) FROM users");
  int const pid =  // whole ranges in stripes, which find no room in place
      t.project.start({"up", "--on-kept-rows", "wait", "--max-rows-per-second", "2000"});
  Json const held = wait_until_told(
      {"held for ", "kept rows: ", "reporting",
       fmt::format("next: SELECT pg_terminate_backend({}); or end this run, then bellows resume "
                   "--on-kept-rows go-on",
                   holder.backend_pid())});
  EXPECT_EQ(held["kind"], "kept rows");
  holding.commit();
  expect_ends(pid);
}

TEST_F(Held, ByASlot) {
  std::string const slot = "slot_" + t.db.value("SELECT substr(md5(current_database()), 1, 8)");
  t.db.run(fmt::format("SELECT pg_create_physical_replication_slot('{}', true)", slot));
  t.expand();
  int const pid = start({"--max-slot-wal", "1B"});
  wait_until_told({"held for ", "replication slots: ", "retains ", "pg_drop_replication_slot('"});
  t.db.run(fmt::format("SELECT pg_drop_replication_slot('{}')", slot));
  ::kill(pid, SIGTERM);
  EXPECT_EQ(t.project.wait(pid).code, 143);
  std::string const status = t.project.run({"status"}).answer;
  EXPECT_NE(status.find("the last run was stopped at "), std::string::npos) << status;
}

TEST_F(Held, ByATableLock) {
  postgres::Session holder = t.db.session("long report");
  auto holding = holder.begin();
  holding.run("SELECT count(*) FROM users");
  int const pid = start();
  Json const held =
      wait_until_told({"held for ", "in the way of a lock", "long report",
                       fmt::format("next: SELECT pg_terminate_backend({})", holder.backend_pid())});
  EXPECT_EQ(held["kind"], "table lock");
  holding.commit();
  expect_ends(pid);
}

// Before anything of it has begun: to read a catalog takes locks, too.
TEST_F(Held, ByATableLockWhileTheCatalogIsRead) {
  t.project.migration("20260101000000_first", "CREATE TABLE first (id int);\n");
  t.must({"up", "--to", "20260101000000_first"});  // of the very first run there is no ledger yet
  postgres::Session holder = t.db.session("somebody");
  auto holding = holder.begin();
  holding.run("LOCK TABLE users");
  std::string const next = fmt::format("SELECT pg_terminate_backend({})", holder.backend_pid());
  int const pid = start({"--lock-budget", "60s"});
  wait_until_said({"at work: ", "held for ", "in the way is pid ", "somebody", "next: " + next});
  auto const status = Json::parse(t.project.run({"status", "--format", "json"}).answer);
  EXPECT_EQ(status["held"]["kind"], "lock") << status;
  wait_until(
      [&] {
        std::string const said = t.project.said_so_far(pid);
        return said.find("waiting: users is locked, by pid ") != std::string::npos &&
               said.find(next) != std::string::npos;
      },
      "the run to tell who is in its way");
  holding.commit();
  expect_ends(pid);
}

TEST_F(Held, ByATableLockForTooLongBeforeItBegins) {
  postgres::Session holder = t.db.session("somebody");
  auto holding = holder.begin();
  holding.run("LOCK TABLE users");
  Ran const ran = t.project.run(small_up({"--lock-budget", "1s"}));
  EXPECT_EQ(ran.code, 4) << ran.said;
  EXPECT_NE(ran.said.find("users is locked, by pid "), std::string::npos) << ran.said;
}

TEST(HeldIndex, ByAnOlderTransaction) {
  TempDatabase const db;
  db.run(users_table);
  Project const project(db.conninfo());
  project.migration("1_i", "CREATE INDEX CONCURRENTLY i ON users (name);\n");
  postgres::Session holder = db.session("forgotten");
  auto holding = holder.begin();
  holding.run("INSERT INTO users VALUES (1, 'a')");
  int const pid = project.start({"up"});
  std::string status;
  wait_until(
      [&] {
        status = project.run({"status"}).answer;
        return status.find("until this transaction ends") != std::string::npos;
      },
      "status to tell whom the index waits for");
  EXPECT_NE(status.find(fmt::format("next: SELECT pg_terminate_backend({})", holder.backend_pid())),
            std::string::npos)
      << status;
  holding.commit();
  EXPECT_EQ(project.wait(pid).code, 0);
}

TEST_F(Held, WhyARunFailedIsToldWhenNothingIsLeftOfIt) {
  postgres::Session holder = t.db.session("long report");
  auto holding = holder.begin();
  holding.run("SELECT count(*) FROM users");
  EXPECT_EQ(t.project.run({"up", "--lock-budget", "1s"}).code, 7);
  EXPECT_NE(t.project.run({"status"}).answer.find("long report"), std::string::npos);
  holding.commit();
  t.must({"abort", rename_name});
  t.project.migration("20260401000000_bad", "INSERT INTO users VALUES (1, 'again');\n");
  EXPECT_EQ(t.project.run({"up"}).code, 6);
  std::string const status = t.project.run({"status"}).answer;
  EXPECT_NE(status.find("the last run failed, and left nothing of it, at "), std::string::npos)
      << status;
  EXPECT_NE(status.find("duplicate key"), std::string::npos) << status;
}

TEST_F(Held, WhyARunEndedByItself) {
  t.expand();
  ASSERT_EQ(t.project.run({"status"}).code, 0);
  int const pid = start({"--max-rows-per-second", "50"});
  wait_until([&] { return t.db.value("SELECT count(*) FROM writes") != "0"; }, "rows");
  ASSERT_EQ(t.project.run({"pause"}).code, 0);
  ::kill(pid, SIGTERM);
  t.project.wait(pid);
  EXPECT_EQ(t.project.run(small_up({"--max-hold", "1s"})).code, 12);
  std::string const status = t.project.run({"status"}).answer;
  EXPECT_NE(status.find("the last run was stopped at "), std::string::npos) << status;
  EXPECT_NE(status.find("held for "), std::string::npos) << status;
}

}  // namespace
}  // namespace bellows::test::held_db_test
