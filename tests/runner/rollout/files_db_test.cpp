#include "runner/ledger/releases.hpp"
#include "tests/support/project.hpp"
#include "tests/support/said.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

/// What the files of a directory mean to `up`: sections, pairs, empty ones, and what stands beside.
namespace bellows::test::files_db_test {
namespace {

using Words = std::vector<std::string>;

class Files : public testing::Test {
 protected:
  void expect_says(Words const& command, int code, Words const& words) const {
    test::expect_says(project.run(command), code, words);
  }
  void file(std::string const& name, std::string const& text) const {
    std::ofstream(project.directory() / "migrations" / name) << text;
  }
  std::string tables() const {
    return db.value(
        "SELECT coalesce(string_agg(relname, ' ' ORDER BY relname), '') FROM pg_class WHERE "
        "relkind = 'r' AND relnamespace = 'public'::regnamespace");
  }

  TempDatabase db;
  Project project{db.conninfo()};
};

TEST_F(Files, AnEmptyMigrationStaysPendingAndMayBeFilled) {
  project.migration("1_a", "-- to be written\n");
  project.migration("2_b", "CREATE TABLE b (id int);\n");
  expect_says({"plan"}, 0, {"1_a.sql has no statement yet: nothing to plan"});
  expect_says({"up", "--dry-run"}, 0, {"1_a has no statement yet and stays pending"});
  for (Words const& command : {Words{"up"}, {"expand", "1_a"}, {"backfill", "1_a"}, {"up"}}) {
    expect_says(command, 0, {"1_a has no statement yet and stays pending"});
  }
  EXPECT_EQ(db.value("SELECT string_agg(name, ' ') FROM bellows.migrations"), "2_b");
  expect_says({"status"}, 0, {"1_a", "pending"});
  project.migration("1_a", "CREATE TABLE a (id int);\n");
  expect_says({"up"}, 0, {"done: 1_a\n"});
  EXPECT_EQ(tables(), "a b");
}

TEST_F(Files, OneThatAnOlderBellowsTookForDoneIsPendingAgain) {
  project.migration("1_a", "CREATE TABLE a (id int);\n");
  expect_says({"up"}, 0, {});
  db.run(
      "INSERT INTO bellows.migrations (name, meaning, plan, state, phase) SELECT '2_empty', "
      "meaning, regexp_replace(plan, E'\\nexpand:.*', E'\\n'), state, phase FROM "
      "bellows.migrations");
  db.run("DROP TABLE bellows.releases");
  for (std::string const& statement : runner::release_tables_ddl()) {
    db.run(statement);
  }
  project.migration("2_empty", "CREATE TABLE b (id int);\n");
  expect_says({"up"}, 0, {"done: 2_empty\n"});
  EXPECT_EQ(tables(), "a b");
}

TEST_F(Files, TheWayBackIsNotRunWhateverTheToolThatItIsOf) {
  project.migration("1_a", "CREATE TABLE a (id int);\n-- bellows:down\nDROP TABLE a;\n");
  project.migration("2_b",
                    "-- Up Migration\nCREATE TABLE b ();\n-- Down Migration: back\nDROP TABLE b;");
  file("3_c.up.sql", "CREATE TABLE c (id int);\n");
  file("3_c.down.sql", "DROP TABLE c;\n");
  expect_says({"check"}, 0, {"3_c.up.sql"});
  expect_says({"up"}, 0, {"done: 1_a, 2_b, 3_c\n"});
  EXPECT_EQ(tables(), "a b c");
  EXPECT_EQ(db.value("SELECT string_agg(name, ' ' ORDER BY name) FROM bellows.migrations"),
            "1_a 2_b 3_c");
}

TEST_F(Files, AMarkerThatIsNoneIsAskedAboutBeforeAnythingRuns) {
  for (char const* marker : {"-- Down", "/* Down Migration */", "", "-- undo",
                             "-- Down Migraton: back", "-- migrate:dwon"}) {
    project.migration("1_a",
                      std::string("CREATE TABLE a (id int);\n") + marker + "\nDROP TABLE a;\n");
    Words const words{"arker", "section-marker", "`-- bellows: down`"};
    expect_says({"check"}, 5, words);
    expect_says({"plan"}, 5, words);
    expect_says({"up"}, 5, words);
    EXPECT_EQ(db.value("SELECT to_regnamespace('bellows') IS NULL"), "t") << marker;
  }
  project.migration("1_a", "CREATE TABLE a (id int);\n-- bellows: down\nDROP TABLE a;\n");
  file("2_b_up.sql", "CREATE TABLE b ();");
  file("2_b_down.sql", "DROP TABLE b;");
  expect_says({"up"}, 5, {"2_b_down.sql looks like the way back of 2_b_up.sql", "X.down.sql"});
  EXPECT_EQ(tables(), "");
}

TEST_F(Files, AWayBackWithoutItsWayThereRunsOnlyWhereItSaysThatItIsNone) {
  project.migration("1_a", "CREATE TABLE a (id int);\n");
  file("2_b_down.sql", "DROP TABLE a;\n");
  for (Words const& command : {Words{"check"}, {"plan"}, {"up"}, {"status"}}) {
    expect_says(command, 5, {"2_b_down.sql looks like the way back", "`-- bellows: up`"});
  }
  EXPECT_EQ(tables(), "");
  file("2_b_down.sql", "-- bellows: up\nCREATE TABLE power_down (id int);\n");
  expect_says({"up"}, 0, {"done: 1_a, 2_b_down\n"});
  EXPECT_EQ(tables(), "a power_down");
}

// Split or not, with a committed plan or without one.
TEST_F(Files, ADirectiveThatIsNotUnderstoodStopsThePlanAndTheRun) {
  project.migration("1_a", "CREATE TABLE a (id int PRIMARY KEY, name text);\n");
  expect_says({"up"}, 0, {});
  std::string const rename = "ALTER TABLE a RENAME COLUMN name TO full_name;\n";
  std::string const add = "ALTER TABLE a ADD COLUMN b int;\n";
  for (std::string const comment :
       {"-- bellows: usng full_name = upper(name)", "-- bellows: bath 10",
        "-- bellows using full_name = upper(name)", "-- bellow: batch 10",
        "-- bellows: allow no-such because x"}) {
    for (std::string const& statement : {rename, add}) {
      project.migration("2_b", comment + "\n" + statement);
      std::string const said = comment.substr(3, comment.find(' ', 12) - 3);
      for (Words const& command : {Words{"check"}, {"plan"}, {"plan", "--check"}, {"up"}}) {
        expect_says(command, 5, {"directive", said, "Correct the comment above the statement"});
      }
    }
  }
  project.migration("2_b", rename);
  expect_says({"plan"}, 0, {});
  project.migration("2_b", "-- bellows using full_name = upper(name)\n" + rename);
  for (Words const& command : {Words{"check"}, {"plan"}, {"plan", "--check"}, {"up"}}) {
    expect_says(command, 5, {"only nearly a directive"});
  }
  project.migration("2_b", rename);
  expect_says({"up"}, 0, {});
}

// An allow of what would be split: every command tells the same story of it.
TEST_F(Files, AnAllowOfASplitIsRefusedByAllUntilItIsSaidWhichIsMeant) {
  db.run("CREATE TABLE t (id int PRIMARY KEY, name text)");
  std::string const rename = "ALTER TABLE t RENAME COLUMN name TO label;\n";
  project.migration("1_r", "-- bellows: allow rename-column because it is small\n" + rename);
  Words const told{"[directive]", "neither planned nor run",
                   "allow-unsplit rename-column because it is small"};
  for (Words const& command : {Words{"check", "-d", db.conninfo()},
                               {"plan", "-d", db.conninfo()},
                               {"plan", "--check", "-d", db.conninfo()},
                               {"up", "--dry-run"},
                               {"up"},
                               {"expand", "1_r"}}) {
    expect_says(command, 5, told);
  }
  expect_says({"status"}, 0, told);
  project.migration("1_r",
                    "-- bellows: allow-unsplit rename-column because it is small\n" + rename);
  expect_says({"check", "-d", db.conninfo()}, 0, {"allowed: rename-column"});
  expect_says({"plan", "-d", db.conninfo()}, 0, {"1_r.sql runs in one go, as it stands"});
  expect_says({"up", "--dry-run"}, 0, {"in one transaction", "RENAME COLUMN name TO label"});
  expect_says({"up"}, 0, {"done: 1_r"});
}

TEST_F(Files, ACopyThroughTheClientIsRefusedByName) {
  std::string const copy = "COPY t FROM stdin;\n1\ta\n\\.\n";
  project.migration("1_t", "CREATE TABLE t (id int, name text);\n" + copy);
  for (Words const& command : {Words{"check"}, {"plan"}, {"up"}, {"up", "--dry-run"}}) {
    expect_says(command, 5, {"COPY … FROM stdin", "INSERT … VALUES"});
  }
  project.migration("1_t",
                    "CREATE TABLE t (id int, name text);\n"
                    "-- bellows: allow copy-through-client because I want it\n" +
                        copy);
  for (Words const& command : {Words{"check"},
                               {"plan"},
                               {"plan", "--check"},
                               {"up"},
                               {"up", "--dry-run"},
                               {"expand", "1_t"}}) {
    expect_says(command, 5,
                {"`bellows: allow copy-through-client`: that cannot be accepted, only mended"});
  }
  EXPECT_EQ(tables(), "");
  project.migration("1_t", "CREATE TABLE t (id int, name text);\n");
  std::string plan = project.run({"plan", "1_t", "--print"}).answer;
  std::string const made = "CREATE TABLE t (id int, name text)";
  plan.replace(plan.find(made), made.size(), "COPY t FROM stdin");
  std::filesystem::create_directories(project.directory() / "plans");
  std::ofstream(project.directory() / "plans" / "1_t.yaml") << plan;  // by hand
  for (Words const& command : {Words{"up"}, {"up", "--dry-run"}, {"expand", "1_t"}}) {
    expect_says(command, 5, {"`COPY t FROM stdin` moves rows", "INSERT … VALUES"});
  }
  EXPECT_EQ(tables(), "");
}

// One that cannot be read is told by name, in sentences, and hides none of the others.
TEST_F(Files, WhatCannotBeReadIsToldAndTheOthersAsWell) {
  file("1_typo.sql", "ALTER TABEL t ADD COLUMN a int;\n");
  file("2_wide.sql", std::string("\xFF\xFES\0E\0", 6));
  file("3_c.sql", "CREATE TABLE c (id int);\n");
  std::string const typo =
      "1_typo.sql:1: [syntax-error] PostgreSQL 18 refuses it: syntax error at or near \"TABEL\" "
      "(line 1, column 7). Mend it there";
  expect_says({"up"}, 5, {typo});
  expect_says({"status"}, 0, {typo, "2_wide.sql:1: [syntax-error]", "UTF-16", "3_c"});
  expect_says({"check"}, 5, {"\"TABEL\"", "UTF-16", "3_c.sql:1:1: safe: CREATE TABLE"});
  expect_says({"plan"}, 5, {"\"TABEL\"", "UTF-16", "3_c.sql needs no plan"});
  EXPECT_EQ(tables(), "");
}

// A project that another tool has begun.
TEST_F(Files, WhatIsThereAlreadyWasPerhapsRunByAnotherTool) {
  db.run("CREATE TABLE users (id int PRIMARY KEY)");
  file("1_users.sql", "-- Up Migration\nCREATE TABLE users (id int PRIMARY KEY);\n");
  expect_says({"up"}, 5,
              {"(42P07): there is a relation public.users already",
               "where another tool has run it already, move it out of this directory"});
}

TEST_F(Files, WhatStandsBesideIsNamed) {
  project.migration("1_a", "CREATE TABLE a (id int);\n");
  file("2_b.SQL", "CREATE TABLE b (id int);\n");
  file("3_c.js", "exports.up = 1;\n");
  for (Words const& command : {Words{"check"}, {"plan"}, {"up", "--dry-run"}, {"up"}, {"status"}}) {
    expect_says(command, 0, {"passed over", "2_b.SQL, 3_c.js"});
  }
}

}  // namespace
}  // namespace bellows::test::files_db_test
