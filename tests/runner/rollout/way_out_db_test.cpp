#include "tests/support/project.hpp"
#include "tests/support/said.hpp"
#include "tests/support/temp_database.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <string>
#include <unistd.h>
#include <vector>

/// A migration of several steps of which one is wrong: what has run stays, and there is a way on,
/// and one out.
namespace bellows::test::way_out_db_test {
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
    test::expect_says(project.run(command), code, words);
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
  Ran const aborted = project.run({"abort", broken, "--because", "t is wanted"});
  EXPECT_EQ(aborted.code, 0) << aborted.said;
  for (char const* word : {"left as it is: `CREATE TABLE t (id int)`",
                           "left as it is: `CREATE INDEX CONCURRENTLY i ON t (id)`; to take it "
                           "back: DROP INDEX CONCURRENTLY IF EXISTS public.i"}) {
    EXPECT_NE(aborted.said.find(word), std::string::npos) << aborted.said;
  }
  EXPECT_EQ(aborted.said.find("undo 1_broken: `CREATE"), std::string::npos) << aborted.said;
  EXPECT_EQ(relations(), "i t");
  EXPECT_EQ(db.value("SELECT detail FROM bellows.events WHERE what = 'abort confirmed'"),
            "t is wanted");
  expect_says({"up"}, 0, {"was aborted and is left out"});
}

TEST_F(WayOut, BegunAgainItGoesOnBehindWhatStayed) {
  write("INSERT INTO t VALUES (1);\nCREATE INDEX CONCURRENTLY j ON t (id);\nSELECT 1/0;\n");
  expect_says({"resume"}, 7, {"division by zero"});
  expect_says({"abort", broken, "--because", "later"}, 0, {"aborted"});
  for (Words const& command : {Words{"expand", broken}, {"backfill", broken}}) {
    expect_says({"backfill", broken, "--dry-run"}, 0, {"SELECT 1/0"});
    expect_says(command, 7, {"is there from before, and not run again", "division by zero"});
    EXPECT_EQ(db.value("SELECT count(*) FROM t"), "1") << "nothing is done twice";
    expect_says({"abort", broken, "--because", "still later"}, 0, {"left as it is", "aborted"});
  }
  write("INSERT INTO t VALUES (1);\nCREATE INDEX CONCURRENTLY j ON t (id);\n");
  expect_says({"expand", broken}, 0, {"done"});
  EXPECT_EQ(db.value("SELECT count(*) FROM t"), "1");
  EXPECT_EQ(relations(), "i j t");
}

TEST_F(WayOut, BegunAgainItMakesWhatIsGoneByThen) {
  expect_says({"abort", broken, "--because", "later"}, 0, {"aborted"});
  db.run("DROP INDEX i");
  write("");
  expect_says({"expand", broken}, 0, {"`CREATE TABLE t (id int)` is there from before"});
  EXPECT_EQ(relations(), "i t");
}

TEST_F(WayOut, BegunAgainItBeginsAnewWhereAllIsGone) {
  expect_says({"abort", broken, "--because", "later"}, 0, {"aborted"});
  db.run("DROP TABLE t");
  write("");
  expect_says({"expand", broken}, 0, {"done"});
  EXPECT_EQ(relations(), "i t");
}

TEST_F(WayOut, BegunAgainOverAnotherThingOfThatNameNamesIt) {
  expect_says({"abort", broken, "--because", "later"}, 0, {"aborted"});
  db.run("DROP INDEX i; CREATE INDEX i ON t ((id + 1))");
  write("");
  expect_says({"expand", broken}, 5, {"public.i", "(42P07)", "DROP INDEX CONCURRENTLY public.i"});
}

// A build that was cut off leaves an INVALID index, which is of no use, and costs every write.
TEST_F(WayOut, AbortDropsAnIndexWhoseBuildWasCutOff) {
  expect_says({"abort", broken, "--because", "later"}, 0, {"aborted"});
  db.run("DROP INDEX i");
  write("");
  postgres::Session other = db.session("somebody");
  auto old = other.begin();
  old.run("LOCK TABLE t IN ROW EXCLUSIVE MODE");  // the build waits for it
  int const pid = project.start({"expand", broken});
  wait_until([&] { return relations() == "i t"; }, "the build to begin");
  ::kill(pid, SIGKILL);
  project.wait(pid);
  db.run(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
      "AND query ~ '^CREATE INDEX'");
  old.commit();
  expect_says({"abort", broken, "--because", "later"}, 0, {"undo 1_broken: `CREATE INDEX"});
  EXPECT_EQ(relations(), "t");
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
}  // namespace bellows::test::way_out_db_test
