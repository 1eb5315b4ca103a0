#include "tests/support/project.hpp"
#include "tests/support/said.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

/// A file that was renamed after it ran.
namespace bellows::test::run_before_db_test {
namespace {

using Words = std::vector<std::string>;

class RenamedFile : public testing::Test {
 protected:
  RenamedFile() {
    project.migration("1_table", "CREATE TABLE counts (n int);\n");
    project.migration("2_bump", bump);
    EXPECT_EQ(project.run({"up"}).code, 0);
  }
  void rename_to(std::string const& name) const {
    auto const migrations = project.directory() / "migrations";
    std::filesystem::rename(migrations / "2_bump.sql", migrations / (name + ".sql"));
  }
  void expect_refused(std::string const& name, std::string const& common) const {
    std::string const next = "rename migrations/" + name + ".sql back to 2_bump";
    for (Words const& command : {Words{"up"},
                                 {"up", "--dry-run"},
                                 {"up", "--release", "1"},
                                 {"expand", name},
                                 {"backfill", name},
                                 {"backfill", name, "--dry-run"}}) {
      expect_says(project.run(command), 11,
                  {name + " has " + common + " as 2_bump", next, "--because TEXT"});
    }
    expect_says(
        project.run({"status"}), 0,
        {"would be refused now: " + name + " has " + common, "next: " + name + ": " + next});
    EXPECT_EQ(db.value("SELECT count(*) FROM counts"), "1");
    EXPECT_EQ(db.value("SELECT count(*) FROM bellows.releases"), "0");
  }

  static constexpr char const* bump = "INSERT INTO counts VALUES (1);\n";
  TempDatabase db;
  Project project{db.conninfo()};
};

TEST_F(RenamedFile, WithTheSameStatementsIsNotRunAgain) {
  rename_to("2_bump2");
  expect_refused("2_bump2", "the same statements");
}

TEST_F(RenamedFile, WithOtherDigitsIsNotRunAgain) {
  rename_to("3_bump");
  expect_refused("3_bump", "the same statements");
}

TEST_F(RenamedFile, WithTheSameDigitsIsAsked) {
  rename_to("2_bump2");
  project.migration("2_bump2", "INSERT INTO counts VALUES (2);\n");
  expect_refused("2_bump2", "the same digits");
}

TEST_F(RenamedFile, RunsWithAReasonOnceAndIsFineUnderItsOldName) {
  rename_to("2_bump2");
  expect_says(project.run({"up", "--dry-run", "--because", "twice is meant"}), 0, {"2_bump2"});
  expect_says(project.run({"up", "--because", "twice is meant"}), 0, {"done: 2_bump2"});
  EXPECT_EQ(db.value("SELECT count(*) FROM counts"), "2");
  EXPECT_EQ(db.value("SELECT detail FROM bellows.events WHERE migration = '2_bump2' AND what = "
                     "'run beside one without a file'"),
            "twice is meant");
  expect_says(project.run({"up"}), 0, {"up to date"});
  project.migration("2_bump", bump);
  expect_says(project.run({"up"}), 0, {"up to date"});
}

TEST_F(RenamedFile, NewFilesBesideThoseThatRanAreNotAsked) {
  project.migration("2_same_digits", bump);
  project.migration("3_more", bump);
  expect_says(project.run({"up"}), 0, {"done: 2_same_digits, 3_more"});
}

}  // namespace
}  // namespace bellows::test::run_before_db_test
