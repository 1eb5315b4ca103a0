#include "tests/support/project.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <string>
#include <unistd.h>
#include <vector>

/// A migration of several steps of which one is wrong: what has run stays, and there is a way on,
/// and one out.
namespace bellows::test {
namespace {

using Words = std::vector<std::string>;

constexpr char const* broken = "1_broken";
constexpr char const* first = "CREATE TABLE t (id int);\n";
constexpr char const* second = "CREATE INDEX CONCURRENTLY i ON t (id);\n";
constexpr char const* wrong = "SELECT 1 / 0;\n";

class WayOut : public testing::Test {
 protected:
  void SetUp() override { fail(""); }
  void fail(std::string const& down) const {
    write(wrong + down);
    expect_says({"up"}, 7, {"division by zero", "next: "});
    EXPECT_EQ(state(), "failed");
  }
  void write(std::string const& end) const {
    project.migration(broken, std::string(first) + second + end);
  }
  void expect_says(Words const& command, int code, Words const& words) const {
    Ran const ran = project.run(command);
    EXPECT_EQ(ran.code, code) << ran.said << ran.answer;
    for (std::string const& word : words) {
      EXPECT_NE((ran.said + ran.answer).find(word), std::string::npos)
          << "not said: " << word << "\n"
          << ran.said << ran.answer;
    }
  }
  std::string state() const { return db.value("SELECT state FROM bellows.migrations"); }
  std::string relations() const {
    return db.value(
        "SELECT coalesce(string_agg(relname, ' ' ORDER BY relname), '') FROM pg_class WHERE "
        "relnamespace = 'public'::regnamespace");
  }

  TempDatabase db;
  Project project{db.conninfo()};
};

TEST_F(WayOut, WhatHasNotRunMayBeMended) {
  for (Words const& command : {Words{"resume"}, {"up"}, {"expand", broken}, {"backfill", broken}}) {
    write("INSERT INTO t VALUES (1);\nCREATE INDEX CONCURRENTLY j ON t (id);\n");
    expect_says({"up", "--dry-run"}, 0, {"would go on", "INSERT INTO t VALUES (1)"});
    expect_says(command, 0, {"was mended: what has run stays"});
    EXPECT_EQ(state(), "contracted");
    EXPECT_EQ(relations(), "i j t");
    EXPECT_EQ(db.value("SELECT count(*) FROM t"), "1");
    expect_says({"up"}, 0, {"nothing to do: the database is up to date"});
    db.run("DROP TABLE t; DELETE FROM bellows.migrations");
    fail("");
  }
}

TEST_F(WayOut, TheWrongStatementMayBeTakenOut) {
  write("");
  expect_says({"resume"}, 0, {});
  EXPECT_EQ(state(), "contracted");
  EXPECT_EQ(relations(), "i t");
}

TEST_F(WayOut, MendedTwice) {
  write("INSERT INTO t VALUES (1);\nCREATE INDEX CONCURRENTLY j ON t (id);\nSELECT 1/0;\n");
  expect_says({"resume"}, 7, {"division by zero"});
  write("INSERT INTO t VALUES (1);\nCREATE INDEX CONCURRENTLY j ON t (id);\nSELECT 1;\n");
  expect_says({"resume"}, 0, {});
  EXPECT_EQ(db.value("SELECT count(*) FROM t"), "1");
}

TEST_F(WayOut, WhatHasRunMayNotBeChanged) {
  project.migration(broken, std::string("CREATE TABLE u (id int);\n") + second + "SELECT 1;\n");
  for (Words const& command : {Words{"up"}, {"resume"}, {"up", "--dry-run"}}) {
    expect_says(command, 5, {"was changed after it ran", "line 1 is not what has run there"});
  }
  project.migration(broken, first);
  expect_says({"resume"}, 5, {"a statement that has run is missing"});
  write("ALTER TABLE t RENAME id TO key;\n");
  expect_says({"resume"}, 5, {"1_broken"});
  EXPECT_EQ(state(), "failed");
}

TEST_F(WayOut, AbortLeavesWhatIsDoneWhenToldSo) {
  expect_says({"abort", broken}, 11,
              {"`CREATE INDEX CONCURRENTLY i ON t (id)` is done", "bellows resume",
               "--because TEXT", "-- bellows: down"});
  EXPECT_EQ(state(), "failed");
  expect_says({"abort", broken, "--because", "t is wanted"}, 0, {"aborted"});
  EXPECT_EQ(relations(), "i t");
  EXPECT_EQ(db.value("SELECT detail FROM bellows.events WHERE what = 'abort confirmed'"),
            "t is wanted");
  expect_says({"up"}, 0, {"was aborted and is left out"});
}

TEST_F(WayOut, ADownSectionIsAnUndo) {
  write(std::string(wrong) + "-- bellows: down\nDROP TABLE never;\nDROP INDEX i;\nDROP TABLE t;\n");
  expect_says({"abort", broken}, 0, {"aborted", "never"});
  EXPECT_EQ(relations(), "");
  write("");
  expect_says({"expand", broken}, 0, {});
  EXPECT_EQ(relations(), "i t");
}

TEST_F(WayOut, ADownSectionMayDropConcurrently) {
  write(std::string(wrong) + "-- Down Migration\nDROP INDEX CONCURRENTLY i;\nDROP TABLE t;\n");
  expect_says({"abort", broken}, 0, {"aborted"});
  EXPECT_EQ(relations(), "");
}

TEST_F(WayOut, AnAbortThatWasInterruptedKnowsItsWayBack) {
  write(std::string(wrong) + "-- bellows: down\nDROP TABLE t;\n");
  auto const dies = [](Event const& event) {
    if (event.what == "undo begins" && event.detail == "run") {
      ::_exit(9);
    }
  };
  ASSERT_NE(project.run_observed({{"abort", broken}}, dies).code, 0);
  EXPECT_EQ(state(), "aborting");
  expect_says({"resume"}, 0, {"aborted"});
  EXPECT_EQ(relations(), "");
}

}  // namespace
}  // namespace bellows::test
