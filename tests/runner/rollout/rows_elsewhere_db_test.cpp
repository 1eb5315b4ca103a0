#include "tests/runner/rollout/data_bench.hpp"
#include "tests/runner/rollout/rename_bench.hpp"

#include <gtest/gtest.h>

/// Tables whose rows are on other servers. A table of that name and shape in the search_path stands
/// in for the list that Citus keeps in pg_catalog.
namespace bellows::test::rows_elsewhere_db_test {
namespace {

constexpr char const* citus =
    "CREATE TABLE pg_dist_partition (logicalrelid regclass NOT NULL, partmethod \"char\");"
    "INSERT INTO pg_dist_partition VALUES ('users', 'h')";

constexpr char const* archive =
    "CREATE FOREIGN DATA WRAPPER nothing; CREATE SERVER archive FOREIGN DATA WRAPPER nothing;";

struct Case {
  char const* name;
  std::string scene;
  std::string sql;
};

std::vector<Case> const& cases() {
  std::string const plain =
      "CREATE TABLE users (id int, name text, visits int NOT NULL DEFAULT 0);"
      "INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, 20) g;";
  static std::vector<Case> const all{
      {"Rename", plain, rename_sql},
      {"RenameOfAKeyedTable", std::string(users_table), rename_sql},
      {"Update", plain, "UPDATE users SET visits = 1 WHERE visits = 0;\n"},
      {"Delete", plain, "DELETE FROM users WHERE visits = 0;\n"},
      {"AddColumn", plain, "ALTER TABLE users ADD COLUMN note text;\n"},
      {"Index", plain, "CREATE INDEX CONCURRENTLY users_name ON users (name);\n"},
      {"ReferenceToIt", std::string(users_table) + "CREATE TABLE o (id int PRIMARY KEY, u int);",
       "ALTER TABLE o ADD FOREIGN KEY (u) REFERENCES users NOT VALID;\n"}};
  return all;
}

class KeptByCitus : public testing::TestWithParam<Case> {};

TEST_P(KeptByCitus, IsRefusedByEveryCommandBeforeAnythingIsTouched) {
  TempDatabase const db;
  db.run(GetParam().scene);
  Project const project(db.conninfo());
  project.migration(rename_name, GetParam().sql);
  project.run({"plan", "--database-url", db.conninfo()});  // made while it was a plain table
  db.run(citus);
  std::string const before = project.run({"snapshot"}).answer;
  EXPECT_NE(before.find("\"strategy\": \"Citus\""), std::string::npos);
  for (std::vector<std::string> const& command :
       std::vector<std::vector<std::string>>{{"up"},
                                             {"up", "--dry-run"},
                                             {"expand", rename_name},
                                             {"backfill", rename_name},
                                             {"backfill", "--dry-run", rename_name}}) {
    expect_says(project.run(command), 11, {"Citus"});
  }
  expect_says(project.run({"check", "--database-url", db.conninfo()}), 5,
              {"rows-elsewhere", "Citus"});
  expect_says(project.run({"plan", "--database-url", db.conninfo(), "--print"}), 5, {"Citus"});
  EXPECT_EQ(project.run({"snapshot"}).answer, before);
}

INSTANTIATE_TEST_SUITE_P(Statements, KeptByCitus, testing::ValuesIn(cases()),
                         [](auto const& each) { return std::string(each.param.name); });

TEST(RowsElsewhere, ATableThatBecomesSuchAOneIsLeftAloneFromThenOn) {
  RenameBench const bench(std::string(users_table) +
                          "INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, 20) g");
  bench.expand();
  bench.db.run(citus);
  expect_says(bench.project.run({"up"}), 11, {"Citus", "bellows abort"});
  expect_says(bench.project.run({"resume"}), 11, {"Citus"});
  bench.db.run("DELETE FROM pg_dist_partition");
  bench.backfill();
  bench.db.run("INSERT INTO pg_dist_partition VALUES ('users', 'n')");
  expect_says(bench.project.run({"contract", "--quiet-period", "0"}), 11, {"Citus"});
  EXPECT_EQ(bench.state(), "backfilled");
  bench.must({"abort", rename_name});
  EXPECT_EQ(leftovers(bench.db), "");
}

TEST(RowsElsewhere, AnotherTableOfThatNameIsNothing) {
  RenameBench const bench(std::string(users_table) +
                          "CREATE TABLE pg_dist_partition (logicalrelid int);"
                          "INSERT INTO pg_dist_partition VALUES (1)");
  bench.must({"up"});
  EXPECT_EQ(bench.state(), "backfilled");
}

struct Foreign {
  char const* name;
  std::string scene;
  std::string sql;
  char const* why = "foreign table";
};

class ForeignChild : public testing::TestWithParam<Foreign> {};

TEST_P(ForeignChild, IsRefusedInPlanFromEverySource) {
  TempDatabase const db;
  db.run(archive + GetParam().scene);
  Project const project(db.conninfo());
  project.migration("20260101000000_scene", archive + GetParam().scene);
  project.migration(rename_name, GetParam().sql);
  std::string const snapshot = (project.directory() / "catalog.json").string();
  project.run({"snapshot", "--output", snapshot});
  for (std::vector<std::string> const& from : std::vector<std::vector<std::string>>{
           {"--database-url", db.conninfo()}, {"--catalog", snapshot}, {}}) {
    std::vector<std::string> command{"plan", rename_name, "--print"};
    command.insert(command.end(), from.begin(), from.end());
    expect_says(project.run(command), 5, {GetParam().why, "logs_2020"});
  }
}

std::string const partitioned =
    "CREATE TABLE logs (id bigint, at date, msg text) PARTITION BY RANGE (at);"
    "CREATE TABLE logs_now PARTITION OF logs FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');"
    "CREATE FOREIGN TABLE logs_2020 PARTITION OF logs FOR VALUES FROM ('2020-01-01') TO"
    " ('2021-01-01') SERVER archive;";
std::string const inherited =
    "CREATE TABLE logs (id bigint PRIMARY KEY, at date, msg text);"
    "CREATE FOREIGN TABLE logs_2020 () INHERITS (logs) SERVER archive;";
std::string const attached =
    "CREATE TABLE logs (id bigint, at date, msg text) PARTITION BY RANGE (at);"
    "CREATE FOREIGN TABLE logs_2020 (id bigint, at date, msg text) SERVER archive;"
    "ALTER TABLE logs ATTACH PARTITION logs_2020 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');";

INSTANTIATE_TEST_SUITE_P(
    Kinds, ForeignChild,
    testing::Values(
        Foreign{"UpdateOfPartitions", partitioned,
                "UPDATE logs SET msg = lower(msg) WHERE msg IS DISTINCT FROM lower(msg);\n"},
        Foreign{"DeleteFromPartitions", partitioned, "DELETE FROM logs WHERE msg = 'x';\n"},
        Foreign{"AttachedPartition", attached, "DELETE FROM logs WHERE msg = 'x';\n"},
        Foreign{"UpdateOfAChild", inherited, "UPDATE logs SET msg = lower(msg);\n"},
        Foreign{"RenameAboveAChild", inherited, "ALTER TABLE logs RENAME COLUMN msg TO text;\n",
                "logs_2020 inherits from public.logs"},  // whichever server it is on
        Foreign{"AddColumnAbovePartitions", partitioned, "ALTER TABLE logs ADD COLUMN n int;\n"}),
    [](auto const& each) { return std::string(each.param.name); });

}  // namespace
}  // namespace bellows::test::rows_elsewhere_db_test
