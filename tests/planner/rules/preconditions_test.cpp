#include "planner/catalog/replay.hpp"
#include "planner/rules/preconditions/type_casts.hpp"
#include "planner/rules/review.hpp"

#include <gtest/gtest.h>

#include <algorithm>

/// What the server refuses is compared with real servers in tests/runner/preconditions/; here, what
/// bellows makes of it.
namespace bellows::rules::preconditions_test {
namespace {

std::vector<Reviewed> reviewed(std::string_view scene, std::string_view text, int version = 15,
                               bool complete = true) {
  catalog::Catalog catalog;
  catalog.complete = complete;
  catalog.server_version = version;
  catalog::replay_text(catalog, scene);
  return review(sql::read_migration("m", "m.sql", text), catalog);
}

Finding const* found(Reviewed const& one, std::string_view rule) {
  auto const at = std::ranges::find(one.findings, rule, &Finding::rule);
  return at == one.findings.end() ? nullptr : &*at;
}

TEST(Preconditions, SayWhyAndWhatToDo) {
  auto const all = reviewed("CREATE TABLE t (id int, a int); CREATE UNIQUE INDEX i ON t (a DESC);",
                            "ALTER TABLE t ADD UNIQUE USING INDEX i");
  Finding const* finding = found(all.at(0), "statement-fails");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->fails_with, "42809");
  EXPECT_EQ(finding->severity, Severity::Error);
  EXPECT_EQ(finding->message,
            "The statement fails (42809): the index i has an order, operator class or collation of "
            "its own, and a key has not.");
  EXPECT_EQ(all[0].verdict, Verdict::Unsafe);
}

/// Files are not the whole database: what they do not show is doubted, and told.
TEST(Preconditions, ColumnsThatNoFileBeforeShows) {
  constexpr std::string_view scene = "CREATE TABLE users (id int PRIMARY KEY, email text);";
  for (std::string_view text :
       {"ALTER TABLE users DROP COLUMN emial", "UPDATE users SET emial = 'x' WHERE id = 1",
        "CREATE INDEX CONCURRENTLY ON users (emial)", "ALTER TABLE users ALTER emial SET NOT NULL",
        "ALTER TABLE users RENAME COLUMN emial TO mail",
        "ALTER TABLE users ADD CHECK (emial <> '')",
        "INSERT INTO users (id, emial) VALUES (1, 'x')",
        "INSERT INTO users (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET emial = 'x'",
        "GRANT SELECT (emial) ON users TO PUBLIC", "COMMENT ON COLUMN users.emial IS 'x'"}) {
    auto const all = reviewed(scene, text, 15, false);
    Finding const* finding = found(all.at(0), "depends");
    ASSERT_NE(finding, nullptr) << text;
    EXPECT_EQ(finding->severity, Severity::Warning);
    EXPECT_NE(finding->message.find("whether public.users has a column emial, which nothing before "
                                    "gives it; otherwise the statement fails (42703)"),
              std::string::npos)
        << finding->message;
    EXPECT_EQ(finding->remedy.find("Is email meant?"), 0U) << finding->remedy;
    auto const whole = reviewed(scene, text);
    EXPECT_EQ(found(whole.at(0), "statement-fails")->fails_with, "42703") << text;
    EXPECT_NE(found(whole.at(0), "statement-fails")
                  ->message.find("public.users has no column emial (is email meant?)"),
              std::string::npos)
        << found(whole.at(0), "statement-fails")->message;
  }
  for (std::string_view text :
       {"ALTER TABLE users DROP COLUMN IF EXISTS emial", "ALTER TABLE users ADD COLUMN emial text",
        "UPDATE users SET email = 'x' WHERE id = 1"}) {
    EXPECT_EQ(found(reviewed(scene, text, 15, false).at(0), "depends"), nullptr) << text;
  }
  auto const unseen = reviewed(scene,
                               "DO $$ BEGIN EXECUTE add_to('users'); END $$;"
                               "ALTER TABLE users ALTER emial SET DEFAULT 'x'",
                               15, false);
  EXPECT_EQ(found(unseen.at(1), "depends"), nullptr) << "the block may have added it";
}

TEST(Preconditions, TablesThatAreNearlyCalledSo) {
  constexpr std::string_view scene = "CREATE TABLE users (id int); CREATE TABLE logs (id int);";
  auto const doubt = [&](std::string_view text) {
    auto const all = reviewed(scene, text, 15, false);
    Finding const* finding = found(all.at(0), "depends");
    return finding == nullptr ? "" : finding->remedy.substr(0, finding->remedy.find('?'));
  };
  EXPECT_EQ(doubt("ALTER TABLE usres ADD COLUMN a int"), "Is users meant");
  EXPECT_EQ(doubt("CREATE INDEX CONCURRENTLY ON user_ (id)"), "Is users meant");
  auto const whole = reviewed(scene, "ALTER TABLE usres ADD COLUMN a int");
  EXPECT_NE(found(whole.at(0), "statement-fails")
                ->message.find("there is no relation usres (is users meant?)"),
            std::string::npos);
  EXPECT_EQ(doubt("INSERT INTO usres (id) VALUES (1)"), "Is users meant");
  for (std::string_view text :
       {"ALTER TABLE accounts ADD COLUMN a int", "ALTER TABLE jobs ADD COLUMN a int",
        "ALTER TABLE IF EXISTS usres ADD COLUMN a int", "CREATE TABLE usres (id int)",
        "ALTER TABLE other.users ADD COLUMN a int"}) {
    EXPECT_EQ(doubt(text), "") << text;
  }
}

/// A child with two parents: contract could never rename the column, so expand must not begin.
TEST(Preconditions, ARenameThatCanNotEndIsNotBegun) {
  constexpr std::string_view scene =
      "CREATE TABLE a (id int PRIMARY KEY, x int); CREATE TABLE b (x int);"
      "CREATE TABLE c () INHERITS (a, b);";
  auto const all = reviewed(scene, "ALTER TABLE a RENAME COLUMN x TO y");
  Finding const* finding = found(all.at(0), "statement-fails");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->fails_with, "42P16");
  EXPECT_NE(finding->message.find("public.c has it from public.b"), std::string::npos);
  EXPECT_EQ(all[0].cannot_split, finding->message);
  EXPECT_TRUE(all[0].splits_into.empty());
}

TEST(Preconditions, TheIndexOfAForeignKeyIsNotGuessed) {
  constexpr std::string_view one =
      "CREATE TABLE k (id int); CREATE UNIQUE INDEX first ON k (id);"
      "CREATE TABLE r (x int REFERENCES k (id)); ALTER TABLE k ADD PRIMARY KEY (id);";
  EXPECT_EQ(found(reviewed(one, "DROP INDEX CONCURRENTLY first").at(0), "blocked-by-dependents")
                ->fails_with,
            "2BP01");
  EXPECT_EQ(
      found(reviewed(one, "ALTER TABLE k DROP CONSTRAINT k_pkey").at(0), "blocked-by-dependents"),
      nullptr);
  constexpr std::string_view two =  // as a dump has it: which came first, nobody knows
      "CREATE TABLE k (id int); CREATE TABLE r (x int); ALTER TABLE k ADD PRIMARY KEY (id);"
      "CREATE UNIQUE INDEX first ON k (id); ALTER TABLE r ADD FOREIGN KEY (x) REFERENCES k (id);";
  for (char const* text : {"DROP INDEX first", "ALTER TABLE k DROP CONSTRAINT k_pkey"}) {
    auto const all = reviewed(two, text);
    EXPECT_EQ(found(all.at(0), "blocked-by-dependents"), nullptr) << text;
    Finding const* doubt = found(all[0], "depends");
    ASSERT_NE(doubt, nullptr) << text;
    EXPECT_NE(doubt->message.find("conindid"), std::string::npos) << doubt->message;
  }
}

TEST(Preconditions, SubCommandsMeetWhatThoseBeforeThemLeave) {
  constexpr std::string_view scene = "CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL);";
  for (char const* text : {"ALTER TABLE t ADD PRIMARY KEY (a), DROP CONSTRAINT t_pkey",
                           "ALTER TABLE t ADD CHECK (b > 0), ADD COLUMN b int",
                           "ALTER TABLE t DROP COLUMN a, ADD COLUMN a text",
                           "ALTER TABLE t ALTER a TYPE text USING 'x', ALTER a SET DEFAULT 'y'"}) {
    EXPECT_EQ(found(reviewed(scene, text).at(0), "statement-fails"), nullptr) << text;
  }
  for (char const* text : {"ALTER TABLE t ADD COLUMN b int, ADD COLUMN b int",
                           "ALTER TABLE t DROP COLUMN a, ALTER a SET NOT NULL",
                           "ALTER TABLE t ADD COLUMN b int, ALTER b TYPE bigint"}) {
    EXPECT_NE(found(reviewed(scene, text).at(0), "statement-fails"), nullptr) << text;
  }
}

/// Files that do not show a table's CREATE, or of what it is made, prove nothing.
TEST(Preconditions, WhatIsNotShownMayBeThere) {
  for (char const* text :
       {"ALTER TABLE unseen ADD COLUMN a int", "DROP TABLE unseen", "DROP INDEX unseen_a",
        "ALTER TABLE copy ALTER a SET NOT NULL", "ALTER TABLE copy DROP CONSTRAINT c",
        "CREATE INDEX ON copy (a)", "ALTER TABLE child RENAME a TO b", "UPDATE copy SET a = 1"}) {
    auto const all = reviewed(
        "CREATE TABLE copy (LIKE unseen); CREATE TABLE child () INHERITS"
        " (unseen);",
        text, 15, false);
    EXPECT_EQ(found(all.at(0), "statement-fails"), nullptr) << text;
  }
  constexpr std::string_view seen = "CREATE TABLE seen (a int)";
  constexpr std::string_view drop = "ALTER TABLE seen DROP COLUMN b";
  EXPECT_EQ(found(reviewed(seen, drop, 15, false).at(0), "statement-fails"), nullptr);
  EXPECT_EQ(found(reviewed(seen, drop).at(0), "statement-fails")->fails_with, "42703");
}

TEST(Preconditions, RowsThatWaitForTheEndOfTheTransaction) {
  constexpr std::string_view scene =
      "CREATE TABLE k (id int PRIMARY KEY); CREATE TABLE d (id int, x int REFERENCES k DEFERRABLE"
      " INITIALLY DEFERRED); CREATE TABLE n (id int, x int REFERENCES k);";
  auto const last = [&](std::string_view text) { return reviewed(scene, text).back(); };
  constexpr std::string_view insert = "INSERT INTO d VALUES (1, 2);";
  for (char const* change :
       {"ALTER TABLE d ADD COLUMN z int", "TRUNCATE d", "CREATE INDEX ON d (x)", "DROP TABLE d"}) {
    Reviewed const one = last(std::string(insert) + change);
    ASSERT_NE(found(one, "statement-fails"), nullptr) << change;
    EXPECT_EQ(found(one, "statement-fails")->fails_with, "55006") << change;
  }
  for (char const* text : {"INSERT INTO n VALUES (1, 2); ALTER TABLE n ADD COLUMN z int",
                           "INSERT INTO d VALUES (1, 2); SET CONSTRAINTS ALL IMMEDIATE; ALTER "
                           "TABLE d ADD COLUMN z int",
                           "INSERT INTO d VALUES (1, 2); ALTER TABLE d RENAME x TO y",
                           "ALTER TABLE d ADD COLUMN z int; INSERT INTO d VALUES (1, 2)"}) {
    EXPECT_EQ(found(last(text), "statement-fails"), nullptr) << text;
    EXPECT_EQ(found(last(text), "depends"), nullptr) << text;
  }
  for (char const* rows :
       {"UPDATE d SET x = 3;", "INSERT INTO d SELECT 1, 1 WHERE now() < '2000-01-01';",
        "DELETE FROM k;"}) {
    Reviewed const one = last(std::string(rows) + (rows[0] == 'D' ? "TRUNCATE k" : "TRUNCATE d"));
    EXPECT_NE(found(one, "depends"), nullptr) << rows;
  }
}

TEST(Preconditions, ANotNullThatIsNotValidIsNoGround) {
  constexpr std::string_view scene =
      "CREATE TABLE t (id int, a int, CONSTRAINT proof CHECK (a IS NOT NULL));"
      "ALTER TABLE t ADD CONSTRAINT nn NOT NULL a NOT VALID;"
      "CREATE TABLE p (a int, v int) PARTITION BY LIST (a);"
      "CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
      "ALTER TABLE p1 ADD CONSTRAINT p1_v NOT NULL v NOT VALID;"
      "CREATE TABLE q (a int, v int) PARTITION BY LIST (a);"
      "CREATE TABLE q1 PARTITION OF q FOR VALUES IN (1);"
      "ALTER TABLE q1 ADD CHECK (v IS NOT NULL);";
  auto const of = [&](std::string_view text) { return reviewed(scene, text, 18).at(0); };
  Reviewed const beside = of("ALTER TABLE t ALTER a SET NOT NULL");
  ASSERT_NE(found(beside, "not-null-not-valid"), nullptr);
  EXPECT_EQ(
      found(beside, "not-null-not-valid")->remedy,
      "ALTER TABLE public.t VALIDATE CONSTRAINT nn first, in a migration of its own: reads and "
      "writes go on meanwhile.");
  EXPECT_EQ(found(beside, "set-not-null"), nullptr);
  EXPECT_TRUE(beside.effects.relations.at(0).scans);
  EXPECT_NE(found(of("ALTER TABLE p ALTER v SET NOT NULL"), "not-null-not-valid"), nullptr);
  Reviewed const proved = of("ALTER TABLE q ALTER v SET NOT NULL");
  EXPECT_EQ(proved.verdict, Verdict::Brief);
  for (locks::Effect const& effect : proved.effects.relations) {
    EXPECT_FALSE(effect.scans) << effect.relation.display();
  }
}

TEST(Preconditions, AdviceIsWhatTheServerTakes) {
  constexpr std::string_view scene =
      "CREATE TABLE k (id int PRIMARY KEY); CREATE TABLE p (a int, x int) PARTITION BY LIST (a);";
  constexpr std::string_view add = "ALTER TABLE p ADD FOREIGN KEY (x) REFERENCES k";
  EXPECT_NE(found(reviewed(scene, add, 17).at(0), "add-foreign-key")->remedy.find("each partition"),
            std::string::npos);
  EXPECT_EQ(found(reviewed(scene, add, 18).at(0), "add-foreign-key")->remedy.find("each partition"),
            std::string::npos);
}

TEST(Preconditions, OnlyPostgresqlsOwnTypesAreKnown) {
  using preconditions::can_reference;
  using preconditions::is_assignable;
  EXPECT_EQ(is_assignable("character varying(20)", "integer"), false);
  EXPECT_EQ(is_assignable("integer", "character varying(20)"), true);
  EXPECT_EQ(is_assignable("timestamp(3) without time zone", "date"), true);
  EXPECT_EQ(is_assignable("text", "public.state"), std::nullopt);
  EXPECT_EQ(can_reference("bigint", "integer"), true);
  EXPECT_EQ(can_reference("numeric", "integer"), false);
  EXPECT_EQ(can_reference("public.code", "text"), std::nullopt);
}

}  // namespace
}  // namespace bellows::rules::preconditions_test
