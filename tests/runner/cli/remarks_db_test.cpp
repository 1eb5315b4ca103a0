#include "tests/support/project.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

/// What every command says alike of a database or a directory that may not be as it is meant.
namespace bellows::test::remarks_db_test {
namespace {

using Command = std::vector<std::string>;

std::string said(Project const& project, Command const& command) {
  Ran const ran = project.run(command);
  return ran.said + ran.answer;
}

bool has(std::string const& text, std::string const& words) {
  return text.find(words) != std::string::npos;
}

constexpr char const* of_another_tool =
    "this database has the history of another tool (public.pgmigrations, by node-pg-migrate)";

std::vector<Command> looking_at(TempDatabase const& db) {
  return {{"status"},
          {"check", "--database-url", db.conninfo()},
          {"plan", "--database-url", db.conninfo()},
          {"plan", "--check", "--database-url", db.conninfo()},
          {"up", "--dry-run"},
          {"up"}};
}

TEST(Remarks, WhatCanOnlyFailIsNotSettledByAPlanThatKnewLess) {
  TempDatabase const db;
  Project const project(db.conninfo());
  project.migration("1_orders", "CREATE TABLE orders (id int PRIMARY KEY, qty int);\n");
  ASSERT_EQ(project.run({"up"}).code, 0);
  project.migration("2_fill", "UPDATE orders SET qty = nope;\n");
  ASSERT_EQ(project.run({"plan"}).code, 0);
  for (Command const& command : {Command{"check"}, {"plan", "--check"}, {"plan"}}) {
    Command asking = command;
    asking.insert(asking.end(), {"--database-url", db.conninfo()});
    Ran const ran = project.run(asking);
    EXPECT_EQ(ran.code, 5) << ran.said << ran.answer;
    EXPECT_TRUE(has(ran.said + ran.answer, "public.orders has no column nope")) << ran.answer;
  }
}

TEST(Remarks, AnotherToolsHistoryIsToldUntilBellowsHasBegun) {
  TempDatabase const db;
  db.run("CREATE TABLE pgmigrations (id serial PRIMARY KEY, name text, run_on timestamp)");
  Project const project(db.conninfo());
  project.migration("1_a", "CREATE TABLE a (id int);\n");
  for (Command const& command : looking_at(db)) {
    EXPECT_TRUE(has(said(project, command), of_another_tool))
        << command.front() << said(project, command);
  }
  project.migration("2_b", "CREATE TABLE b (id int);\n");
  for (Command const& command : looking_at(db)) {
    EXPECT_FALSE(has(said(project, command), of_another_tool)) << command.front();
  }
}

TEST(Remarks, EveryToolIsKnownByItsTable) {
  for (auto const& [made, words] : std::vector<std::pair<std::string, std::string>>{
           {"CREATE TABLE schema_migrations (version bigint, dirty boolean)",
            "(public.schema_migrations, by golang-migrate)"},
           {"CREATE TABLE schema_migrations (version text)",
            "(public.schema_migrations, by dbmate or Rails)"},
           {"CREATE TABLE flyway_schema_history (installed_rank int)", "by Flyway"},
           {"CREATE TABLE knex_migrations (migration_time timestamptz)", "by Knex"},
           {"CREATE TABLE \"SequelizeMeta\" (name text)",
            "(public.\"SequelizeMeta\", by Sequelize)"},
           {"CREATE TABLE _prisma_migrations (migration_name text)", "by Prisma"},
           {"CREATE TABLE goose_db_version (version_id bigint)", "by goose"},
           {"CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (hash text)",
            "(drizzle.__drizzle_migrations, by Drizzle)"}}) {
    TempDatabase const db;
    db.run(made);
    Project const project(db.conninfo());
    EXPECT_TRUE(has(said(project, {"status"}), words)) << words << said(project, {"status"});
  }
  TempDatabase const db;
  db.run("CREATE TABLE migrations (id int, name text); CREATE TABLE changes (id int)");
  EXPECT_FALSE(has(said(Project(db.conninfo()), {"status"}), "another tool")) << "the user's own";
}

TEST(Remarks, TheSameDigitsAreToldWhileAnythingCanBeDone) {
  TempDatabase const db;
  Project const project(db.conninfo());
  project.migration("1_a", "CREATE TABLE a (id int);\n");
  project.migration("1_b", "CREATE TABLE b (id int);\n");
  constexpr char const* words = "the same digits begin 1_a, 1_b: bellows runs them in that order";
  for (Command const& command :
       {Command{"check"}, {"check", "migrations/1_b.sql"}, {"plan"}, {"plan", "--check"}}) {
    EXPECT_TRUE(has(said(project, command), words)) << command.front();
  }
  for (Command const& command : looking_at(db)) {
    EXPECT_TRUE(has(said(project, command), words)) << command.front();
  }
  project.migration("2_c", "CREATE TABLE c (id int);\n");
  for (Command const& command : looking_at(db)) {
    EXPECT_FALSE(has(said(project, command), words)) << command.front();
  }
}

TEST(Remarks, AnOrderThatIsNotTheNamesIsToldWhileAnythingCanBeDone) {
  TempDatabase const db;
  Project const project(db.conninfo());
  project.migration("20261104000000_idx", "CREATE TABLE a (id int);\n");
  project.migration("20261103500000_c1", "CREATE TABLE b (id int);\n");
  constexpr char const* words = "bellows runs 20261104000000_idx before 20261103500000_c1; by name";
  for (Command const& command : looking_at(db)) {
    std::string const told = said(project, command);
    EXPECT_TRUE(has(told, words)) << command.front() << told;
    EXPECT_TRUE(has(told, "20261103500000_c1 are no time")) << command.front() << told;
  }
  EXPECT_FALSE(has(said(project, {"status"}), words)) << "all have run";
}

}  // namespace
}  // namespace bellows::test::remarks_db_test
