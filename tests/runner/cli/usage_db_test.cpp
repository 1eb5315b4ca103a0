#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/said.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

/// What is typed wrongly, and what can't be planned: an exit code, a sentence that says what is
/// meant, and nothing changed.
namespace bellows::test::usage_db_test {
namespace {

using Command = std::vector<std::string>;

TEST(Usage, NoDatabaseIsNamed) {
  Project const project("");
  project.migration("1_a", "CREATE TABLE a (id int);");
  for (Command const& command : {Command{"up"},
                                 {"status"},
                                 {"snapshot"},
                                 {"resume"},
                                 {"contract"},
                                 {"expand", "1_a"},
                                 {"backfill", "1_a"},
                                 {"abort", "1_a"}}) {
    expect_says(project.run(command), 2,
                {"no database is named", "--database-url", "DATABASE_URL"});
  }
}

TEST(Usage, WhatWasMeant) {
  Project const project("");
  expect_says(project.run({"statsu"}), 2, {"statsu", "did you mean `bellows status`"});
  expect_says(project.run({"migrate"}), 2, {"did you mean `bellows up`"});
  expect_says(project.run({"rollback"}), 2, {"did you mean `bellows abort`"});
  expect_says(project.run({"up", "--databse-url", "x"}), 2, {"did you mean --database-url?"});
  expect_says(project.run({"status", "--formt=json"}), 2, {"did you mean --format?"});
  expect_says(project.run({"status", "--release", "1"}), 2, {"`bellows status` has no option"});
  expect_says(Project("host=/nowhere").run({"up", "-m", ".", "--lock-wait", "soon"}), 2,
              {"'soon' is not a time"});
  expect_says(project.run({}), 2, {"bellows"});
  std::ofstream(project.directory() / "bellows.yaml") << "gates:\n  quite: 60s\n";
  expect_says(project.run({"status"}), 2,
              {"bellows.yaml", "gates.quite", "did you mean gates.quiet"});
}

TEST(Usage, WhatIsToBeResumedMustBeThere) {
  RenameBench const t{"CREATE TABLE users (id int PRIMARY KEY, name text);"};
  expect_says(t.project.run({"resume", rename_name}), 0, {"has not begun", "`bellows up`"});
  t.must({"expand", rename_name});
  for (char const* unknown : {"99", "99_none", "migrations/99_none.sql"}) {
    expect_says(t.project.run({"resume", unknown}), 2,
                {"there is no migration", unknown, "next: "});
  }
  EXPECT_EQ(t.state(), "expanded");
  std::filesystem::remove_all(t.project.directory() / "migrations");
  expect_says(t.project.run({"resume", "99"}), 2, {"has begun no migration 99"});
  t.must({"resume", fmt::format("migrations/{}.sql", rename_name)});
  EXPECT_EQ(t.state(), "backfilled");
}

TEST(Usage, AMistakeInTheSettingsFileIsToldByEveryCommand) {
  Project const project("");
  project.migration("1_a", "CREATE TABLE a (id int);");
  for (auto const& [line, words] : std::vector<std::pair<std::string, Command>>{
           {"batch:\n  target: soon\n", {"bellows.yaml: batch.target: 'soon' is not a time"}},
           {"batch:\n  lanes: many\n", {"bellows.yaml: batch.lanes: 'many' is not a number"}},
           {"batch:\n  lanes: 900\n", {"bellows.yaml: ", "lanes is 1 to 64"}},
           {"limits:\n  wal_per_second: 20 parsecs\n", {"limits.wal_per_second"}},
           {"limits:\n  window: at night\n", {"bellows.yaml: ", "window"}},
           {"check:\n  fail_on: eror\n", {"check.fail_on: 'eror' is none of note|warning"}},
           {"throttle:\n  autovacuum: fast\n", {"throttle.autovacuum: 'fast' is none of"}}}) {
    std::ofstream(project.directory() / "bellows.yaml") << line;
    for (Command const& command : {Command{"check"}, {"plan"}, {"status"}, {"new", "b"}}) {
      expect_says(project.run(command), 2, words);
    }
  }
  std::ofstream(project.directory() / "bellows.yaml")
      << "batch:\n  target: 100ms\n  lanes: 2\ncheck:\n  fail_on: never\nlimits:\n  window: "
         "22:00-06:00\n";
  expect_says(project.run({"check"}), 0, {});
}

TEST(Usage, WhatACommandWouldNotHeedIsRefused) {
  Project const project("");
  expect_says(project.run({"up", "20260301"}), 2,
              {"`bellows up` is about all migrations", "such as 20260301",
               "did you mean `bellows backfill 20260301`, or --to 20260301?"});
  expect_says(project.run({"status", "20260301"}), 2, {"such as 20260301"});
  expect_says(project.run({"init", "here"}), 2, {"such as here"});
}

TEST(Usage, AMigrationThatIsNotThere) {
  Project const project("host=/nowhere");
  project.migration("20260301090000_rename", rename_sql);
  expect_says(
      project.run({"expand", "20260301090000_renam"}), 2,
      {"no migration 20260301090000_renam; did you mean 20260301090000_rename?", "bellows status"});
  project.migration("20260901120000_other", "CREATE TABLE b (id int);");
  expect_says(project.run({"expand", "20260903"}), 2, {"did you mean 20260901120000_other?"});
  expect_says(project.run({"expand", "202603010900"}), 2, {"did you mean 20260301090000_rename?"});
  expect_says(project.run({"expand"}), 2, {"MIGRATION"});
}

struct Refused {
  char const* label;
  char const* scene;
  char const* migration;
  std::vector<std::string> words;
};
void PrintTo(Refused const& refused, std::ostream* out) {
  *out << refused.label;
}

std::vector<Refused> const refusals{
    {"missing_table", "", rename_sql, {"users", "1", "rename-column"}},
    {"missing_column",
     "CREATE TABLE users (id int PRIMARY KEY);",
     rename_sql,
     {"users has no column name"}},
    {"name_is_taken",
     "CREATE TABLE users (id int PRIMARY KEY, name text, display_name text);",
     rename_sql,
     {"has a column display_name already"}},
    {"view", "CREATE VIEW users AS SELECT 'a' AS name;", rename_sql, {"is a view"}},
    {"volatile_using",
     users_table,
     "-- bellows: using display_name = name || random()\n-- bellows: reverse name = display_name\n"
     "ALTER TABLE users RENAME COLUMN name TO display_name;\n",
     {"volatile"}},
    {"using_without_reverse",
     users_table,
     "-- bellows: using display_name = initcap(name)\n"
     "ALTER TABLE users RENAME COLUMN name TO display_name;\n",
     {"-- bellows: reverse name ="}},
};

class Refusals : public testing::TestWithParam<Refused> {};

TEST_P(Refusals, SayWhyAndChangeNothing) {
  TempDatabase const db;
  if (*GetParam().scene != '\0') {
    db.run(GetParam().scene);
  }
  Project const project(db.conninfo());
  project.migration(rename_name, GetParam().migration);
  std::string const before = project.run({"snapshot"}).answer;
  std::vector<std::string> words = GetParam().words;
  words.push_back(std::string{rename_name} + ".sql:");
  expect_says(project.run({"plan", "--database-url", db.conninfo()}), 5, words);
  EXPECT_FALSE(std::filesystem::exists(project.directory() / "plans" /
                                       (std::string{rename_name} + ".yaml")));
  expect_says(project.run({"up"}), 5, GetParam().words);
  EXPECT_EQ(project.run({"snapshot"}).answer, before);
  EXPECT_EQ(db.value("SELECT to_regnamespace('bellows') IS NULL"), "t");
}

INSTANTIATE_TEST_SUITE_P(All, Refusals, testing::ValuesIn(refusals),
                         [](auto const& each) { return std::string{each.param.label}; });

TEST(Plan, LeavesThePlansAloneThatTheDatabaseHasBegun) {
  RenameBench const t(users_table);
  std::string const plan = t.project.directory() / "plans/20260301090000_rename.yaml";
  auto const written = std::filesystem::last_write_time(plan);
  t.expand();
  expect_says(t.project.run({"plan", "--database-url", t.db.conninfo()}), 0, {"nothing to plan"});
  t.project.migration("20260302090000_second",
                      "ALTER TABLE users RENAME COLUMN visits TO visit_count;\n");
  t.must({"plan", "--database-url", t.db.conninfo()});
  t.must({"up"});
  t.contract();
  expect_says(t.project.run({"plan", "--database-url", t.db.conninfo()}), 0, {"nothing to plan"});
  EXPECT_EQ(std::filesystem::last_write_time(plan), written);
}

TEST(StalePlan, UnsafeMigrationWithoutAPlan) {
  TempDatabase const db;
  db.run(users_table);
  Project const project(db.conninfo());
  project.migration(rename_name, rename_sql);
  expect_says(project.run({"up"}), 5, {"has no committed plan", "bellows plan"});
  EXPECT_EQ(db.value("SELECT to_regnamespace('bellows') IS NULL"), "t");
}

TEST(StalePlan, TextChangedSinceItWasPlanned) {
  RenameBench const t(users_table);
  std::string const before = t.schema();
  t.project.migration(rename_name, std::string{"-- a comment may change\n"} + rename_sql);
  t.must({"expand", rename_name});
  t.must({"abort", rename_name});
  t.project.migration(rename_name, "ALTER TABLE users RENAME COLUMN name TO nickname;\n");
  expect_says(t.project.run({"expand", rename_name}), 5, {"stale plan", "bellows plan"});
  EXPECT_EQ(t.schema(), before);
  EXPECT_EQ(t.state(), "aborted");
  // What was taken back may be mended, and does not stand in the way of the others until then.
  t.must({"up"});
  t.must({"plan", "--database-url", t.db.conninfo()});
  t.must({"expand", rename_name});
  EXPECT_EQ(t.state(), "expanded");
}

TEST(StalePlan, DatabaseIsAnotherOneThanItWasPlannedFor) {
  for (char const* change : {"ALTER TABLE users ALTER name TYPE varchar(10)",
                             "ALTER TABLE users ALTER name SET NOT NULL",
                             "CREATE INDEX ON users (name)", "ALTER TABLE users RENAME id TO key",
                             "ALTER TABLE users ADD display_name int", "DROP TABLE users"}) {
    RenameBench const t(users_table);
    t.db.run(change);
    std::string const before = t.schema();
    expect_says(t.project.run({"up"}), 5, {"stale plan", "public.users", "bellows plan"});
    EXPECT_EQ(t.schema(), before) << change;
    EXPECT_EQ(t.state(), "pending") << change;
  }
}

TEST(StalePlan, FileChangedAfterItRan) {
  RenameBench const t(users_table);
  t.must({"up"});
  std::string const before = t.schema();
  t.project.migration(rename_name, "ALTER TABLE users RENAME COLUMN name TO nickname;\n");
  expect_says(t.project.run({"up"}), 5, {"was changed after it ran", rename_name});
  Ran const status = t.project.run({"status"});
  expect_says(status, 0, {"its file was changed after it ran"});
  EXPECT_EQ(t.schema(), before);
}

struct Key {
  char const* label;
  char const* columns;
  char const* values;  // of row g
};
void PrintTo(Key const& key, std::ostream* out) {
  *out << key.label;
}

class Keys : public testing::TestWithParam<Key> {};

TEST_P(Keys, WorkToTheEnd) {
  std::string const scene = fmt::format(
      "CREATE TABLE users ({}, name text); INSERT INTO users SELECT {}, 'n' || g "
      "FROM generate_series(1, 300) g",
      GetParam().columns, GetParam().values);
  RenameBench const t(scene);
  t.db.run(
      "CREATE TABLE writes (name text);"
      "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$"
      "BEGIN INSERT INTO writes VALUES (NEW.name); RETURN NULL; END $$;"
      "CREATE TRIGGER note AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION note();");
  t.must({"up", "--batch-rows", "17", "--batch-max-rows", "17"});
  EXPECT_EQ(t.db.value("SELECT count(*) || ' ' || count(DISTINCT name) FROM writes"), "300 300");
  t.db.run("DROP TRIGGER note ON users");  // it says the old name, and contract would wait for it
  t.contract();
  EXPECT_EQ(t.db.value("SELECT count(DISTINCT display_name) FROM users"), "300");
}

INSTANTIATE_TEST_SUITE_P(
    All, Keys,
    testing::Values(Key{"uuid", "id uuid PRIMARY KEY", "gen_random_uuid()"},
                    Key{"text", "id text PRIMARY KEY", "md5(g::text)"},
                    Key{"odd_texts", "id text PRIMARY KEY", "chr(32 + g) || '''\\\"' || g"},
                    Key{"composite", "a text, b int, PRIMARY KEY (a, b)", "'t' || g % 7, g"},
                    Key{"timestamp", "at timestamptz PRIMARY KEY",
                        "'2026-01-01'::timestamptz + g * interval '1.000001 s'"},
                    Key{"numeric", "id numeric PRIMARY KEY", "g / 7.0"},
                    Key{"float", "id float8 PRIMARY KEY", "g / 7.0"},
                    Key{"unique_not_null", "id int, code text NOT NULL UNIQUE", "NULL, 'c' || g"}),
    [](auto const& each) { return std::string{each.param.label}; });

TEST(Status, ExitCodeAndShape) {
  RenameBench const t(users_table);
  EXPECT_EQ(t.project.run({"status"}).code, 0);
  EXPECT_EQ(t.project.run({"status", "--exit-code"}).code, 10);
  EXPECT_EQ(t.db.value("SELECT count(*) FROM pg_namespace WHERE nspname = 'bellows'"), "0")
      << "status writes nothing";
  t.expand();
  EXPECT_EQ(t.project.run({"status", "--exit-code"}).code, 10);
  t.backfill();
  EXPECT_EQ(t.project.run({"status", "--exit-code"}).code, 10) << "its contract is owed";
  Ran const json = t.must({"status", "--format", "json"});
  for (char const* piece :
       {"\"schema_version\": 1", "\"name\": \"20260301090000_rename\"", "\"state\": \"backfilled\"",
        "\"old-side-quiet\"", "\"file_changed\": false"}) {
    EXPECT_NE(json.answer.find(piece), std::string::npos) << piece << json.answer;
  }
  t.contract();
  EXPECT_EQ(t.project.run({"status", "--exit-code"}).code, 0);
  expect_says(t.project.run({"status"}), 0, {"contracted", "1 of 1 done"});
}

}  // namespace
}  // namespace bellows::test::usage_db_test
