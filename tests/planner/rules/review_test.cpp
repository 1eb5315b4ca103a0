#include "planner/rules/review.hpp"

#include "planner/catalog/replay.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace bellows::rules::review_test {
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

TEST(Review, DirectivesThatMeanNothingWhereTheyStandAreErrors) {
  std::string const add = "ALTER TABLE users ADD COLUMN a int;\n";
  for (std::string const& text :
       {"-- bellows: using a = name\n" + add, "-- bellows: reverse a = name\n" + add,
        "-- bellows: key id\n" + add, "-- bellows: batch 5\n" + add,
        std::string{"-- bellows: batch 5\nCREATE TABLE t (id int);\n"},
        "-- bellows: backfill a = 1\n" + add,
        std::string{
            "-- bellows: backfill role = 'x'\nUPDATE users SET role = 'x' WHERE id < 9;"}}) {
    auto const all = reviewed(text);
    ASSERT_EQ(all.size(), 1U) << text;
    EXPECT_TRUE(has(all[0], "directive")) << text;
    EXPECT_EQ(all[0].verdict, Verdict::Unsafe) << text;
  }
  for (char const* text :
       {"-- bellows: batch 5\n-- bellows: key id\nDELETE FROM users WHERE role IS NULL",
        "-- bellows: batch 5\nUPDATE users SET role = 'x' WHERE role IS NULL",
        "-- bellows: using label = name\n-- bellows: reverse name = label\n"
        "-- bellows: batch 5\nALTER TABLE users RENAME COLUMN name TO label"}) {
    EXPECT_FALSE(has(reviewed(text)[0], "directive")) << text;
  }
}

TEST(Review, WhatIsMisplacedIsAnErrorOfItsOwn) {
  auto const lost = reviewed("SELECT 1;\n-- bellows: batch 5\n");
  ASSERT_EQ(lost.size(), 2U);
  ASSERT_EQ(lost[1].findings.size(), 1U);
  EXPECT_EQ(lost[1].findings[0].rule, "directive");
  EXPECT_EQ(lost[1].findings[0].message,
            "`-- bellows: batch 5` stands above no statement, and would do nothing");
  for (char const* text : {"-- Down Migration\nDROP TABLE t;\n-- Up Migraton\nCREATE TABLE t ();",
                           "SELECT 1;\n-- Up Migration\nSELECT 2;"}) {
    auto const all = reviewed(text);
    EXPECT_EQ(
        std::ranges::count_if(all, [](auto const& one) { return has(one, "section-marker"); }), 1)
        << text;
  }
}

TEST(Review, BytesThatAreNoUtf8AreAnError) {
  for (char const* text : {"INSERT INTO notes VALUES ('caf\xE9')", "-- caf\xE9\nSELECT 1",
                           "DO $$BEGIN RAISE NOTICE 'caf\xE9'; END$$"}) {
    auto const all = reviewed(text);
    auto const found = std::ranges::find(all[0].findings, "not-utf-8", &Finding::rule);
    ASSERT_NE(found, all[0].findings.end()) << text;
    EXPECT_NE(found->remedy.find("iconv -f LATIN1 -t UTF-8"), std::string::npos);
    EXPECT_EQ(found->remedy.find("\\351"), std::string::npos) << "22021 in a UTF-8 database";
  }
  EXPECT_FALSE(has(reviewed("INSERT INTO notes VALUES ('caf\xC3\xA9')")[0], "not-utf-8"));
}

TEST(Review, WhatADirectiveMayHaveMeantIsAsked) {
  for (auto const& [comment, meant] : std::vector<std::pair<std::string, std::string>>{
           {"dwon", "down"}, {"batsh 5", "batch"}, {"revers a = b", "reverse"}}) {
    auto const all = reviewed("-- bellows: " + comment + "\nALTER TABLE users ADD COLUMN a int");
    ASSERT_TRUE(has(all[0], "directive")) << comment;
    EXPECT_NE(all[0].findings[0].remedy.find("Did you mean `-- bellows: " + meant + "`?"),
              std::string::npos)
        << all[0].findings[0].remedy;
  }
  auto const all = reviewed("-- bellows: xylophone\nALTER TABLE users ADD COLUMN a int");
  EXPECT_EQ(all[0].findings[0].remedy.find("Did you mean"), std::string::npos);
}

TEST(Review, UnknownIsSaidAndCanBeAllowed) {
  auto const all = reviewed("SELECT 1; CALL f(); ALTER TABEL users ADD a int");
  EXPECT_EQ(all[0].verdict, Verdict::Safe);
  EXPECT_EQ(all[1].verdict, Verdict::Unknown);
  EXPECT_TRUE(has(all[1], "unknown-statement"));
  auto const allowed = reviewed("-- bellows: allow unknown-statement because tried\nCALL f()");
  EXPECT_EQ(allowed[0].verdict, Verdict::Brief);
}

// What the parser refuses fails wherever it runs, unless the server is newer than the parser.
TEST(Review, ASyntaxErrorIsSaidInTheParsersWordsAndNeverAllowed) {
  std::string const text =
      "SELECT 1;\n-- bellows: allow unknown-statement because tried\n  ALTER TABEL users ADD a int";
  auto const all = reviewed(text);
  ASSERT_EQ(all[1].findings.size(), 1U);
  EXPECT_EQ(all[1].findings[0].rule, "syntax-error");
  EXPECT_EQ(all[1].findings[0].message,
            "PostgreSQL 18 refuses it: syntax error at or near \"TABEL\" (line 3, column 9).");
  EXPECT_EQ(all[1].findings[0].remedy.find("allow"), std::string::npos);

  catalog::Catalog newer = known();
  newer.server_version = 19;
  std::string const newer_text =
      "REBUILD users;SELECT 1;\n-- bellows: allow unknown-statement because tried\n  REBUILD users";
  auto const at_19 = review(sql::read_migration("m", "m.sql", newer_text), newer);
  EXPECT_TRUE(has(at_19[0], "unknown-statement"));
  EXPECT_FALSE(has(at_19[0], "syntax-error"));
  EXPECT_EQ(at_19[0].findings[0].remedy.find("allow"), std::string::npos);
  EXPECT_TRUE(at_19[2].findings.empty()) << "allowed";
}

// The parser takes it, the server does not yet.
TEST(Review, AFormThatTheServerDoesNotKnowFails) {
  catalog::Catalog catalog = known();
  std::string const text =
      "ALTER TABLE users ADD CHECK (id > 0) NOT ENFORCED, ADD NOT NULL name; REPACK users";
  catalog.server_version = 17;
  auto const at_17 = review(sql::read_migration("m", "m.sql", text), catalog);
  ASSERT_EQ(at_17[0].findings.size(), 1U);
  Finding const& finding = at_17[0].findings[0];
  EXPECT_EQ(finding.rule, "syntax-error");
  EXPECT_EQ(finding.fails_with, "42601");
  EXPECT_EQ(finding.message,
            "The statement fails (42601): PostgreSQL 17 does not know [NOT] ENFORCED, which came "
            "with 18.");
  EXPECT_EQ(at_17[0].verdict, Verdict::Unsafe);
  EXPECT_TRUE(at_17[0].effects.relations.empty());
  catalog::Catalog old = known();
  old.server_version = 16;
  auto const merge =
      review(sql::read_migration("m", "m.sql",
                                 "MERGE INTO users USING users u ON users.id = u.id WHEN NOT "
                                 "MATCHED BY SOURCE THEN DELETE"),
             old);
  EXPECT_EQ(merge[0].findings.size(), 1U) << "what it would do, it does not";
  EXPECT_TRUE(has(at_17[1], "syntax-error"));
  catalog.server_version = 18;
  auto const at_18 = review(sql::read_migration("m", "m.sql", text), catalog);
  EXPECT_FALSE(has(at_18[0], "syntax-error"));
  EXPECT_TRUE(has(at_18[1], "syntax-error"));
}

TEST(Review, CommandsOfPsqlAndRowsOfTheClientAreRefusedByName) {
  auto const all = reviewed(
      "\\connect app\nCOPY users FROM stdin;\n1\tx\n\\.\nCOPY users TO stdout;"
      "COPY users FROM '/x'; UPDATE users SET name = 'x' WHERE id = 1");
  ASSERT_EQ(all.size(), 5U);
  EXPECT_TRUE(has(all[0], "psql-command"));
  EXPECT_NE(all[0].findings[0].message.find("\\connect"), std::string::npos);
  EXPECT_TRUE(has(all[1], "copy-through-client"));
  EXPECT_TRUE(has(all[2], "copy-through-client"));
  EXPECT_FALSE(has(all[3], "copy-through-client"));
  EXPECT_EQ(all[4].statement.kind, "UPDATE");
}

TEST(Review, AFileInAnotherEncodingIsOneFinding) {
  using namespace std::string_view_literals;
  auto const all = reviewed("\xFF\xFES\0E\0"sv);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_TRUE(has(all[0], "syntax-error"));
  EXPECT_EQ(all[0].findings[0].remedy, "Save it as UTF-8.");
}

// Two next steps that contradict each other are none.
TEST(Review, WhatCannotBeSplitHereSaysWhatToDoInstead) {
  auto const refused =
      reviewed("UPDATE users SET name = x.name FROM users x WHERE x.id = users.id + 1");
  EXPECT_FALSE(refused[0].cannot_split.empty());
  EXPECT_EQ(refused[0].findings[0].remedy.find("bellows plan"), std::string::npos);

  std::string const rename = "ALTER TABLE users RENAME COLUMN name TO label;";
  auto const alone = reviewed("SET lock_timeout = '2s';" + rename);
  EXPECT_TRUE(alone[1].alone);
  EXPECT_TRUE(alone[1].findings[0].remedy.starts_with("Let `bellows plan`"));
  auto const beside = reviewed("SELECT 1;" + rename);
  EXPECT_FALSE(beside[1].alone);
  EXPECT_TRUE(beside[1].findings[0].remedy.starts_with("In a migration file of its own, let"));
}

TEST(Review, SequencesOfTheFileAreNew) {
  for (auto const& one : reviewed("CREATE SEQUENCE s; ALTER SEQUENCE s OWNED BY users.id;"
                                  "CREATE SEQUENCE r; ALTER SEQUENCE r RENAME TO q;"
                                  "ALTER SEQUENCE q CACHE 5;")) {
    EXPECT_TRUE(std::ranges::all_of(one.effects.relations, [](locks::Effect const& effect) {
      return effect.on_new || !locks::blocks_writes(effect.lock) ||
             effect.relation.name.raw() == "users";
    })) << one.statement.raw.text;
  }
  catalog::Catalog with_q = known();
  catalog::replay_text(with_q, "CREATE SEQUENCE q");
  auto const old = review(sql::read_migration("m", "m.sql", "ALTER SEQUENCE q CACHE 5"), with_q);
  EXPECT_EQ(old[0].verdict, Verdict::Brief);
}

// An empty table points nowhere: nothing of the other is read, and it is over at once.
TEST(Review, AForeignKeyOfANewTableReadsTheOtherOnlyWhereItHasRows) {
  std::string const make = "CREATE TABLE n (id int); ";
  std::string const key = "ALTER TABLE n ADD FOREIGN KEY (id) REFERENCES users";
  auto const reads = [](std::vector<Reviewed> const& all) {
    return std::ranges::any_of(all.back().effects.relations, [](locks::Effect const& effect) {
      return !effect.on_new && effect.scans;
    });
  };
  EXPECT_FALSE(reads(reviewed(make + key)));
  EXPECT_TRUE(reads(reviewed(make + "INSERT INTO n VALUES (1);" + key)));
  EXPECT_TRUE(reads(reviewed("CREATE TABLE n AS SELECT 1 AS id;" + key)));
}

TEST(Review, ATypeHasNoStatistics) {
  for (Reviewed const& one :
       reviewed("CREATE TYPE pair AS (a int); ALTER TYPE pair ALTER ATTRIBUTE a TYPE bigint")) {
    EXPECT_FALSE(has(one, "type-change-statistics"));
  }
}

TEST(Review, ADoubtIsAnErrorWhereRowsAreAtStake) {
  auto const all = reviewed("ALTER TABLE users ADD COLUMN a int DEFAULT mine()");
  ASSERT_TRUE(has(all[0], "depends"));
  EXPECT_EQ(all[0].findings[0].severity, Severity::Error);
  EXPECT_EQ(all[0].verdict, Verdict::Unsafe);
  auto const allowed = reviewed(
      "-- bellows: allow depends because it is stable\n"
      "ALTER TABLE users ADD COLUMN a int DEFAULT mine()");
  EXPECT_EQ(allowed[0].verdict, Verdict::Brief);
  catalog::Catalog unknown;
  auto const other =
      review(sql::read_migration("m", "m.sql", "ALTER TABLE users DROP CONSTRAINT c"), unknown);
  ASSERT_TRUE(has(other[0], "depends"));  // only a lock on another table
  EXPECT_EQ(other[0].findings[0].severity, Severity::Warning);
  EXPECT_EQ(other[0].verdict, Verdict::Brief);
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
}  // namespace bellows::rules::review_test
