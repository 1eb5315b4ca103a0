#include "planner/plan/make_plan.hpp"

#include "planner/catalog/replay.hpp"

#include <gtest/gtest.h>

namespace bellows::plan {
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

}  // namespace
}  // namespace bellows::plan
