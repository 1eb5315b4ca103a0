#include "planner/rules/run.hpp"

#include "planner/catalog/replay.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

/// Files that share the transaction of a run: what one does meets the next.
namespace bellows::rules::run_test {
namespace {

catalog::Catalog schema() {
  catalog::Catalog catalog;
  catalog.complete = true;
  catalog::replay_text(catalog,
                       "CREATE TYPE mood AS ENUM ('ok');"
                       "CREATE TABLE t (id int PRIMARY KEY, a int, m mood);"
                       "CREATE TABLE o (id int PRIMARY KEY,"
                       "  t_id int REFERENCES t DEFERRABLE INITIALLY DEFERRED)");
  return catalog;
}

using Files = std::vector<std::string_view>;

/// Of all files, told one by one; those of no-lock-timeout are nobody's here.
std::vector<Finding> findings(std::string_view runner, Files const& files) {
  catalog::Catalog catalog = schema();
  Run run;
  std::vector<Finding> found;
  int number = 0;
  for (std::string_view const text : files) {
    std::string const name = std::to_string(++number) + ".sql";
    Conduct const conduct = conduct_of(*runner_named(runner), text);
    for (Reviewed const& reviewed :
         review(sql::read_migration(name, "somewhere/" + name, text), catalog, conduct, &run)) {
      for (Finding const& finding : reviewed.findings) {
        if (finding.rule != "no-lock-timeout") {
          found.push_back(finding);
        }
      }
    }
  }
  return found;
}

std::vector<std::string> rules_of(std::string_view runner, Files const& files) {
  std::vector<std::string> rules;
  for (Finding const& finding : findings(runner, files)) {
    rules.push_back(finding.rule);
  }
  return rules;
}

/// The rule is told in a run, and in no other way of running the files.
void expect_in_run_alone(std::string_view rule, Files const& files) {
  for (std::string_view const runner : {"node-pg-migrate", "transaction-per-run"}) {
    auto const rules = rules_of(runner, files);
    EXPECT_NE(std::ranges::find(rules, rule), rules.end()) << runner << ": " << files.back();
  }
  EXPECT_EQ(rules_of("transaction-per-file", files), std::vector<std::string>()) << files.back();
}

TEST(Run, WhatAFileDidMeetsTheNext) {
  expect_in_run_alone("enum-value-used-at-once", {"ALTER TYPE mood ADD VALUE 'sad'", "SELECT 1",
                                                  "UPDATE t SET m = 'sad' WHERE id = 1"});
  expect_in_run_alone("validate-in-same-migration",
                      {"ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
                       "ALTER TABLE t VALIDATE CONSTRAINT c"});
  expect_in_run_alone("read-under-lock",
                      {"ALTER TABLE t ADD COLUMN b int", "SELECT count(*) FROM t"});
  expect_in_run_alone("wait-under-lock", {"ALTER TABLE t ADD COLUMN b int", "SELECT pg_sleep(9)"});
  expect_in_run_alone("several-strong-locks",
                      {"ALTER TABLE t ADD COLUMN b int", "ALTER TABLE o ADD COLUMN b int"});
  expect_in_run_alone("schema-and-data-together",
                      {"ALTER TABLE t ADD COLUMN b int", "UPDATE t SET a = 1 WHERE id = 1"});
  expect_in_run_alone("schema-and-data-together",
                      {"UPDATE t SET a = 1 WHERE id = 1", "ALTER TABLE t ADD COLUMN b int"});
  expect_in_run_alone("statement-fails",
                      {"INSERT INTO o VALUES (1, 1)", "ALTER TABLE o ADD COLUMN b int"});
}

TEST(Run, NamesTheFileAndWhatTheRunnerHasAgainstIt) {
  Files const files{"ALTER TYPE mood ADD VALUE 'sad'", "UPDATE t SET m = 'sad' WHERE id = 1"};
  Finding const theirs = findings("node-pg-migrate", files).at(0);
  EXPECT_EQ(theirs.fails_with, "55P04");
  EXPECT_NE(theirs.message.find("by 1.sql, and cannot be used"), std::string::npos);
  EXPECT_NE(theirs.remedy.find("that is run apart (`node-pg-migrate up 1`, or "
                               "`--no-single-transaction`)"),
            std::string::npos)
      << theirs.remedy;
  EXPECT_NE(findings("drizzle", files).at(0).remedy.find("in a deployment of its own"),
            std::string::npos);
}

TEST(Run, NobodyWaitsForWhatItHasMade) {
  EXPECT_EQ(rules_of("node-pg-migrate", {"CREATE TABLE n (id int, a int)",
                                         "ALTER TABLE n ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
                                         "ALTER TABLE n VALIDATE CONSTRAINT c",
                                         "ALTER TABLE n RENAME TO m", "SELECT count(*) FROM m"}),
            std::vector<std::string>{"rename-table"});
}

TEST(Run, ACommitInAFileIsItsEnd) {
  EXPECT_EQ(rules_of("node-pg-migrate",
                     {"BEGIN; ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID; COMMIT;",
                      "ALTER TABLE t VALIDATE CONSTRAINT c"}),
            std::vector<std::string>{"commits-for-the-runner"});
}

TEST(Run, WhatOneFileIsToldOfIsNotToldOfTheNext) {
  EXPECT_EQ(rules_of("node-pg-migrate",
                     {"ALTER TABLE t ADD COLUMN b int", "ALTER TABLE o ADD COLUMN b int",
                      "ALTER TABLE t ADD COLUMN c int"}),
            std::vector<std::string>{"several-strong-locks"});
}

}  // namespace
}  // namespace bellows::rules::run_test
