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
  project.migration("1_fill", "UPDATE t SET m = 'glad';\n");
  project.run({"plan", "--database-url", db.conninfo()});
  EXPECT_EQ(project.run({"up", "--dry-run"}).code, 6);
}

}  // namespace
}  // namespace bellows::test::dry_run_later_db_test
