#include "planner/rules/review.hpp"

#include "planner/catalog/replay.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace bellows::rules {
namespace {

catalog::Catalog known() {
  catalog::Catalog catalog;
  catalog.complete = true;
  catalog::replay_text(catalog,
                       "CREATE TABLE users (id int PRIMARY KEY, name text, role text);"
                       "CREATE VIEW v AS SELECT 1 AS one");
  return catalog;
}

std::vector<Reviewed> reviewed(std::string_view text) {
  catalog::Catalog catalog = known();
  return review(sql::read_migration("m", "m.sql", text), catalog);
}

bool has(Reviewed const& one, std::string_view rule) {
  return std::ranges::find(one.findings, rule, &Finding::rule) != one.findings.end();
}

TEST(Review, JudgesEachStatementByTheCatalogBeforeIt) {
  auto const all = reviewed(R"(
    CREATE TABLE t (id int);
    CREATE INDEX ON t (id);
    ALTER TABLE t ADD COLUMN a uuid NOT NULL DEFAULT gen_random_uuid();
    ALTER TABLE t RENAME TO u;
    ALTER TABLE u DROP COLUMN a;
    CREATE INDEX ON users (name);
    -- bellows: allow section-marker because it is there for the others only
    DROP TABLE u;)");
  ASSERT_EQ(all.size(), 7U);
  for (std::size_t i : {0U, 1U, 2U, 3U, 4U, 6U}) {
    EXPECT_EQ(all[i].verdict, Verdict::Safe) << all[i].statement.raw.text;
    EXPECT_TRUE(all[i].findings.empty()) << all[i].statement.raw.text;
  }
  EXPECT_EQ(all[5].verdict, Verdict::Unsafe);
}

/// A temporary table is the migration's own, under its own name also where another is called so.
TEST(Review, TemporaryTablesAreNobodyElses) {
  catalog::Catalog catalog = known();
  catalog::Catalog const before = catalog;
  auto const all = review(sql::read_migration("m", "m.sql", R"(
    CREATE TEMP TABLE users (id int);
    CREATE INDEX ON users (id);
    ALTER TABLE users ADD COLUMN n serial NOT NULL;
    CREATE TEMP TABLE copied AS SELECT 1 AS a;
    ALTER TABLE copied ADD PRIMARY KEY (a);
    DROP TABLE copied;
    DROP TABLE pg_temp.users;
    CREATE INDEX ON users (name);)"),
                          catalog);
  ASSERT_EQ(all.size(), 8U);
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(all[i].verdict, Verdict::Safe) << all[i].statement.raw.text;
    EXPECT_EQ(all[i].effects.relations.at(0).relation.schema.raw(), "pg_temp");
  }
  EXPECT_EQ(all[7].verdict, Verdict::Unsafe) << "the table that all use";
  EXPECT_EQ(catalog.tables.size(), before.tables.size());
  EXPECT_FALSE(catalog.any_temporary);

  catalog = before;
  review(sql::read_migration("m", "m.sql", "CREATE TEMP TABLE own (id int)"), catalog);
  EXPECT_EQ(catalog, before) << "it ends with the session";
}

TEST(Review, LeavesTheCatalogAsTheMigrationDoes) {
  catalog::Catalog catalog = known();
  review(sql::read_migration("m", "m.sql", "ALTER TABLE users RENAME COLUMN name TO label"),
         catalog);
  EXPECT_NE(catalog.tables.begin()->second.column(sql::Identifier("label")), nullptr);
}

TEST(Review, FindsTheRuleThatSplits) {
  auto const all = reviewed("ALTER TABLE users RENAME COLUMN name TO label");
  ASSERT_NE(all[0].splitter, nullptr);
  EXPECT_EQ(all[0].splitter->id, "rename-column");
  EXPECT_EQ(all[0].splits_into, (std::vector<std::string_view>{"expand", "backfill", "contract"}));
  EXPECT_EQ(all[0].verdict, Verdict::Unsafe);
}

TEST(Review, AllowSilencesAndKeepsTheReason) {
  auto const all = reviewed(R"(
    -- bellows: allow drop-column because no release reads it since May
    ALTER TABLE users DROP COLUMN role;
    ALTER TABLE users DROP COLUMN name; -- bellows: allow drop-column because unused)");
  for (Reviewed const& one : all) {
    EXPECT_EQ(one.verdict, Verdict::Brief);
    EXPECT_TRUE(one.findings.empty());
    ASSERT_EQ(one.allowed.size(), 1U);
    EXPECT_EQ(one.allowed[0].first.rule, "drop-column");
  }
  EXPECT_EQ(all[0].allowed[0].second, "no release reads it since May");
}

TEST(Review, AViewThatIsMadeAgainIsMissingToNobody) {
  auto const again = reviewed("DROP VIEW v; CREATE VIEW v AS SELECT 2 AS one");
  EXPECT_FALSE(has(again[0], "drop-view"));
  EXPECT_NE(again[0].verdict, Verdict::Unsafe);
  auto const another = reviewed("DROP VIEW v; CREATE VIEW w AS SELECT 1");
  EXPECT_TRUE(has(another[0], "drop-view"));
  EXPECT_TRUE(has(reviewed("CREATE VIEW v AS SELECT 1; DROP VIEW w")[1], "drop-view"));
}

TEST(Review, AllowIsNotEnoughWhereItGivesUpASplit) {
  auto const all = reviewed(
      "-- bellows: allow rename-column because nobody is connected\n"
      "ALTER TABLE users RENAME COLUMN name TO label");
  EXPECT_NE(all[0].splitter, nullptr);
  EXPECT_TRUE(has(all[0], "rename-column"));
  EXPECT_TRUE(has(all[0], "directive"));
  EXPECT_TRUE(all[0].allowed.empty());
  EXPECT_EQ(all[0].verdict, Verdict::Unsafe);
  EXPECT_NE(all[0].findings[0].remedy.find(
                "-- bellows: allow-unsplit rename-column because nobody is connected"),
            std::string::npos)
      << all[0].findings[0].remedy;
}

TEST(Review, AllowIsEnoughWhereThereIsNoSplit) {
  auto const all = reviewed(
      "-- bellows: allow update-in-one-go because it is small\n"
      "UPDATE users SET name = o.name FROM users o WHERE o.id = users.id");
  EXPECT_EQ(all[0].allowed.size(), 1U);
  EXPECT_FALSE(has(all[0], "directive"));
}

TEST(Review, AHazardThatIsAllowedUnsplitIsNotSplit) {
  auto const all = reviewed(
      "-- bellows: allow-unsplit rename-column because nobody is connected\n"
      "ALTER TABLE users RENAME COLUMN name TO label");
  EXPECT_EQ(all[0].splitter, nullptr);
  EXPECT_TRUE(all[0].splits_into.empty());
  EXPECT_EQ(all[0].verdict, Verdict::Brief);
}

TEST(Review, MistakenDirectivesAreErrors) {
  for (char const* comment : {"-- bellows: allow no-such-rule because x", "-- bellows: batsh 5",
                              "-- bellows: allow drop-column"}) {
    auto const all = reviewed(std::string(comment) + "\nALTER TABLE users ADD COLUMN a int");
    EXPECT_TRUE(has(all[0], "directive")) << comment;
    EXPECT_EQ(all[0].verdict, Verdict::Unsafe) << comment;
  }
}

TEST(Review, UnknownIsSaidAndCanBeAllowed) {
  std::string const newer = "ALTER TABLE users ADD CONSTRAINT c NOT NULL name NOT VALID;";
  auto const all = reviewed(newer + "SELECT 1; DO $$ BEGIN END $$");
  EXPECT_EQ(all[0].verdict, Verdict::Unknown);
  EXPECT_TRUE(has(all[0], "unknown-statement"));
  EXPECT_EQ(all[1].verdict, Verdict::Safe);
  EXPECT_EQ(all[2].verdict, Verdict::Unknown);
  auto const allowed = reviewed("-- bellows: allow unknown-statement because tried\n" + newer);
  EXPECT_EQ(allowed[0].verdict, Verdict::Brief);
}

TEST(Review, WhatDependsIsAWarning) {
  auto const all = reviewed("ALTER TABLE users ADD COLUMN a int DEFAULT mine()");
  EXPECT_TRUE(has(all[0], "depends"));
  EXPECT_EQ(all[0].findings[0].severity, Severity::Warning);
  EXPECT_EQ(all[0].verdict, Verdict::Brief);
}

TEST(Review, WarnsOfConcurrentlyInCompany) {
  auto const company = reviewed("CREATE INDEX CONCURRENTLY i ON users (name); SELECT 1");
  EXPECT_TRUE(has(company[0], "concurrently-in-file-with-others"));
  EXPECT_EQ(company[0].verdict, Verdict::Safe);
  EXPECT_TRUE(reviewed("CREATE INDEX CONCURRENTLY i ON users (name)")[0].findings.empty());
}

// The next migration finds them with rows and readers, whatever they are called by then.
TEST(Review, WhatAMigrationMadeIsNewNoLongerAfterIt) {
  for (char const* text :
       {"CREATE TABLE a (id int); CREATE TABLE b (id int)",
        "CREATE TABLE a (id int); CREATE TABLE c (id int); ALTER TABLE c RENAME TO b",
        "CREATE TABLE a (id int); ALTER TABLE a RENAME TO b; CREATE TABLE a (id int)",
        "CREATE TEMPORARY TABLE a (id int); CREATE TABLE public.a (id int);"
        "CREATE TABLE b AS SELECT 1 AS id"}) {
    catalog::Catalog catalog;
    review(sql::read_migration("m", "m.sql", text), catalog);
    EXPECT_EQ(catalog.tables.size(), 2U) << text;
    for (auto const& [name, table] : catalog.tables) {
      EXPECT_FALSE(table.is_new) << text << ": " << name.display();
    }
  }
}

}  // namespace
}  // namespace bellows::rules
