#include "tests/support/project.hpp"
#include "tests/support/said.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

/// A database that bellows has never seen, and one that is another project's.
namespace bellows::test::strangers_db_test {
namespace {

using Words = std::vector<std::string>;

TEST(Strangers, AnEmptyDatabaseIsSaidToBeNew) {
  TempDatabase const db;
  Project const project(db.conninfo());
  project.migration("1_a", "CREATE TABLE a (id int);\n");
  expect_says(project.run({"status"}), 0, {"bellows has never run here"});
  expect_says(project.run({"status", "--format", "json"}), 0, {"\"never_ran\": true"});
  expect_says(project.run({"up"}), 0, {"done: 1_a\n"});
  Ran const status = project.run({"status"});
  EXPECT_EQ(status.answer.find("never run"), std::string::npos) << status.answer;
}

TEST(Strangers, AnotherProjectsDatabaseIsRefusedBeforeAnythingRuns) {
  TempDatabase const db;
  Project const theirs(db.conninfo());
  theirs.migration("1_a", "CREATE TABLE a (id int);\n");
  theirs.migration("2_gone", "CREATE TABLE gone (id int);\n");
  ASSERT_EQ(theirs.run({"up"}).code, 0);
  Project const ours(db.conninfo());
  ours.migration("1_b", "CREATE TABLE b (id int);\n");
  for (Words const& command : {Words{"up"},
                               {"up", "--dry-run"},
                               {"up", "--release", "7"},
                               {"expand", "1_b"},
                               {"backfill", "1_b"},
                               {"backfill", "1_b", "--dry-run"},
                               {"contract"}}) {
    expect_says(ours.run(command), 11,
                {"has run 2 migrations", "none is in this checkout", "--because TEXT"});
  }
  expect_says(ours.run({"status"}), 0, {"none of the migrations that ran here"});
  EXPECT_EQ(db.value("SELECT to_regclass('b') IS NULL"), "t");
  EXPECT_EQ(db.value("SELECT count(*) FROM bellows.releases"), "0");
  expect_says(ours.run({"up", "--because", "we share it"}), 0, {"done: "});
  EXPECT_EQ(db.value("SELECT detail FROM bellows.events WHERE what = 'another project confirmed'"),
            "we share it");
  expect_says(ours.run({"up"}), 0, {"nothing to do"});
}

TEST(Strangers, WhatWasAbortedIsNoSignOfAnother) {
  TempDatabase const db;
  db.run("CREATE TABLE t (id int PRIMARY KEY, name text)");
  Project const project(db.conninfo());
  project.migration("1_a", "ALTER TABLE t RENAME name TO label;\n");
  ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0);
  ASSERT_EQ(project.run({"expand", "1_a"}).code, 0);
  ASSERT_EQ(project.run({"abort", "1_a"}).code, 0);
  Project const later(db.conninfo());
  later.migration("2_b", "CREATE TABLE b (id int);\n");
  expect_says(later.run({"up"}), 0, {"done: 2_b\n"});
}

}  // namespace
}  // namespace bellows::test::strangers_db_test
