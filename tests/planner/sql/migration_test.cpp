#include "planner/sql/migration.hpp"

#include "planner/sql/near_marker.hpp"
#include "planner/sql/one_slip.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace bellows::sql::migration_test {
namespace {

Migration read(std::string_view text) {
  return read_migration("m", "m.sql", text);
}

TEST(Migration, WithoutMarkersIsUp) {
  Migration const migration = read("SELECT 1;\nSELECT 2;");
  EXPECT_EQ(migration.up.size(), 2U);
  EXPECT_FALSE(migration.has_down);
  EXPECT_EQ(migration.meaning, meaning_hash("SELECT 1; SELECT 2"));
}

TEST(Migration, UnderstandsTheMarkersOfOthers) {
  for (char const* text : {
           "-- bellows: up\nSELECT 1;\n-- bellows: down\nSELECT 2; SELECT 3;",
           "--bellows:up\nSELECT 1;\n-- bellows:down\nSELECT 2; SELECT 3;",
           "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2; SELECT 3;",
           "-- Up Migration: fills it\nSELECT 1;\n---- Down  Migrations, take it back\nSELECT 2; "
           "SELECT 3;",
           "SELECT 1;\n-- down migration (undo)\nSELECT 2;SELECT 3",
           "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;\n-- Up migration made "
           "it\nSELECT 3;",
           "-- migrate:up transaction:false\nSELECT 1;\n\n-- migrate:down\nSELECT 2;SELECT 3",
           "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;SELECT 3",
           "-- +migrate Up notransaction\nSELECT 1;\n-- +migrate Down\nSELECT 2;SELECT 3",
           "-- +goose Up\r\nSELECT 1;\r\n--   +goose   Down\r\nSELECT 2;SELECT 3\r\n",
       }) {
    Migration const migration = read(text);
    EXPECT_EQ(migration.up.size(), 1U) << text;
    EXPECT_EQ(migration.down.size(), 2U) << text;
    EXPECT_TRUE(migration.has_down) << text;
    EXPECT_EQ(migration.meaning, meaning_hash("SELECT 1")) << text;
  }
}

TEST(Migration, MarkersInsideStringsAndBehindStatementsAreNone) {
  Migration const migration = read("SELECT $$\n-- bellows: down\n$$; SELECT 2 -- bellows: down\n;");
  EXPECT_EQ(migration.up.size(), 2U);
  EXPECT_FALSE(migration.has_down);
  EXPECT_TRUE(read("-- +goose Downwards\nSELECT 1").up.size() == 1);
}

TEST(Migration, WhatReadsLikeAMarkerAndIsNone) {
  for (char const* comment : {"-- Down",
                              "-- DOWN:",
                              "/* Down Migration */",
                              "-- down",
                              "--- Undo ---",
                              "-- rollback",
                              "-- Migrate: Down",
                              "-- goose down",
                              "-- @down",
                              "/*\n * Revert\n */",
                              "-- bellows down",
                              "-- Rollback script",
                              "-- Down Migraton",
                              "-- Down Migation",
                              "--- Down Migraton ---",
                              "-- migrate:dwon",
                              "-- +goose Dwon",
                              "-- Reverse migration",
                              "-- way back:",
                              "-- dwon",
                              "-- DownMigration",
                              "-- Donw Migraton",
                              "-- Down Migraton: take the rows back",
                              "-- rolback",
                              "-- +migrate Dwon notransaction",
                              "-- migrate:dow",
                              "-- bellow: down",
                              "-- +goose Down: take it back",
                              "-- migrate:down, back",
                              "-- Own Migration"}) {
    EXPECT_TRUE(reads_like_down(comment)) << comment;
    auto const up = read(std::string("SELECT 1;\n") + comment + "\nSELECT 2;").up;
    ASSERT_EQ(up.size(), 2U) << comment;
    EXPECT_EQ(up[1].raw.comments, std::vector<std::string>{comment});
  }
  for (char const* comment :
       {"-- the way down is long", "-- rollback: DROP TABLE t", "-- Up", "-- down payments",
        "-- slow down, undo", "--", "-- migration", "-- Done", "-- own", "-- town",
        "-- migrate down payments to t", "-- own migration of the payments", "-- goose",
        "-- Up Migration", "-- don't migrate"}) {
    EXPECT_FALSE(reads_like_down(comment)) << comment;
  }
}

TEST(Migration, ASlipIsOneLetterOrTwoThatChangedPlaces) {
  for (char const* typed :
       {"own", "dwn", "dow", "downs", "dowen", "town", "down.", "dawn", "odwn", "donw"}) {
    EXPECT_TRUE(is_one_slip(typed, "down") && is_one_slip("down", typed)) << typed;
  }
  for (char const* typed : {"down", "", "done", "on", "nwod", "odnw", "downss", "xdownx"}) {
    EXPECT_FALSE(is_one_slip(typed, "down") || is_one_slip("down", typed)) << typed;
  }
}

TEST(Migration, KeepsAGooseStatementTogether) {
  Migration const migration = read(
      "-- +goose Up\n-- +goose StatementBegin\nSELECT 1; SELECT 2;\n-- +goose StatementEnd\n"
      "SELECT 3;");
  ASSERT_EQ(migration.up.size(), 2U);
  EXPECT_EQ(migration.up[0].raw.text, "SELECT 1; SELECT 2");
  EXPECT_EQ(migration.up[1].raw.at.line, 5);
}

TEST(Migration, ADirectiveIsPartOfTheMeaning) {
  std::string const plain = read("-- why\nSELECT 1;").meaning;
  EXPECT_EQ(read("-- because\nSELECT 1;").meaning, plain);
  std::string const directed = read("-- bellows: batch 5\nSELECT 1;").meaning;
  EXPECT_NE(directed, plain);
  EXPECT_NE(read("-- bellows: batch 6\nSELECT 1;").meaning, directed);
  EXPECT_EQ(read("-- bellows: batch 5\n\n  SELECT 1; -- x").meaning, directed);
}

// One bad statement hides none of the others.
TEST(Migration, WhatIsBrokenIsOneStatement) {
  for (auto const& [text, message] : std::vector<std::pair<std::string, std::string>>{
           {"SELECT 1; SELECT 'x",
            "unterminated quoted string: what is opened here is never closed"},
           {"SELECT 1; SELECT \"x",
            "unterminated quoted identifier: what is opened here is never closed"},
           {"SELECT 1; SELECT $a$x$b$",
            "unterminated dollar-quoted string: what is opened here is never closed"},
           {"SELECT 1; /* x", "unterminated /* comment: what is opened here is never closed"},
           {"SELECT 1; SELECT 1abc; SELECT 2",
            "trailing junk after numeric literal at or near \"1abc\""},
           {"SELECT 1; ALTER TABEL t ADD a int; SELECT 2", "syntax error at or near \"TABEL\""},
       }) {
    Migration const migration = read(text);
    ASSERT_EQ(migration.up.size(), text.ends_with('2') ? 3U : 2U) << text;
    EXPECT_EQ(migration.up[0].kind, "SELECT");
    auto const* broken = std::get_if<Unparsed>(&migration.up[1].body);
    ASSERT_NE(broken, nullptr) << text;
    EXPECT_EQ(broken->message, message);
  }
  EXPECT_TRUE(read("-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 'x").has_down);
}

TEST(Migration, AByteOrderMarkIsPassedOverAndAnotherEncodingSaid) {
  Migration const marked = read("\xEF\xBB\xBFSELECT 1");
  ASSERT_EQ(marked.up.size(), 1U);
  EXPECT_EQ(marked.up[0].raw.at, Position{});
  using namespace std::string_view_literals;
  for (std::string_view text : {"\xFF\xFES\0E\0L\0"sv, "\xFE\xFF\0S\0E"sv, "S\0E\0L\0E\0"sv}) {
    Migration const wide = read(text);
    ASSERT_EQ(wide.up.size(), 1U);
    EXPECT_EQ(std::get<Unparsed>(wide.up[0].body).message,
              "the file is UTF-16, and bellows reads UTF-8");
  }
}

TEST(RunsBefore, OrdersByPrefix) {
  std::vector<std::string> const ordered{
      "1_first.sql",
      "0002_second.sql",
      "10_tenth.sql",
      "2026-01-01-000000_dashed.sql",
      "20260101000000_a.sql",
      "20260101000000_b.sql",
      "1767225601000_second_later.sql",    // 2026-01-01 00:00:01 in milliseconds
      "20260101000001500_half_later.sql",  // with milliseconds
      "20260215090000_x.sql",
      "init.sql",
  };
  std::vector<std::string> const versions{"V1__a.sql", "V1_2__b.sql", "V1.10__c.sql",
                                          "V2__d.sql", "V10__e.sql",  "R__views.sql"};
  std::vector<std::string> mixed(versions.rbegin(), versions.rend());
  std::ranges::sort(mixed, runs_before);
  EXPECT_EQ(mixed, versions);
  std::vector<std::string> shuffled(ordered.rbegin(), ordered.rend());
  std::ranges::sort(shuffled, runs_before);
  EXPECT_EQ(shuffled, ordered);
  EXPECT_FALSE(runs_before("1_a", "1_a"));
}

}  // namespace
}  // namespace bellows::sql::migration_test
