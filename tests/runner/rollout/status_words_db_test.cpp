#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

/// What `status` says of a step, of a time and of numbers is so, and in words that a reader has
/// met.
namespace bellows::test::status_words_db_test {
namespace {

using Words = std::vector<std::string>;
using Json = nlohmann::json;

class StatusWords : public testing::Test {
 protected:
  std::string text() const { return t.must({"status"}).answer; }
  Json json() const { return Json::parse(t.must({"status", "--format", "json"}).answer); }
  Json migration() const { return json()["migrations"][0]; }
  void wait_until_text(std::string const& part) const {
    std::string last;
    wait_until(
        [&] {
          last = text();
          return last.find(part) != std::string::npos;
        },
        part);
  }
  void expect_text(std::string const& part) const {
    std::string const said = text();
    EXPECT_NE(said.find(part), std::string::npos) << part << "\n" << said;
  }

  RenameBench t{noted_users(300)};
};

TEST_F(StatusWords, ContractIsAtTheStepThatItWaitsFor) {
  t.backfill();
  int const at_gate = t.project.start({"contract", "--quiet-period", "1h", "--gate-wait", "1h"});
  // The gates before contract are said in the same words ("before contract: ..."), also while
  // contract is still at an earlier one: only the step tells.
  wait_until([&] { return migration()["step"] == "old-side-quiet"; }, "old-side-quiet");
  expect_text("\n      contract: no write through name for a while: the old application is gone");
  ::kill(at_gate, SIGTERM);
  EXPECT_EQ(t.project.wait(at_gate).code, 143);
  expect_text("contract, interrupted: no write through name for a while");
  EXPECT_EQ(migration()["step"], "old-side-quiet");

  postgres::Session holder = t.db.session("long report");
  auto holding = holder.begin();
  holding.run("SELECT count(*) FROM users");
  int const at_swap = t.project.start({"contract", "--quiet-period", "0"});
  wait_until([&] { return migration()["step"] == "swap"; }, "swap");
  expect_text("\n      contract: drops the copy and renames the original, in one transaction");
  holding.commit();
  EXPECT_EQ(t.project.wait(at_swap).code, 0);
}

TEST_F(StatusWords, StepsAndGatesAreSaidInThePlansWords) {
  t.expand();
  postgres::Session holder = t.db.session("somebody");
  auto holding = holder.begin();
  holding.run("SELECT FROM users WHERE id = 45 FOR UPDATE");
  int const pid = t.project.start(small_up({}));
  wait_until_text("backfill: fills the rows that nobody has written since expand\n");
  EXPECT_EQ(migration()["step"], "copy");
  EXPECT_EQ(migration()["step_purpose"], "fills the rows that nobody has written since expand");
  holding.commit();
  EXPECT_EQ(t.project.wait(pid).code, 0);
  std::string const status = text();
  for (char const* name : {"old-side-quiet", "triggers-without-old-name", "step "}) {
    EXPECT_EQ(status.find(name), std::string::npos) << status;
  }
  EXPECT_NE(status.find("before contract: no trigger says name, which would fail"),
            std::string::npos)
      << status;
  EXPECT_EQ(migration()["gates"], Json::array({"triggers-without-old-name", "old-side-quiet"}));
}

TEST_F(StatusWords, AVerificationThatRunsIsToldAndObeys) {
  t.backfill();
  int const pid =
      t.project.start({"verify", "--max-rows-per-second", "50", "--batch-max-rows", "10"});
  wait_until_text("being verified: ");
  wait_until([&] { return migration()["verifying"]["done"] != "0 %"; }, "its share to move");
  expect_text(" %, by postgres, server process ");
  Ran const paused = t.must({"pause", rename_name});
  EXPECT_NE(paused.answer.find("It stands still"), std::string::npos) << paused.answer;
  wait_until([&] { return t.project.said_so_far(pid).find("waits: paused") != std::string::npos; },
             "it to stand still");
  t.must({"resume", rename_name});
  EXPECT_EQ(t.db.value("SELECT count(*) FROM bellows.controls WHERE paused"), "0");
  ::kill(pid, SIGTERM);
  EXPECT_EQ(t.project.wait(pid).code, 143);
  EXPECT_EQ(text().find("being verified"), std::string::npos);
}

TEST_F(StatusWords, APauseIsAsOldAsItIsWhateverIsSet) {
  t.backfill();
  t.must({"pause"});
  std::string const before = json()["controls"][0]["paused_at"];
  t.db.run(
      "UPDATE bellows.controls SET paused_at = paused_at - interval '1 h', set_at = set_at - "
      "interval '1 h'");
  std::string const earlier = json()["controls"][0]["paused_at"];
  ASSERT_NE(earlier, before);
  t.must({"set", "lanes=2"});
  EXPECT_EQ(json()["controls"][0]["paused_at"], earlier);
  EXPECT_NE(json()["controls"][0]["set_at"], earlier);
  expect_text("paused: every job, by postgres on ");
  expect_text(" since " + earlier);
}

TEST_F(StatusWords, ALedgerThatIsOlderIsReadAsItIs) {
  t.backfill();
  t.must({"pause"});
  t.db.run("ALTER TABLE bellows.controls DROP paused_at, DROP paused_by");
  expect_text("paused: every job, by postgres on ");
}

TEST_F(StatusWords, AClosedGateLeavesTheStateAsOldAsItWas) {
  t.backfill();
  t.db.run(
      "UPDATE bellows.migrations SET changed_at = changed_at - interval '1 h'; "
      "UPDATE bellows.events SET at = at - interval '1 h'");
  std::string const since = migration()["changed_at"];
  for (char const* write : {"SELECT 1", "UPDATE users SET name = 'again' WHERE id = 1"}) {
    t.db.run(write);
    EXPECT_EQ(t.project.run({"contract", "--quiet-period", "1h", "--gate-wait", "0"}).code, 8);
    EXPECT_EQ(migration()["changed_at"], since);
    EXPECT_EQ(migration()["state"], "backfilled");
  }
}

TEST_F(StatusWords, EveryMigrationIsCountedOnce) {
  t.backfill();
  t.must({"abort", rename_name});
  t.project.migration("20260401000000_next", "CREATE TABLE other (id int);\n");
  expect_text("0 of 2 done, 0 under way, 1 pending, 1 aborted\n");
  t.must({"up"});
  expect_text("1 of 2 done, 0 under way, 0 pending, 1 aborted\n");
}

TEST_F(StatusWords, AGateThatIsClosedIsForcedAsIsSaid) {
  t.backfill();
  Ran const closed = t.project.run({"contract", "--quiet-period", "1h", "--gate-wait", "0"});
  EXPECT_EQ(closed.code, 8);
  EXPECT_NE(closed.said.find(fmt::format("`bellows contract {} --force old-side-quiet --because "
                                         "TEXT`",
                                         rename_name)),
            std::string::npos)
      << closed.said;
  t.must({"contract", rename_name, "--force", "old-side-quiet", "--because", "TEXT"});
}

}  // namespace
}  // namespace bellows::test::status_words_db_test
