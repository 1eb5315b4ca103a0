#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <string>
#include <vector>

/// Several runners on one database: one works, the others wait, and nothing is done twice.
namespace bellows::test::two_runners_db_test {
namespace {

constexpr int rows = 1000;

std::vector<std::string> slow_up() {
  return small_up({"--batch-pause", "5ms"});
}

std::int64_t written(RenameBench const& t) {
  return std::stoll(t.db.value("SELECT count(*) FROM writes"));
}

void expect_each_row_once(RenameBench const& t) {
  expect_each_row_renamed_once(t.db, rows);
  EXPECT_EQ(t.state(), "backfilled");
}

TEST(TwoRunners, OneWorksAndTheOtherWaits) {
  RenameBench const t(noted_users(rows));
  int const first = t.project.start(slow_up());
  int const second = t.project.start(slow_up());
  Ran const a = t.project.wait(first);
  Ran const b = t.project.wait(second);
  EXPECT_EQ(a.code, 0) << a.said;
  EXPECT_EQ(b.code, 0) << b.said;
  bool const a_waited = a.said.find("waiting for another bellows") != std::string::npos;
  bool const b_waited = b.said.find("waiting for another bellows") != std::string::npos;
  EXPECT_NE(a_waited, b_waited) << a.said << b.said;
  Ran const& waited = a_waited ? a : b;
  EXPECT_EQ(waited.said.find("backfill "), std::string::npos) << waited.said;
  expect_each_row_once(t);
}

TEST(TwoRunners, WhoMayNotWaitIsToldWhoWorks) {
  RenameBench const t(noted_users(rows));
  int const first = t.project.start(slow_up());
  wait_until(
      [&] {
        return t.db.value("SELECT to_regclass('bellows.lease')") != "" &&
               t.db.value("SELECT count(*) FROM writes") != "0";
      },
      "the first one to work");
  for (auto const& command : {std::vector<std::string>{"up", "--lock-wait", "0"},
                              {"contract", "--lock-wait", "0"},
                              {"abort", rename_name, "--lock-wait", "0"},
                              {"resume", "--lock-wait", "10ms"}}) {
    Ran const refused = t.project.run(command);
    EXPECT_EQ(refused.code, 4) << refused.said;
    EXPECT_NE(refused.said.find(fmt::format("pid {} ", first)), std::string::npos) << refused.said;
    EXPECT_NE(refused.said.find("`bellows up`"), std::string::npos) << refused.said;
  }
  Ran const status = t.must({"status"});
  EXPECT_NE(status.answer.find(fmt::format("pid {} ", first)), std::string::npos) << status.answer;
  Ran const up = t.project.wait(first);
  EXPECT_EQ(up.code, 0) << up.said;
  expect_each_row_once(t);
}

TEST(TwoRunners, WhoWasKilledHoldsNobodyUp) {
  RenameBench const t(noted_users(rows));
  int const first = t.project.start(slow_up());
  wait_until([&] { return written(t) > 50; }, "the first one to work");
  ::kill(first, SIGKILL);
  t.project.wait(first);
  t.must({"resume"});
  expect_each_row_once(t);
}

// Stopped, by a debugger or a frozen machine: nobody can go on, and the server's processes of it
// are what there is to end.
TEST(TwoRunners, WhoIsStoppedIsToldWithWhatEndsIt) {
  RenameBench const t(noted_users(rows));
  int const first = t.project.start(slow_up());
  wait_until([&] { return written(t) > 50; }, "the first one to work");
  Ran const alive = t.must({"status"});
  EXPECT_EQ(alive.answer.find("pg_terminate_backend"), std::string::npos) << alive.answer;
  EXPECT_NE(alive.answer.find(", server process "), std::string::npos) << alive.answer;
  ::kill(first, SIGSTOP);
  std::string const lock = t.db.value(
      "SELECT pid FROM pg_stat_activity WHERE application_name = 'bellows lock' AND datname = "
      "current_database()");
  std::string status;
  wait_until(
      [&] {
        status = t.must({"status"}).answer;
        return status.starts_with("database ") &&
               status.find("\nno sign of life for ") != std::string::npos;
      },
      "the missed signs of life to be told");
  EXPECT_EQ(status.find("running now"), std::string::npos) << status;
  EXPECT_NE(status.find(", and its runner gives no sign of life: "), std::string::npos) << status;
  auto const json = nlohmann::json::parse(t.must({"status", "--format", "json"}).answer);
  EXPECT_EQ(json.at("runner").at("silent"), true);
  EXPECT_EQ(json.at("runner").at("pid"), first);
  EXPECT_GE(json.at("runner").at("seconds_since_sign_of_life"), 6);
  Ran const paused = t.must({"pause"});
  EXPECT_EQ(paused.answer.find("It stands still"), std::string::npos) << paused.answer;
  EXPECT_NE(paused.answer.find("no sign of life for "), std::string::npos) << paused.answer;
  Ran const refused = t.project.run({"resume", "--lock-wait", "0"});
  EXPECT_EQ(refused.code, 4);
  EXPECT_NE(refused.said.find("the pause is lifted, but nothing goes on: no sign of life for "),
            std::string::npos)
      << refused.said;
  for (std::string const& told : {refused.said, status}) {
    EXPECT_NE(told.find(fmt::format("next: if pid {0} on ", first)), std::string::npos) << told;
    EXPECT_NE(told.find(fmt::format(" is only stopped: kill -CONT {} there; if it, or its host, is "
                                    "gone: SELECT pg_terminate_backend(p) FROM unnest(ARRAY[",
                                    first)),
              std::string::npos)
        << told;
    EXPECT_NE(told.find(lock), std::string::npos) << told;
  }
  std::string const said = refused.said;
  auto const begin = said.find("SELECT pg_terminate_backend");
  t.db.run(said.substr(begin, said.find(';', begin) - begin));
  t.must({"resume"});
  ::kill(first, SIGCONT);
  EXPECT_EQ(t.project.wait(first).code, 4) << "it is fenced";
  expect_each_row_once(t);
}

std::int64_t end_lock_session(RenameBench const& t) {
  return std::stoll(
      t.db.value("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                 "WHERE application_name = 'bellows lock' AND datname = current_database()"));
}

// The lock's connection dies, by a firewall or an administrator, and the runner is too slow to
// notice: another one takes over, and from then on the first may write nothing.
TEST(TwoRunners, WhoLostTheLockIsFenced) {
  RenameBench const t(noted_users(rows));
  int const first = t.project.start(small_up({"--batch-pause", "300ms"}));  // 30 s in all
  wait_until([&] { return written(t) > 50; }, "the first one to work");
  ::kill(first, SIGSTOP);
  EXPECT_EQ(end_lock_session(t), 1);
  int const second = t.project.start(small_up({"--batch-pause", "0"}));
  wait_until([&] { return t.db.value("SELECT token FROM bellows.lease") == "2"; },
             "the second one to take over");
  ::kill(first, SIGCONT);
  Ran const fenced = t.project.wait(first);
  Ran const up = t.project.wait(second);
  EXPECT_EQ(fenced.code, 4) << fenced.said;
  EXPECT_NE(fenced.said.find(" batches had been committed"), std::string::npos) << fenced.said;
  EXPECT_EQ(up.code, 0) << up.said;
  expect_each_row_once(t);
}

// And where it does notice, at its next batch, and nobody else is there.
TEST(TwoRunners, WhoLostTheLockTakesItAgain) {
  RenameBench const t(noted_users(rows));
  int const first = t.project.start(small_up({"--batch-pause", "30ms"}));
  wait_until([&] { return written(t) > 50; }, "the first one to work");
  EXPECT_EQ(end_lock_session(t), 1);
  wait_until(
      [&] {
        return t.project.said_so_far(first).find("the lock is held again") != std::string::npos;
      },
      "the lock to be taken again");
  EXPECT_LT(written(t), rows) << "at the next batch, not at the end";
  Ran const refused = t.project.run({"up", "--lock-wait", "0"});
  EXPECT_EQ(refused.code, 4) << refused.said;
  Ran const up = t.project.wait(first);
  EXPECT_EQ(up.code, 0) << up.said;
  EXPECT_EQ(t.db.value("SELECT token FROM bellows.lease"), "1");
  expect_each_row_once(t);
}

TEST(TwoRunners, FourFirstRunsAtOnceOnADatabaseWithoutALedger) {
  for (int round = 0; round < 3; ++round) {
    RenameBench const t("CREATE TABLE users (id int PRIMARY KEY, name text);");
    std::vector<int> running;
    for (int i = 0; i < 4; ++i) {
      running.push_back(t.project.start({"up"}));
    }
    for (int const pid : running) {
      Ran const ran = t.project.wait(pid);
      EXPECT_EQ(ran.code, 0) << ran.said;
    }
    EXPECT_EQ(t.db.value("SELECT count(*) = max(version) FROM bellows.version"), "t");
    EXPECT_EQ(t.db.value("SELECT count(*) FROM bellows.events WHERE what = 'expanding'"), "1");
    EXPECT_EQ(t.state(), "backfilled");
  }
}

}  // namespace
}  // namespace bellows::test::two_runners_db_test
