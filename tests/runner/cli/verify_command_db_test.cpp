#include "tests/runner/rollout/rename_bench.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

/// `bellows verify`: what the application changed is told from what is wrong.
namespace bellows::test::verify_command_db_test {
namespace {

class VerifyCommand : public testing::Test {
 protected:
  void SetUp() override { bench_.backfill(); }
  Ran verify(int code) const {
    Ran ran = bench_.project.run({"verify"});
    EXPECT_EQ(ran.code, code) << ran.said << ran.answer;
    return ran;
  }
  static void expect_says(Ran const& ran, std::string const& words) {
    EXPECT_NE(ran.answer.find(words), std::string::npos) << words << "\nnot in\n" << ran.answer;
  }

  RenameBench bench_{std::string(users_table) +
                     "INSERT INTO users SELECT i, 'n' || i FROM generate_series(1, 500) AS i"};
};

TEST_F(VerifyCommand, NothingHasChanged) {
  Ran const ran = verify(0);
  expect_says(ran, "500 rows of public.users, each as the rule says");
  expect_says(ran, "1 of 1 ranges unchanged, 0 changed");
}

TEST_F(VerifyCommand, WhatTheApplicationChangedIsNotWrong) {
  bench_.db.run("UPDATE users SET name = 'old side' WHERE id = 7");
  bench_.db.run("UPDATE users SET display_name = 'new side' WHERE id = 8");
  bench_.db.run("INSERT INTO users (id, name) VALUES (501, 'later')");
  Ran const ran = verify(0);
  expect_says(ran, "501 rows of public.users, each as the rule says");
  expect_says(ran, "0 of 1 ranges unchanged, 1 changed by the application, 1 rows added");
}

TEST_F(VerifyCommand, ARowThatBreaksTheRuleIs) {
  bench_.db.run(
      "ALTER TABLE users DISABLE TRIGGER USER; UPDATE users SET name = 'lost' WHERE id = 7;"
      "ALTER TABLE users ENABLE TRIGGER USER");
  Ran const ran = verify(9);
  expect_says(ran, "1 of 500 rows of public.users differ from the rule");
  expect_says(ran, "differs: id = 7");
  expect_says(ran, "0 of 1 ranges unchanged, 1 changed");
}

TEST_F(VerifyCommand, AsJson) {
  Ran const ran = bench_.project.run({"verify", rename_name, "--format", "json"});
  ASSERT_EQ(ran.code, 0) << ran.said;
  auto const document = nlohmann::json::parse(ran.answer);
  EXPECT_EQ(document.at("schema_version"), 1);
  auto const& one = document.at("verified").at(0);
  EXPECT_EQ(one.at("rows"), 500);
  EXPECT_EQ(one.at("differing"), 0);
  EXPECT_EQ(one.at("since_backfill").at("unchanged"), 1);
}

TEST(VerifyOfAChangedKey, SaysThatNothingComparableIsKept) {
  for (bool const null_then : {true, false}) {
    RenameBench const bench(
        fmt::format("CREATE TABLE users (id int {} UNIQUE, name text);"
                    "INSERT INTO users SELECT i, 'n' || i FROM generate_series(1, 50) i",
                    null_then ? "" : "NOT NULL"));
    bench.backfill();
    bench.must({"verify"});
    bench.db.run(null_then ? "ALTER TABLE users ALTER id SET NOT NULL"
                           : "ALTER TABLE users ALTER id DROP NOT NULL");
    Ran const ran = bench.project.run({"verify"});
    EXPECT_EQ(ran.code, 0) << ran.said << ran.answer;
    EXPECT_NE(ran.answer.find("50 rows of public.users, each as the rule says"), std::string::npos)
        << ran.answer;
    EXPECT_NE(ran.answer.find("no comparable verification is kept"), std::string::npos)
        << ran.answer;
  }
}

class Differing : public VerifyCommand {
 protected:
  void SetUp() override {
    VerifyCommand::SetUp();
    set("lost");
    verify(9);
  }
  /// Past the triggers, which are as they were afterwards.
  void set(std::string const& name) const {
    bench_.db.run("ALTER TABLE users DISABLE TRIGGER USER; UPDATE users SET name = '" + name +
                  "' WHERE id = 7; DO $$ DECLARE one text; BEGIN FOR one IN SELECT tgname FROM "
                  "pg_trigger WHERE tgrelid = 'users'::regclass AND NOT tgisinternal LOOP EXECUTE "
                  "format('ALTER TABLE users ENABLE ALWAYS TRIGGER %I', one); END LOOP; END $$");
  }
  Ran contract(std::vector<std::string> const& more, int code) const {
    std::vector<std::string> command{"contract", "--quiet-period", "0"};
    command.insert(command.end(), more.begin(), more.end());
    Ran ran = bench_.project.run(command);
    EXPECT_EQ(ran.code, code) << ran.said << ran.answer;
    return ran;
  }
};

TEST_F(Differing, ContractIsRefusedUntilAVerificationIsClean) {
  Ran const refused = contract({}, 11);
  for (char const* words : {"1 of 500 rows differ", "id = 7", "next: put these rows right",
                            "contract keeps what name holds in this 1 row, as display_name",
                            "to keep what name holds in this 1 row and lose what only display_name "
                            "has: bellows contract",
                            "bellows contract 20260301090000_rename --because TEXT"}) {
    EXPECT_NE(refused.said.find(words), std::string::npos) << refused.said;
  }
  EXPECT_EQ(bench_.state(), "backfilled");
  set("n7");
  contract({}, 11);
  verify(0);
  contract({}, 0);
  EXPECT_EQ(bench_.state(), "contracted");
}

TEST_F(Differing, AReasonPassesAndIsKept) {
  set("n7");  // right again, but nobody has verified it
  contract({"--because", "row 7 is a test"}, 0);
  EXPECT_EQ(bench_.db.value("SELECT detail FROM bellows.events WHERE what = 'contract confirmed'"),
            "row 7 is a test");
}

TEST_F(Differing, AReasonLeavesTheRowsAsTheyAre) {
  set("n7");
  verify(0);
  set("lost");
  Ran const found = contract({}, 7);  // by the swap itself, which looks once more
  for (char const* words : {"rows of public.users are out of step", "SELECT * FROM public.users",
                            "to go on all the same: bellows verify 20260301090000_rename, ",
                            "then bellows contract 20260301090000_rename --because TEXT"}) {
    EXPECT_NE(found.said.find(words), std::string::npos) << found.said;
  }
  contract({"--because", "nobody has looked which"}, 7);
  verify(9);
  std::string const status = bench_.must({"status"}).answer;
  EXPECT_NE(status.find("next: 20260301090000_rename: put these rows right"), std::string::npos)
      << status;
  contract({}, 11);
  Ran const left = contract({"--because", "row 7 is a test"}, 0);
  for (char const* words :
       {"rows of public.users are out of step (1 when they were verified)",
        "contract keeps what name holds in this 1 row, as display_name, and drops the copy: what "
        "was written to display_name alone is lost there"}) {
    EXPECT_NE(left.said.find(words), std::string::npos) << left.said;
  }
  EXPECT_EQ(bench_.db.value("SELECT string_agg(detail, ', ') FROM bellows.events WHERE what = "
                            "'contract confirmed' AND detail LIKE '%test'"),
            "row 7 is a test");
  EXPECT_EQ(bench_.db.value("SELECT display_name FROM users WHERE id = 7"), "lost");
}

TEST_F(Differing, ADeploymentLeavesItExpandedAndSaysWhy) {
  bench_.must({"up", "--release", "1"});
  std::vector<std::string> next{"up", "--release", "2", "--quiet-period", "0"};
  Ran const ran = bench_.must(next);
  EXPECT_NE(ran.said.find("stays expanded: "), std::string::npos) << ran.said;
  EXPECT_NE(ran.said.find("next: put these rows right"), std::string::npos) << ran.said;
  EXPECT_EQ(bench_.state(), "backfilled");
  next.emplace_back("--dry-run");
  EXPECT_NE(bench_.must(next).answer.find("not before `bellows verify` is clean"),
            std::string::npos);
}

TEST_F(VerifyCommand, WritesNothingButItsOutcome) {
  std::string const kept = "SELECT md5(string_agg(v::text, ',')) FROM bellows.verified AS v";
  std::string const events = "SELECT count(*) FROM bellows.events";
  std::string const before = bench_.db.value(kept) + bench_.db.value(events);
  verify(0);
  EXPECT_EQ(bench_.db.value(kept) + bench_.db.value(events), before);
}

TEST_F(VerifyCommand, NothingIsKeptOfWhatWasAborted) {
  EXPECT_EQ(bench_.db.value("SELECT count(*) FROM bellows.verified"), "1");
  bench_.must({"abort", rename_name});
  EXPECT_EQ(bench_.db.value("SELECT count(*) FROM bellows.verified"), "0");
  expect_says(verify(0), "nothing to verify");
}

TEST_F(VerifyCommand, AfterContractThereIsOneSideOnly) {
  bench_.contract();
  expect_says(verify(0), "nothing to verify");
}

}  // namespace
}  // namespace bellows::test::verify_command_db_test
