#include "planner/plan/difference.hpp"

#include "planner/catalog/replay.hpp"
#include "planner/plan/make_plan.hpp"
#include "planner/plan/unreadable.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace bellows::plan::difference_test {
namespace {

Plan rename_plan(std::string const& type = "text") {
  catalog::Catalog catalog;
  catalog.complete = true;
  catalog::replay_text(catalog, "CREATE TABLE users (id int PRIMARY KEY, name " + type +
                                    "); CREATE INDEX by_name ON users (name)");
  return std::get<Plan>(make_plan(
      sql::read_migration("m", "m.sql", "ALTER TABLE users RENAME name TO called"), catalog));
}

Step& step_of(std::vector<Step>& steps, std::string const& id) {
  return *std::ranges::find(steps, id, &Step::id);
}

void expect_one(std::vector<std::string> const& all, std::string const& part) {
  ASSERT_EQ(all.size(), 1U) << (all.empty() ? "" : all.front());
  EXPECT_NE(all.front().find(part), std::string::npos) << all.front();
}

TEST(PlanDifference, TheSameHasNone) {
  EXPECT_TRUE(differences(rename_plan(), rename_plan()).empty());
}

TEST(PlanDifference, AStatementIsShownOnBothSides) {
  Plan edited = rename_plan();
  auto& add = std::get<RunSql>(step_of(edited.expand, "add-column").action);
  add.statements.front() = "ALTER TABLE public.users ADD COLUMN called varchar";
  std::vector<std::string> const all = differences(edited, rename_plan());
  expect_one(all, "step add-column has `ALTER TABLE public.users ADD COLUMN called varchar`");
  EXPECT_NE(all.front().find("planned would be `ALTER TABLE public.users ADD COLUMN called text"),
            std::string::npos)
      << all.front();
}

/// A swap's SQL is in the plan's first line, too, which is no part of a step.
TEST(PlanDifference, IsOfTheStatementsAndNotOfTheLineOnTop) {
  Plan edited = rename_plan();
  auto& swap = std::get<RunSql>(step_of(edited.contract, "swap").action);
  swap.statements.push_back("DROP TABLE public.others");
  std::vector<std::string> const all = differences(edited, rename_plan());
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all.front().find("In short"), std::string::npos) << all.front();
  EXPECT_EQ(all.front().find("step swap has `DROP TABLE public.others`"), 0U) << all.front();
}

TEST(PlanDifference, OfALongLineThePartThatDiffersIsShown) {
  Plan edited = rename_plan();
  auto& batch = std::get<Batch>(step_of(edited.backfill, "copy").action);
  std::string const long_one = "name <> '" + std::string(80, 'x') + "ä' AND id > ";
  batch.where = long_one + "1";
  Plan planned = rename_plan();
  std::get<Batch>(step_of(planned.backfill, "copy").action).where = long_one + "2";
  std::vector<std::string> const all = differences(edited, planned);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_NE(all.front().find("ä' AND id > 1`, planned would be"), std::string::npos) << all.front();
  EXPECT_NE(all.front().find("ä' AND id > 2`"), std::string::npos) << all.front();
}

TEST(PlanDifference, StepsThatAreMissingOrNewAreNamed) {
  Plan edited = rename_plan();
  std::erase_if(edited.backfill, [](Step const& step) { return step.id == "index-by_name"; });
  expect_one(differences(edited, rename_plan()), "step index-by_name of backfill is not in it");
  expect_one(differences(rename_plan(), edited),
             "step index-by_name of backfill would not be planned");
}

TEST(PlanDifference, EveryPartOfAStepCounts) {
  Plan edited = rename_plan();
  std::get<Batch>(step_of(edited.backfill, "copy").action).rows = 77;
  expect_one(differences(edited, rename_plan()), "step copy has ");
  edited = rename_plan();
  step_of(edited.contract, "swap").requirements.pop_back();
  expect_one(differences(edited, rename_plan()), "step swap has ");
}

TEST(PlanDifference, AnotherOrderIsADifference) {
  Plan edited = rename_plan();
  std::ranges::reverse(edited.backfill);
  expect_one(differences(edited, rename_plan()), "another order");
}

TEST(UnreadablePlan, WhatIsPlannedIsReadable) {
  EXPECT_EQ(unreadable(rename_plan(), {}), std::vector<std::string>{});
}

TEST(UnreadablePlan, EverySqlOfItIsRead) {
  Plan edited = rename_plan();
  std::get<RunSql>(step_of(edited.contract, "swap").action).statements.front() = "DORP TRIGGER t";
  expect_one(unreadable(edited, {}), "step swap, a statement: ");
  EXPECT_TRUE(unreadable(edited, {"DORP TRIGGER t"}).empty()) << "the file's own statement";
  edited = rename_plan();
  std::get<Batch>(step_of(edited.backfill, "copy").action).where = "name IS NOT";
  expect_one(unreadable(edited, {}), "step copy, where: ");
  edited = rename_plan();
  std::get<Verify>(step_of(edited.backfill, "verify").action).differs = "name <>";
  expect_one(unreadable(edited, {}), "step verify, differs: ");
  edited = rename_plan();
  step_of(edited.expand, "add-column").undo.front() = "ALTER TABEL users DROP called";
  expect_one(unreadable(edited, {}), "step add-column, its undo: ");
  edited = rename_plan();
  step_of(edited.contract, "swap").requirements.front().query = "SELECT EXISTS (";
  expect_one(unreadable(edited, {}), "step swap, a requirement: ");
  edited = rename_plan();
  step_of(edited.contract, "swap").done_when = "SELEC 1";
  expect_one(unreadable(edited, {}), "step swap, done_when: ");
  edited = rename_plan();
  edited.contract.push_back(edited.expand.front());
  expect_one(unreadable(edited, {}), "step sync-function is there twice");
}

}  // namespace
}  // namespace bellows::plan::difference_test
