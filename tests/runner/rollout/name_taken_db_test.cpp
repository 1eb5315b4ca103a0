#include "tests/support/project.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <string>
#include <unistd.h>

/// What has the name already of which a migration makes something outside of a transaction, and
/// what is to be dropped and never was.
namespace bellows::test::name_taken_db_test {
namespace {

class NameIsTaken : public testing::Test {
 protected:
  NameIsTaken() { db.run("CREATE TABLE users (id int PRIMARY KEY, name text, email text)"); }
  Ran up() const { return project.run({"up"}); }
  /// Somebody takes the name as that step begins.
  Ran up_taken_at(std::string const& step) const {
    return project.run_observed({{"up"}}, [&](Event const& event) {
      if (event.what == "step begins" && event.detail == step) {
        db.run("CREATE INDEX i ON users (email)");
      }
    });
  }
  std::string state() const {
    return db.value("SELECT state FROM bellows.migrations WHERE name = '1_index'");
  }
  std::string columns() const { return db.value("SELECT pg_get_indexdef('i'::regclass, 1, true)"); }

  TempDatabase db;
  Project project{db.conninfo()};
};

#define EXPECT_SAID(ran, part) \
  EXPECT_NE(((ran).said + (ran).answer).find(part), std::string::npos) << (ran).said << (ran).answer

TEST_F(NameIsTaken, AnotherIndexIsRefusedBeforeAnythingRuns) {
  db.run("CREATE INDEX i ON users (email)");
  project.migration("1_index", "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON users (name);");
  Ran const refused = up();
  EXPECT_EQ(refused.code, 5) << refused.said;
  EXPECT_SAID(refused, "its columns are (email), meant is (name)");
  EXPECT_SAID(refused, "DROP INDEX CONCURRENTLY i first");
  EXPECT_EQ(db.value("SELECT to_regclass('bellows.migrations')"), "");
  EXPECT_EQ(columns(), "email");
  db.run("DROP INDEX i");
  EXPECT_EQ(up().code, 0);
  EXPECT_EQ(columns(), "name");
}

TEST_F(NameIsTaken, ByAnotherIndexAtTheLastMomentNothingWasChanged) {
  project.migration("1_index", "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON users (name);");
  Ran const refused = up_taken_at("run");
  EXPECT_EQ(refused.code, 6) << refused.said;
  EXPECT_SAID(refused, "its columns are (email), meant is (name)");
  EXPECT_SAID(refused, "DROP INDEX CONCURRENTLY public.i, if nothing needs it");
  EXPECT_SAID(refused, "then the same command again");
  EXPECT_EQ(state(), "");
  EXPECT_EQ(columns(), "email");
  db.run("DROP INDEX i");
  EXPECT_EQ(up().code, 0);
  EXPECT_EQ(columns(), "name");
}

TEST_F(NameIsTaken, BehindOtherStatementsResumeGoesOn) {
  project.migration("1_index",
                    "CREATE TABLE notes (id int);\n"
                    "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON users (name);");
  Ran const refused = up_taken_at("run-2");
  EXPECT_EQ(refused.code, 7) << refused.said;
  EXPECT_SAID(refused, "then bellows resume");
  db.run("DROP INDEX i");
  EXPECT_EQ(project.run({"resume"}).code, 0);
  EXPECT_EQ(columns(), "name");
}

TEST_F(NameIsTaken, BySomebodyWhileTheRunWasInterrupted) {
  project.migration("1_index",
                    "CREATE TABLE notes (id int);\nCREATE INDEX CONCURRENTLY i ON users (name);");
  auto const dies = [](Event const& event) {
    if (event.what == "step begins" && event.detail == "run-2") {
      ::_exit(9);
    }
  };
  ASSERT_NE(project.run_observed({{"up"}}, dies).code, 0);
  db.run("CREATE INDEX i ON users (email)");
  Ran const refused = project.run({"resume"});
  EXPECT_EQ(refused.code, 7) << refused.said;
  EXPECT_SAID(refused, "its columns are (email), meant is (name)");
  EXPECT_EQ(state(), "failed");
}

TEST_F(NameIsTaken, TheVeryIndexIsSaid) {
  db.run("CREATE INDEX i ON users (name)");
  project.migration("1_index", "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON users (name);");
  Ran const ran = up();
  EXPECT_EQ(ran.code, 0) << ran.said;
  EXPECT_SAID(ran, "index public.i is there already, just as it was to be made");
  EXPECT_EQ(state(), "contracted");
}

TEST_F(NameIsTaken, TheOneOfARunThatWasInterruptedIsItsOwn) {
  project.migration("1_index", "CREATE INDEX CONCURRENTLY i ON users (lower(name)) WHERE id > 1;");
  auto const dies = [](Event const& event) {
    if (event.what == "statement done") {
      ::_exit(9);
    }
  };
  ASSERT_NE(project.run_observed({{"up"}}, dies).code, 0);
  Ran const ran = project.run({"resume"});
  EXPECT_EQ(ran.code, 0) << ran.said;
  EXPECT_SAID(ran, "index public.i is there already, just as it was to be made");
}

TEST_F(NameIsTaken, ADropOfWhatNeverWasIsSaid) {
  project.migration("1_index", "DROP INDEX CONCURRENTLY IF EXISTS i;");
  Ran const ran = up();
  EXPECT_EQ(ran.code, 0) << ran.said;
  EXPECT_SAID(ran, "there is nothing to do for it: DROP INDEX CONCURRENTLY IF EXISTS i");
}

TEST_F(NameIsTaken, WhatTheServerPassesOverIsSaid) {
  project.migration("1_index",
                    "CREATE TABLE IF NOT EXISTS users (id int);\n"
                    "-- bellows: allow drop-table because it never was\n"
                    "DROP TABLE IF EXISTS nothing;");
  Ran const ran = up();
  EXPECT_EQ(ran.code, 0) << ran.said;
  EXPECT_SAID(ran, "relation \"users\" already exists, skipping");
  EXPECT_SAID(ran, "table \"nothing\" does not exist, skipping");
}

}  // namespace
}  // namespace bellows::test::name_taken_db_test
