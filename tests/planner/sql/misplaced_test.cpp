#include "planner/sql/misplaced.hpp"

#include "planner/sql/migration.hpp"
#include "planner/sql/near_marker.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace bellows::sql::misplaced_test {
namespace {

/// The misplaced comments of a file, each with what it is.
std::vector<std::pair<Misplaced, std::string>> found_in(std::string_view text) {
  std::vector<std::pair<Misplaced, std::string>> found;
  for (Statement const& statement : read_migration("m", "m.sql", text).up) {
    if (auto const what = misplaced_as(statement)) {
      found.emplace_back(*what, statement.raw.text);
    }
  }
  return found;
}

using Found = std::vector<std::pair<Misplaced, std::string>>;

TEST(Misplaced, ADirectiveAboveNoStatement) {
  std::string const directive = "-- bellows: allow drop-column because x";
  std::string const drop = "ALTER TABLE t DROP COLUMN a;\n";
  Found const lost{{Misplaced::LostDirective, directive}};
  for (std::string const& text :
       {directive + "\n-- Up Migration\n" + drop, drop + directive + "\n",
        drop + "-- why\n" + directive + "\n-- Down Migration\nSELECT 1;\n", directive + "\r\n",
        "-- +goose Up\n" + directive + "\n-- +goose StatementBegin\n" + drop}) {
    EXPECT_EQ(found_in(text), lost) << text;
  }
  EXPECT_EQ(found_in("SELECT 1;\n-- bellow: batch 10\n").size(), 1U);
  for (std::string const& text :
       {directive + "\n" + drop, "SELECT 1;" + directive + "\n",
        "-- Up Migration\n" + directive + "\n" + drop + "-- the end\n",
        "SELECT 1\n" + directive + "\n", drop + "-- Down Migration\n" + directive + "\n"}) {
    EXPECT_EQ(found_in(text), Found{}) << text;
  }
}

TEST(Misplaced, StandsWhereItIsInTheFile) {
  Migration const migration = read_migration("m", "m.sql", "SELECT 1;\n  -- bellows: batch 1\n");
  ASSERT_EQ(migration.up.size(), 2U);
  EXPECT_EQ(migration.up[1].raw.at.line, 2);
  EXPECT_EQ(migration.up[1].raw.at.column, 3);
}

TEST(Misplaced, AMarkerOfTheWayThereInTheWayBack) {
  for (std::string const marker :
       {"-- Up Migraton", "-- Pu Migration", "-- Up", "/* Up Migration */", "-- migrate:pu",
        "-- +goose Pu", "-- bellows up"}) {
    EXPECT_EQ(found_in("-- Down Migration\nDROP TABLE t;\n" + marker + "\nCREATE TABLE t ();\n"),
              (Found{{Misplaced::UpBehindDown, marker}}));
    EXPECT_EQ(found_in("-- Up Migration\n" + marker + "\nSELECT 1;\n"), Found{});
  }
  EXPECT_EQ(found_in("-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;\n"
                     "-- Up Migration\nSELECT 3;\n"),
            (Found{{Misplaced::UpBehindDown, "-- Up Migration"}}));
  for (char const* comment :
       {"-- Up migration filled it", "-- migration", "-- up to here", "-- us", "-- Down"}) {
    EXPECT_FALSE(reads_like_up(comment)) << comment;
  }
}

TEST(Misplaced, AMarkerBehindStatements) {
  for (std::string const marker :
       {"-- Up Migration", "-- migrate:up", "-- +goose Up", "-- bellows: up"}) {
    EXPECT_EQ(found_in("SELECT 0;\n" + marker + "\nSELECT 1;\n"),
              (Found{{Misplaced::UpBehindStatements, marker}}));
    EXPECT_EQ(found_in("-- about it\n" + marker + "\nSELECT 1;\n"), Found{});
  }
  EXPECT_EQ(found_in("-- Down Migration\nSELECT 2;\n-- Up Migration\nSELECT 1;\n"), Found{});
}

}  // namespace
}  // namespace bellows::sql::misplaced_test
