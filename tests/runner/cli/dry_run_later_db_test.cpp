#include "tests/support/project.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

/// A dry run of migrations that want what those before them make, on a database that has not got
/// it.
namespace bellows::test::dry_run_later_db_test {
namespace {

class Later : public testing::Test {
 protected:
  void expect_says(std::vector<std::string> const& command, int code,
                   std::vector<std::string> const& words) const {
    Ran const ran = project.run(command);
    EXPECT_EQ(ran.code, code) << ran.said << ran.answer;
    for (std::string const& word : words) {
      EXPECT_NE(ran.answer.find(word), std::string::npos) << "not said: " << word << "\n"
                                                          << ran.answer << ran.said;
    }
  }

  TempDatabase db;
  Project project{db.conninfo()};
};

TEST_F(Later, ATableThatAnEarlierOneMakes) {
  project.migration("1_t", "CREATE TABLE t (id int PRIMARY KEY, name text, n int);\n");
  project.migration("2_rename", "ALTER TABLE t RENAME COLUMN name TO title;\n");
  project.migration("3_fill", "UPDATE t SET n = 1;\n");
  project.migration("4_more", "CREATE TABLE more (id int);\n");
  ASSERT_EQ(project.run({"plan"}).code, 0);
  expect_says({"up", "--dry-run"}, 0,
              {"1_t would run:", "2_rename would run after that:",
               "can be tried only after those before it have run", "table public.t does not exist",
               "4_more would run after that:"});
  expect_says({"up"}, 0, {});
}

TEST_F(Later, ALabelThatAnEarlierOneAdds) {
  db.run(
      "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (id int PRIMARY KEY, m mood);"
      "INSERT INTO t VALUES (1, 'sad')");
  project.migration("1_label", "ALTER TYPE mood ADD VALUE 'glad';\n");
  project.migration("2_fill", "UPDATE t SET m = 'glad';\n");
  project.migration("3_more", "CREATE TABLE more (id int);\n");
  ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0);
  expect_says({"up", "--dry-run"}, 0,
              {"2_fill would run after that:", "only after those before it have run",
               "invalid input value for enum", "3_more would run after that:"});
  expect_says({"up"}, 0, {});
}

/// What no migration before it can be the reason of.
TEST_F(Later, TheFirstOnesOwnFaultIsAFailure) {
  db.run(
      "CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE t (id int PRIMARY KEY, m mood);"
      "INSERT INTO t VALUES (1, 'sad')");
  project.migration("1_fill", "UPDATE t SET m = lower('GLAD')::mood;\n");
  project.run({"plan", "--database-url", db.conninfo()});
  EXPECT_EQ(project.run({"up", "--dry-run"}).code, 6);
}

/// The plan was made for what was there before the index; `up` would find it stale behind that.
TEST_F(Later, APlanThatAnEarlierOneMakesStaleIsRefusedBeforeAnythingRuns) {
  db.run("CREATE TABLE t (id int PRIMARY KEY, name text); INSERT INTO t VALUES (1, 'a')");
  project.migration("2_rename", "ALTER TABLE t RENAME COLUMN name TO title;\n");
  ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0);
  for (std::string const sql : {"CREATE INDEX CONCURRENTLY by_name ON t (name);\n",
                                "ALTER TABLE t ADD COLUMN title text;\n",
                                "CREATE INDEX CONCURRENTLY by_name ON t (lower(name));\n"}) {
    project.migration("1_before", sql);
    expect_says({"up", "--dry-run"}, 5, {"up would end here, before its first step: "});
    EXPECT_EQ(project.run({"plan", "--check", "--database-url", db.conninfo()}).code, 5) << sql;
    Ran const real = project.run({"up"});
    EXPECT_EQ(real.code, 5) << sql << real.said;
    EXPECT_EQ(db.value("SELECT to_regclass('bellows.migrations')"), "") << sql;
  }
  project.migration("1_before", "CREATE TABLE other (id int);\n");
  expect_says({"up", "--dry-run"}, 0, {"2_rename would run after that"});
  expect_says({"up"}, 0, {});
}

TEST_F(Later, WhatNoSchemaHasIsAskedForBeforehand) {
  for (std::string const sql :
       {"CREATE EXTENSION no_such_extension;\n",
        "CREATE TABLE a (id int);\nGRANT SELECT ON a TO "
        "nobody_of_that_name;\n",
        "CREATE TABLE a (id int);\nALTER TABLE a OWNER TO nobody_of_that_name;\n",
        "CREATE TABLE a (id int);\nCREATE POLICY p ON a TO nobody_of_that_name;\n"}) {
    project.migration("1_a", sql);
    EXPECT_EQ(project.run({"up", "--dry-run"}).code, 6) << sql;
    Ran const real = project.run({"up"});
    EXPECT_EQ(real.code, 6) << sql;
    EXPECT_NE(real.said.find("nothing was begun"), std::string::npos) << real.said;
  }
  project.migration("1_a",
                    "CREATE TABLE a (id int);\n"
                    "GRANT SELECT ON a TO PUBLIC, CURRENT_USER;\n"
                    "ALTER TABLE a OWNER TO CURRENT_USER;\n"
                    "CREATE POLICY p ON a TO PUBLIC;\n"
                    "ALTER POLICY p ON a RENAME TO q;\n");
  expect_says({"up", "--dry-run"}, 0, {"not tried: "});
  expect_says({"up"}, 0, {});
}

/// Its predicate names the column that expand adds.
TEST_F(Later, ARenameBesideATriggerThatListsTheColumnIsTold) {
  db.run(
      "CREATE TABLE t (id int PRIMARY KEY, name text, n int); INSERT INTO t VALUES (1, 'a', 1);"
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
      "CREATE TRIGGER of_name AFTER UPDATE OF name ON t FOR EACH ROW EXECUTE FUNCTION f()");
  project.migration("1_rename", "ALTER TABLE t RENAME COLUMN name TO title;\n");
  ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0);
  expect_says({"up", "--dry-run"}, 0,
              {"no sample: the column that it fills is not there yet, nor the trigger"});
  expect_says({"up"}, 0, {});
}

/// The only column beside the list is the key.
TEST_F(Later, ARenameInATableOfKeyAndColumnBesideATriggerThatListsItRuns) {
  db.run(
      "CREATE TABLE t (id int PRIMARY KEY, name text); INSERT INTO t VALUES (1, 'a');"
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
      "CREATE TRIGGER of_name AFTER UPDATE OF name ON t FOR EACH ROW EXECUTE FUNCTION f()");
  project.migration("1_rename", "ALTER TABLE t RENAME COLUMN name TO title;\n");
  ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0);
  expect_says({"up"}, 0, {});
  EXPECT_EQ(db.value("SELECT title FROM t"), "a");
}

/// None of them is where a sample looks first.
TEST_F(Later, RowsAtTheKeysEndAreFound) {
  db.run(
      "CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t SELECT g, 0 FROM "
      "generate_series(1, 20000) g; ANALYZE t;"
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
      "CREATE TRIGGER each AFTER UPDATE ON t FOR EACH ROW WHEN (NEW.n > 0) EXECUTE FUNCTION f()");
  project.migration("1_fill", "UPDATE t SET n = 1 WHERE id > 19990;\n");
  ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0);
  Ran const ran = project.run({"up", "--dry-run"});
  expect_says({"up", "--dry-run"}, 0,
              {"(by the server's statistics)", "10 of them written", "fires each: 10 times",
               "n '0' → '1'"});
  EXPECT_EQ(ran.answer.find("about 0 rows"), std::string::npos) << ran.answer;
  project.migration("1_fill", "UPDATE t SET n = 1 WHERE id > 20000;\n");
  ASSERT_EQ(project.run({"plan", "--overwrite", "--database-url", db.conninfo()}).code, 0);
  expect_says({"up", "--dry-run"}, 0, {"about 0 rows"});
}

}  // namespace
}  // namespace bellows::test::dry_run_later_db_test
