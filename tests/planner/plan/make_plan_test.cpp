#include "planner/plan/make_plan.hpp"

#include "planner/catalog/replay.hpp"
#include "planner/plan/yaml.hpp"

#include <gtest/gtest.h>

namespace bellows::plan::make_plan_test {
namespace {

using Texts = std::vector<std::vector<std::string>>;

/// The statements of each transaction of a migration that needs no splitting.
Texts transactions(std::string_view text) {
  catalog::Catalog catalog;
  catalog.complete = true;
  catalog::replay_text(catalog, "CREATE TABLE a (at timestamp); CREATE TABLE b (at timestamp)");
  auto const made = make_plan(sql::read_migration("m", "m.sql", text), catalog);
  Texts all;
  for (Step const& step : std::get<Plan>(made).expand) {
    all.push_back(std::get<RunSql>(step.action).statements);
  }
  return all;
}

TEST(MakePlan, WhatIsSetIsSaidAgainInEachFurtherTransaction) {
  std::string const local = "SET LOCAL TimeZone = 'UTC'";
  std::string const session = "SET search_path = public";
  std::string const a = "ALTER TABLE a ALTER at TYPE timestamptz";
  std::string const b = "ALTER TABLE b ALTER at TYPE timestamptz";
  EXPECT_EQ(transactions(local + ";" + a + ";" + b), (Texts{{local, a}, {local, b}}));
  EXPECT_EQ(
      transactions("RESET ALL; ALTER TABLE a ADD c int; ALTER TABLE b ADD c int"),
      (Texts{{"RESET ALL", "ALTER TABLE a ADD c int"}, {"RESET ALL", "ALTER TABLE b ADD c int"}}));
  EXPECT_EQ(transactions(local + ";" + session + "; VACUUM a; SELECT 1"),
            (Texts{{local, session}, {"VACUUM a"}, {session, "SELECT 1"}}));
  EXPECT_EQ(transactions("SELECT set_config('TimeZone', 'UTC', true); VACUUM a; SELECT 1"),
            (Texts{{"SELECT set_config('TimeZone', 'UTC', true)"}, {"VACUUM a"}, {"SELECT 1"}}));
}

TEST(MakePlan, BracketsAndValidationsAreTransactionsOfTheirOwn) {
  std::string const a = "ALTER TABLE a ADD c int";
  std::string const b = "ALTER TABLE b ADD c int";
  EXPECT_EQ(transactions(a + ";" + b), (Texts{{a}, {b}}));
  EXPECT_EQ(transactions("BEGIN;" + a + ";" + b + ";COMMIT"), (Texts{{a, b}}));
  EXPECT_EQ(transactions("BEGIN;" + a + ";COMMIT;BEGIN; SELECT 1; COMMIT; SELECT 2"),
            (Texts{{a}, {"SELECT 1"}, {"SELECT 2"}}));
  std::string const add = "ALTER TABLE a ADD CONSTRAINT k CHECK (at IS NOT NULL) NOT VALID";
  std::string const validate = "ALTER TABLE a VALIDATE CONSTRAINT k";
  EXPECT_EQ(transactions("SET lock_timeout = '2s';" + add + ";" + validate + "; SELECT 1"),
            (Texts{{"SET lock_timeout = '2s'", add},
                   {"SET lock_timeout = '2s'", validate},
                   {"SET lock_timeout = '2s'", "SELECT 1"}}));
}

std::variant<Plan, NoPlan> planned(std::string_view text) {
  catalog::Catalog catalog;
  catalog.complete = true;
  catalog::replay_text(catalog, "CREATE TABLE a (id int PRIMARY KEY, n text)");
  return make_plan(sql::read_migration("m", "m.sql", text), catalog);
}

// A lock_timeout in front is what most people write first.
TEST(MakePlan, SettingsThatChangeNoMeaningGoAlongWithASplit) {
  std::string const rename = "ALTER TABLE a RENAME COLUMN n TO m";
  auto const plan =
      std::get<Plan>(planned("SET lock_timeout = '2s'; SET LOCAL statement_timeout TO 0;" + rename +
                             "; RESET lock_timeout"));
  std::size_t transactions = 0;
  for (auto const* phase : {&plan.expand, &plan.backfill, &plan.contract}) {
    for (Step const& step : *phase) {
      auto const* run = std::get_if<RunSql>(&step.action);
      if (run == nullptr || run->alone) {
        continue;
      }
      ++transactions;
      ASSERT_GE(run->statements.size(), 2U) << step.id;
      EXPECT_EQ(run->statements[0], "SET LOCAL lock_timeout = '2s'") << step.id;
      EXPECT_EQ(run->statements[1], "SET LOCAL statement_timeout TO 0") << step.id;
    }
  }
  EXPECT_GE(transactions, 2U);
}

TEST(MakePlan, OtherCompanyOfASplitIsRefusedInTrueWords) {
  for (std::string const before : {"SET search_path = public; ", "SELECT 1; "}) {
    auto const no = std::get<NoPlan>(planned(before + "ALTER TABLE a RENAME COLUMN n TO m"));
    ASSERT_EQ(no.reasons.size(), 1U);
    EXPECT_EQ(no.reasons[0].rule, "rename-column");
    EXPECT_EQ(no.reasons[0].remedy, "give it a migration file of its own");
    EXPECT_NE(no.reasons[0].reason.find("over two releases"), std::string::npos);
  }
  auto const update =
      std::get<NoPlan>(planned("ALTER TABLE a ADD COLUMN m int; UPDATE a SET n = n + 1"));
  ASSERT_EQ(update.reasons.size(), 1U);
  EXPECT_NE(update.reasons[0].reason.find("carried in batches"), std::string::npos)
      << update.reasons[0].reason;
  EXPECT_EQ(update.reasons[0].reason.find("releases"), std::string::npos) << "one `up` does it all";
  auto const no =
      std::get<NoPlan>(planned("SELECT 1; UPDATE a SET n = b.n FROM a b WHERE b.id = a.id + 1"));
  ASSERT_EQ(no.reasons.size(), 1U);
  EXPECT_EQ(no.reasons[0].remedy.find("migration file of its own"), std::string::npos)
      << "that would not help it";
}

std::string as_text(std::variant<Plan, NoPlan> const& made) {
  if (auto const* plan = std::get_if<Plan>(&made)) {
    return to_yaml(*plan);
  }
  std::string text;
  for (NoPlan::Reason const& reason : std::get<NoPlan>(made).reasons) {
    text += reason.rule + ": " + reason.reason + '\n';
  }
  return text;
}

// What the review leaves is used, where it has replayed all of it.
TEST(MakePlan, LeavesWhatAReplayLeaves) {
  for (std::string const text :
       {"ALTER TABLE a ADD c int; CREATE INDEX CONCURRENTLY ON a (c)",
        "ALTER TABLE a RENAME COLUMN n TO m",
        "ALTER TABLE a ALTER n TYPE int USING n::int, ADD c int",
        "CREATE TABLE b (x int); INSERT INTO b VALUES (1); ALTER TABLE b RENAME COLUMN x TO y",
        "CREATE SEQUENCE s; CREATE TEMPORARY TABLE t (x int); DROP TABLE a",
        "SET search_path = other; CREATE TABLE b (x int); DO $$BEGIN CREATE TABLE c (x int); END$$",
        "ALTER TABLE a DROP COLUMN gone; ALTER TABLE a ADD c int",
        "ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (n) REFERENCES gone; ALTER TABLE a ADD c int",
        "-- bellows: usng m = n\nALTER TABLE a RENAME COLUMN n TO m",
        "-- bellows: allow rename-column because so\nALTER TABLE a RENAME COLUMN n TO m",
        "ALTER TABLE a ADD c int; SELEC 1", "ALTER TABLE a ADD \"\xff\" int", "DELETE FROM a"}) {
    catalog::Catalog before;
    before.complete = true;
    catalog::replay_text(before, "CREATE TABLE a (id int PRIMARY KEY, n text)");
    sql::Migration const migration = sql::read_migration("m", "m.sql", text);
    catalog::Catalog after = before;
    std::string const made = as_text(make_plan(migration, before, after));
    EXPECT_EQ(made, as_text(make_plan(migration, before))) << text;
    EXPECT_NE(made, "") << text;
    catalog::Catalog replayed = before;
    catalog::replay(replayed, migration);
    EXPECT_TRUE(after == replayed) << text;
  }
}

}  // namespace
}  // namespace bellows::plan::make_plan_test
