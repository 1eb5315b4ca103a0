#include "planner/catalog/replay.hpp"
#include "planner/rules/review.hpp"

#include <gtest/gtest.h>

#include <algorithm>

/// The same file, run by others than bellows.
namespace bellows::rules::conduct_test {
namespace {

struct Row {
  std::string_view runner;
  std::string_view text;
  std::vector<std::string_view> rules;  // of all findings, in order
};

std::vector<std::string> rules_of(Row const& row) {
  catalog::Catalog catalog;
  catalog.complete = true;
  catalog::replay_text(catalog, "CREATE TABLE t (id int PRIMARY KEY, a int, b int)");
  Conduct const conduct =
      row.runner.empty() ? Conduct{} : conduct_of(*runner_named(row.runner), row.text);
  std::vector<std::string> found;
  for (Reviewed const& reviewed :
       review(sql::read_migration(
                  "m", "m.sql", row.text, sql::Meaning::Wanted,
                  conduct.runner == nullptr ? sql::Markers::All : conduct.runner->markers),
              catalog, conduct)) {
    for (Finding const& finding : reviewed.findings) {
      found.push_back(finding.rule);
    }
  }
  return found;
}

void expect(std::vector<Row> const& rows) {
  for (Row const& row : rows) {
    std::vector<std::string> const wanted(row.rules.begin(), row.rules.end());
    EXPECT_EQ(rules_of(row), wanted) << row.runner << ": " << row.text;
  }
}

constexpr std::string_view checked_later =
    "SET lock_timeout = '1s';\n"
    "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;\n"
    "ALTER TABLE t VALIDATE CONSTRAINT c;\n";

TEST(Conduct, ValidateIsApartWhereEachStatementCommits) {
  expect({{"", checked_later, {"validate-in-same-migration"}},
          {"bellows", checked_later, {}},
          {"psql", checked_later, {}},
          {"goose", checked_later, {"validate-in-same-migration"}},
          {"node-pg-migrate", checked_later, {"validate-in-same-migration"}},
          {"golang-migrate", checked_later, {"validate-in-same-migration"}},
          {"goose",
           "-- +goose NO TRANSACTION\nSET lock_timeout = '1s';\n"
           "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;\n"
           "ALTER TABLE t VALIDATE CONSTRAINT c;\n",
           {}}});
}

TEST(Conduct, WhatSharesATransactionHoldsItsLocks) {
  constexpr std::string_view text =
      "SET lock_timeout = '1s';\nALTER TABLE t ADD COLUMN c int;\nUPDATE t SET a = 1 WHERE id = "
      "1;\n";
  expect({{"psql", text, {}},
          {"goose", text, {"schema-and-data-together"}},
          {"psql",
           "SET lock_timeout = '1s';\nBEGIN;\nALTER TABLE t ADD COLUMN c int;\n"
           "UPDATE t SET a = 1 WHERE id = 1;\nCOMMIT;\n",
           {"schema-and-data-together"}}});
}

TEST(Conduct, ConcurrentlyRunsInNoTransactionOfWhomever) {
  constexpr std::string_view alone = "CREATE INDEX CONCURRENTLY i ON t (a);\n";
  constexpr std::string_view two =
      "CREATE INDEX CONCURRENTLY i ON t (a);\n"
      "CREATE INDEX CONCURRENTLY j ON t (b);\n";
  constexpr std::string_view reindex = "REINDEX INDEX CONCURRENTLY t_pkey;\n";
  constexpr std::string_view refused = "concurrently-in-transaction";
  expect(
      {{"psql", two, {}},
       {"flyway", two, {}},
       {"flyway", reindex, {refused}},
       {"flyway", "SELECT 1;\nCREATE INDEX CONCURRENTLY i ON t (a);\n", {refused}},
       {"golang-migrate", alone, {}},
       {"golang-migrate", two, {refused, refused}},
       {"goose", alone, {refused}},
       {"goose", "-- +goose NO TRANSACTION\nCREATE INDEX CONCURRENTLY i ON t (a);\n", {}},
       {"dbmate", "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON t (a);\n", {}},
       {"dbmate",
        "-- migrate:up transaction:false\nSELECT 1;\n"
        "CREATE INDEX CONCURRENTLY i ON t (a);\n",
        {refused}},
       {"node-pg-migrate", alone, {refused}},
       {"transaction-per-file",
        "COMMIT;\nCREATE INDEX CONCURRENTLY i ON t (a);\n",
        {"transaction-in-file", "commits-for-the-runner"}}});
}

/// Who reads no marker, or only those of its own, goes there and back again.
TEST(Conduct, AWayBackRunsAlongWhereItsMarkerIsNotRead) {
  constexpr std::string_view dbmates =
      "-- migrate:up\nSET lock_timeout = '1s';\nALTER TABLE t ADD COLUMN c int;\n"
      "-- migrate:down\nDROP INDEX i;\nALTER TABLE t DROP COLUMN c;\n";
  for (Runner const& runner : runners()) {
    bool const reads = runner.name == "dbmate" || runner.name == "bellows";
    auto const found = rules_of({runner.name, dbmates, {}});
    EXPECT_EQ(std::ranges::count(found, "section-marker"), reads ? 0 : 1) << runner.name;
  }
  expect({{"golang-migrate",
           "CREATE INDEX CONCURRENTLY i ON t (a);\n-- Down Migration\nSELECT 1;\n",
           {"concurrently-in-transaction", "section-marker"}},
          {"node-pg-migrate", "SELECT 1;\n-- bellows: down\nSELECT 2;\n", {"section-marker"}},
          {"psql", "SELECT 1;\n-- bellows: down\nSELECT 2;\n", {"section-marker"}},
          {"psql", "-- bellows: up\nSELECT 1;\n", {}},
          {"goose", "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n", {}},
          {"sql-migrate", "-- +migrate Up\nSELECT 1;\n-- +migrate Down\nSELECT 2;\n", {}},
          {"node-pg-migrate", "SELECT 1;\n-- Down Migration\nSELECT 2;\n", {}}});
}

TEST(Conduct, WaitsForLocks) {
  expect({{"", "ALTER TABLE t ADD COLUMN c int;\n", {}},
          {"bellows", "ALTER TABLE t ADD COLUMN c int;\n", {}},
          {"psql",
           "ALTER TABLE t ADD COLUMN c int;\nALTER TABLE t ADD COLUMN d int;\n",
           {"no-lock-timeout"}},
          {"goose", "SET LOCAL lock_timeout = '1s';\nALTER TABLE t ADD COLUMN c int;\n", {}},
          {"psql",
           "SET LOCAL lock_timeout = '1s';\nALTER TABLE t ADD COLUMN c int;\n",
           {"local-outside-transaction", "no-lock-timeout"}},
          {"psql",
           "SET lock_timeout = '1s';\nRESET lock_timeout;\nALTER TABLE t ADD COLUMN c int;\n",
           {"no-lock-timeout"}},
          {"psql", "CREATE TABLE n (id int);\nALTER TABLE n ADD COLUMN c int;\n", {}}});
}

TEST(Conduct, AConcurrentBuildUnderALockTimeout) {
  constexpr std::string_view text =
      "SET lock_timeout = '2s';\nCREATE INDEX CONCURRENTLY i ON t (a);\n";
  constexpr std::string_view put_off =
      "SET lock_timeout = '2s';\nSET lock_timeout TO 0;\nCREATE INDEX CONCURRENTLY i ON t (a);\n";
  constexpr std::string_view rule = "concurrently-under-lock-timeout";
  expect({{"psql", text, {rule}},
          {"psql", put_off, {}},
          {"bellows", text, {"concurrently-in-file-with-others"}},
          {"goose",
           "-- +goose NO TRANSACTION\nSET lock_timeout = '2s';\n"
           "CREATE INDEX CONCURRENTLY i ON t (a);\n",
           {rule}}});
  auto const unsaid = rules_of({"", text, {}});
  EXPECT_NE(std::ranges::find(unsaid, rule), unsaid.end());
}

TEST(Conduct, IsFoundByAFilesOwnMarkers) {
  struct Case {
    std::string_view name;
    std::string_view text;
    std::string_view runner;  // empty: nothing tells
  };
  for (Case const& one :
       {Case{"1.sql", "-- +goose Up\nSELECT 1;", "goose"},
        Case{"1.sql", "-- migrate:up\nSELECT 1;", "dbmate"},
        Case{"1.sql", "SELECT 1;--> statement-breakpoint\nSELECT 2;", "drizzle"},
        Case{"1.sql", "--! Previous: -\n--! Hash: sha1:0\n\nSELECT 1;", "graphile-migrate"},
        Case{"1.sql", "-- Up Migration\nSELECT 1;", "node-pg-migrate"},
        Case{"V1_2__users.sql", "SELECT 1;", "flyway"},
        Case{"U1_2__users.sql", "SELECT 1;", "flyway"}, Case{"View__users.sql", "SELECT 1;", ""},
        Case{"1.up.sql", "SELECT 1;", ""}, Case{"1.sql", "-- bellows: up\nSELECT 1;", ""}}) {
    Runner const* const found = runner_of(one.name, one.text);
    EXPECT_EQ(found == nullptr ? "" : found->name, one.runner) << one.text;
  }
}

}  // namespace
}  // namespace bellows::rules::conduct_test
