#include "tests/support/project.hpp"
#include "tests/support/said.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

/// A file that another tool has run in this database, by its own history.
namespace bellows::test::run_by_other_db_test {
namespace {

using Words = std::vector<std::string>;

constexpr char const* node_history =
    "CREATE TABLE pgmigrations (id serial PRIMARY KEY, name text, run_on timestamp);"
    "INSERT INTO pgmigrations (name, run_on) VALUES ('1_a', '2026-03-01 09:00'), ('2_b', now());"
    "CREATE TABLE counts (n int);";

class RunByOther : public testing::Test {
 protected:
  RunByOther() { db.run(node_history); }
  TempDatabase db;
  Project project{db.conninfo()};
};

TEST_F(RunByOther, IsNotRunAgain) {
  project.migration("1_a", "INSERT INTO counts VALUES (1);\n");
  project.migration("2_b", "INSERT INTO counts VALUES (2);\n");
  project.migration("3_c", "INSERT INTO counts VALUES (3);\n");
  std::string const why =
      "1_a has run here already, by node-pg-migrate: public.pgmigrations has 1_a, at 2026-03-01 "
      "09:00:00 (and 1 more of this directory)";
  for (Words const& command : {Words{"up"},
                               {"up", "--dry-run"},
                               {"up", "--release", "1"},
                               {"expand", "1_a"},
                               {"backfill", "1_a"},
                               {"backfill", "1_a", "--dry-run"}}) {
    expect_says(project.run(command), 11, {why, "move them into a directory", "--because TEXT"});
  }
  expect_says(project.run({"status"}), 0, {"would be refused now: " + why, "next: 1_a: move them"});
  expect_says(project.run({"check", "--database-url", db.conninfo()}), 0,
              {"2_b has run here already", "up refuses it"});
  EXPECT_EQ(db.value("SELECT count(*) FROM counts"), "0");
  expect_says(project.run({"up", "--because", "the table was emptied"}), 0,
              {"done: 1_a, 2_b, 3_c"});
  EXPECT_EQ(db.value("SELECT string_agg(detail, ', ') FROM bellows.events WHERE what = 'run "
                     "although another tool has'"),
            "the table was emptied, the table was emptied");
}

TEST_F(RunByOther, NeitherBehindBellowsFirstMigration) {
  project.migration("3_c", "INSERT INTO counts VALUES (3);\n");
  expect_says(project.run({"up"}), 0, {"done: 3_c"});
  db.run("INSERT INTO pgmigrations (name) VALUES ('4_d')");
  project.migration("4_d", "INSERT INTO counts VALUES (4);\n");
  expect_says(project.run({"up"}), 11, {"public.pgmigrations has 4_d;"});
  db.run("INSERT INTO pgmigrations (name) VALUES ('3_c')");  // bellows has run it, and knows
  db.run("DELETE FROM pgmigrations WHERE name = '4_d'");
  expect_says(project.run({"up"}), 0, {"done: 4_d"});
}

struct Tool {
  char const* made;
  char const* ran;      // a file that has run there
  char const* not_ran;  // one that has not
};

Tool const tools[] = {
    {"CREATE TABLE schema_migrations (version bigint, dirty boolean);"
     "INSERT INTO schema_migrations VALUES (20260201000000, false)",
     "20260101000000_a", "20260301000000_a"},
    {"CREATE TABLE schema_migrations (version text);"
     "INSERT INTO schema_migrations VALUES ('20260101000000')",
     "20260101000000_a", "20251231000000_a"},
    {"CREATE TABLE flyway_schema_history (installed_rank int, version text, script text,"
     " installed_on timestamp, success boolean);"
     "INSERT INTO flyway_schema_history VALUES (1, '1', 'V1__a.sql', now(), true),"
     " (2, '2', 'V2__b.sql', now(), false)",
     "V1__a", "V2__b"},
    {"CREATE TABLE goose_db_version (id int, version_id bigint, is_applied boolean,"
     " tstamp timestamp);"
     "INSERT INTO goose_db_version VALUES (1, 0, true, now()), (2, 7, true, now()),"
     " (3, 8, true, now()), (4, 8, false, now())",
     "00007_a", "00008_b"},
    {"CREATE TABLE gorp_migrations (id text, applied_at timestamptz);"
     "INSERT INTO gorp_migrations VALUES ('1_a.sql', now())",
     "1_a", "1_b"},
    {"CREATE TABLE _sqlx_migrations (version bigint, description text, installed_on timestamptz,"
     " success boolean, checksum bytea);"
     "INSERT INTO _sqlx_migrations VALUES (1, 'first table', now(), true, '')",
     "0001_first_table", "0001_other_table"},
    {"CREATE TABLE knex_migrations (id int, name text, migration_time timestamptz);"
     "INSERT INTO knex_migrations VALUES (1, '1_a.js', now())",
     "1_a", "2_a"},
};

TEST(RunByOtherTool, EveryToolsHistoryIsRead) {
  for (Tool const& tool : tools) {
    TempDatabase const db;
    db.run(tool.made);
    Project const project(db.conninfo());
    project.migration(tool.not_ran, "CREATE TABLE n (id int);\n");
    expect_says(project.run({"up"}), 0, {std::string("done: ") + tool.not_ran});
    project.migration(tool.ran, "CREATE TABLE r (id int);\n");
    expect_says(project.run({"up"}), 11, {std::string(tool.ran) + " has run here already, by "});
  }
}

TEST(RunByOtherTool, AHistoryThatMayNotBeReadIsPassedOver) {
  TempDatabase const db;
  db.run(node_history);
  Project const project(db.conninfo() + " options='-c role=pg_monitor'");
  expect_says(project.run({"status"}), 0, {"history of another tool", "does not read: it runs"});
}

}  // namespace
}  // namespace bellows::test::run_by_other_db_test
