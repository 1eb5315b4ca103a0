#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/said.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

/// What is said to be typed next can be typed, and a command that could not do what it was for does
/// not end with 0.
namespace bellows::test::next_steps_db_test {
namespace {

using Words = std::vector<std::string>;

TEST(NextSteps, AWrongDatabaseIsNotTakenForARightOne) {
  TempDatabase const empty;
  Project const here(empty.conninfo());
  here.migration("1_a", "CREATE TABLE a (id int);\n");
  expect_says(here.run({"verify"}), 2, {"bellows has never run in", "nothing to verify"});
  expect_says(here.run({"resume"}), 0, {"no migration has begun in", "is it the right database?"});
  TempDatabase const others;
  Project const there(others.conninfo());
  there.migration("2_b", "CREATE TABLE b (id int);\n");
  ASSERT_EQ(there.run({"up"}).code, 0);
  there.migration("3_c", "CREATE TABLE c (id int);\n");
  expect_says(there.run({"verify", "3_c"}), 2, {"3_c has not begun in this database"});
  expect_says(there.run({"verify"}), 0, {"nothing to verify"});
  Project const wrong(others.conninfo());
  wrong.migration("1_a", "CREATE TABLE a (id int);\n");
  for (Words const& command : {Words{"verify"},
                               {"resume"},
                               {"plan", "--check", "--database-url", others.conninfo()},
                               {"abort", "1_a"}}) {
    expect_says(wrong.run(command), 11, {"none is in this checkout", "bellows status shows both"});
  }
}

TEST(NextSteps, TheDatabaseIsNamedAsItIsTyped) {
  TempDatabase const db;
  db.run("CREATE TABLE t (id int)");
  Project const project(db.conninfo());
  project.migration("1_a", "CREATE TABLE t (id int);\n");
  std::string const command = "bellows check --database-url \"$DATABASE_URL\" migrations/1_a.sql";
  expect_says(project.run({"up"}), 5, {command});
  expect_says(project.run({"status"}), 0, {command});
  expect_says(project.run({"up", "--database-url", db.conninfo()}), 5,
              {"bellows check --database-url '" + db.conninfo() + "' migrations/1_a.sql"});
  expect_says(project.run({"up", "--database-url", db.conninfo() + " password=secret"}), 5,
              {"bellows check --database-url URL migrations/1_a.sql"});
}

TEST(NextSteps, AChangedFileIsPlannedAgainBeforeItIsExpanded) {
  RenameBench const t(users_table);
  t.backfill();
  t.project.migration(rename_name, "ALTER TABLE users RENAME COLUMN name TO label;\n");
  std::string const name = rename_name;
  expect_says(t.project.run({"up"}), 5,
              {"bellows abort " + name + ", bellows plan " + name + ", then bellows expand"});
  t.must({"abort", name});
  expect_says(t.project.run({"status"}), 0,
              {"bellows plan " + name + ", review what it writes, then bellows expand"});
  t.must({"plan", name, "--database-url", t.db.conninfo()});
  t.must({"expand", name});
}

TEST(NextSteps, RowsThatAnAbortLeftAreNotGoneOnWithOtherwise) {
  TempDatabase const db;
  db.run(
      "CREATE TABLE t (id int PRIMARY KEY, n int);"
      "INSERT INTO t SELECT g, 0 FROM generate_series(1, 50) g");
  Project const project(db.conninfo());
  auto const plan = [&](std::string const& sql) {
    project.migration("1_u", sql);
    ASSERT_EQ(project.run({"plan", "1_u", "--database-url", db.conninfo()}).code, 0);
  };
  plan("UPDATE t SET n = n + 1;\n");
  db.run("ALTER TABLE t ADD CONSTRAINT c CHECK (id <> 40 OR n = 0)");
  ASSERT_EQ(project.run({"up"}).code, 7);
  ASSERT_EQ(project.run({"abort", "1_u", "--because", "it was wrong"}).code, 0);
  plan("UPDATE t SET n = n + 2;\n");
  for (int again = 0; again < 2; ++again) {
    expect_says(project.run({"expand", "1_u"}), 5,
                {"1_u was begun with other statements: step update has written 49 rows",
                 "restore migrations/1_u.sql, then bellows plan 1_u and bellows expand 1_u"});
  }
  EXPECT_EQ(db.value("SELECT state FROM bellows.migrations"), "aborted");
  db.run("ALTER TABLE t DROP CONSTRAINT c");
  plan("UPDATE t SET n = n + 1;\n");
  ASSERT_EQ(project.run({"expand", "1_u"}).code, 0);
}

/// An UPDATE that has set a row aside, and whose file was edited then: what is said leads on.
class EditedAfterDeadLetters : public testing::Test {
 protected:
  EditedAfterDeadLetters() {
    db.run(
        "CREATE TABLE t (id int PRIMARY KEY, n int);"
        "INSERT INTO t SELECT g, 0 FROM generate_series(1, 50) g");
    write(as_begun);
    must({"plan", "--database-url", db.conninfo()});
    db.run("ALTER TABLE t ADD CONSTRAINT c CHECK (id <> 40 OR n = 0)");
    EXPECT_EQ(project.run({"up"}).code, 7);
    write("UPDATE t SET n = n + 2;\n");
  }
  void write(std::string const& sql) const { project.migration("1_u", sql); }
  void must(std::vector<std::string> const& command) const {
    expect_says(project.run(command), 0, {});
  }
  void expect_next(std::string const& next) const {
    expect_says(project.run({"status"}), 0, {next + "\n"});
  }
  void expect_each_row_once() const {
    EXPECT_EQ(db.value("SELECT min(n) || ' ' || max(n) FROM t"), "1 1");
  }

  static constexpr char const* as_begun = "UPDATE t SET n = n + 1;\n";
  static constexpr char const* aborted =
      "nothing to do now: 1_u was aborted; restore migrations/1_u.sql, then bellows plan 1_u and "
      "bellows expand 1_u, which goes on where it stood; or put what is wanted now in a migration "
      "of its own";
  TempDatabase db;
  Project project{db.conninfo()};
};

TEST_F(EditedAfterDeadLetters, Restored) {
  expect_next(
      "next: 1_u: restore it, and put the change in a migration of its own; or, where it has "
      "written no row yet: bellows abort 1_u, bellows plan 1_u, then bellows expand 1_u, which "
      "begins it as it is now");
  write(as_begun);
  expect_next(
      "next: mend the data, then bellows resume --retry-dead-letters; or, to leave what is done: "
      "bellows abort 1_u --because TEXT");
  db.run("ALTER TABLE t DROP CONSTRAINT c");
  must({"resume", "--retry-dead-letters"});
  expect_next("nothing to do: the database is up to date");
  expect_each_row_once();
}

TEST_F(EditedAfterDeadLetters, AbortedAndRestored) {
  must({"abort", "1_u", "--because", "it was wrong"});
  expect_next(aborted);
  must({"plan", "1_u", "--database-url", db.conninfo()});  // of the edited file: of no use
  expect_next(aborted);
  EXPECT_EQ(project.run({"expand", "1_u"}).code, 5);
  write(as_begun);
  expect_next(
      "nothing to do now: 1_u was aborted, and its plan is of another text than its file; bellows "
      "plan 1_u, review what it writes, then bellows expand 1_u begins it again");
  must({"plan", "1_u", "--database-url", db.conninfo()});
  expect_next("nothing to do now: 1_u was aborted; bellows expand 1_u begins it again");
  db.run("ALTER TABLE t DROP CONSTRAINT c");
  must({"expand", "1_u"});
  expect_next("next: bellows resume");
  EXPECT_EQ(project.run({"resume"}).code, 7);
  expect_next(
      "next: mend the data, then bellows resume --retry-dead-letters; or, to leave what is done: "
      "bellows abort 1_u --because TEXT");
  must({"resume", "--retry-dead-letters"});
  expect_next("nothing to do: the database is up to date");
  expect_each_row_once();
}

TEST_F(EditedAfterDeadLetters, AbortedAndTheRestIsAnotherMigration) {
  must({"abort", "1_u", "--because", "it was wrong"});
  write(as_begun);
  must({"plan", "1_u", "--database-url", db.conninfo()});
  db.run("ALTER TABLE t DROP CONSTRAINT c");
  project.migration("2_rest", "UPDATE t SET n = 1 WHERE n = 0;\n");
  must({"plan", "2_rest", "--database-url", db.conninfo()});
  expect_next("next: bellows up");
  must({"up"});
  expect_each_row_once();
}

TEST(NextSteps, ARunsReleaseIsPartOfWhatIsNext) {
  TempDatabase const db;
  Project const project(db.conninfo());
  project.migration("1_a", "CREATE TABLE a (id int);\n");
  project.migration("2_b", "CREATE TABLE b (id int);\n");
  expect_says(project.run({"up", "--release", "r1", "--to", "1_a"}), 0,
              {"next: bellows up --release r1;"});
  expect_says(project.run({"status", "--format", "json"}), 0,
              {"\"state_in_words\": \"done\"", "\"state_in_words\": \"pending\""});
}

TEST(NextSteps, EventsTellTheirMigration) {
  TempDatabase const db;
  Project const project(db.conninfo());
  project.migration("1_a", "CREATE TABLE a (id int);\n");
  expect_says(project.run({"up", "--events-format", "json"}), 0,
              {"\"event\":\"step begins\",\"migration\":\"1_a\""});
}

}  // namespace
}  // namespace bellows::test::next_steps_db_test
