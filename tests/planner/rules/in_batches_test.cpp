#include "planner/catalog/replay.hpp"
#include "planner/plan/make_plan.hpp"
#include "planner/plan/yaml.hpp"
#include "planner/rules/review.hpp"

#include <gtest/gtest.h>

#include <algorithm>

/// DELETE and INSERT … SELECT of many rows become batches, or it is said why they cannot.
namespace bellows::rules::in_batches_test {
namespace {

constexpr char const* schema = R"(
CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL UNIQUE, name text, role text);
CREATE TABLE visits (id bigint PRIMARY KEY, user_id int REFERENCES users, at timestamptz);
CREATE TABLE notes (id bigint PRIMARY KEY, user_id int REFERENCES users ON DELETE CASCADE);
CREATE INDEX notes_user ON notes (user_id, id);
CREATE TABLE people (no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mail text NOT NULL,
  label text, loud text GENERATED ALWAYS AS (upper(label)) STORED);
CREATE UNIQUE INDEX people_mail ON people (mail);
CREATE TABLE log (line text);
CREATE TABLE tags (name text UNIQUE, owner int, place text, UNIQUE (owner, place));
CREATE TABLE comments (id int PRIMARY KEY, parent int REFERENCES comments, spam boolean);
CREATE TABLE threads (id int PRIMARY KEY, parent int REFERENCES threads ON DELETE CASCADE);
CREATE TABLE parts (id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE points (a int, b int, note text, day date) PARTITION BY RANGE (day);
CREATE TABLE points_a PARTITION OF points DEFAULT PARTITION BY LIST (a);
CREATE VIEW names AS SELECT id, name FROM users;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END';
CREATE TRIGGER noted AFTER DELETE OR INSERT ON visits FOR EACH ROW EXECUTE FUNCTION f();
CREATE TRIGGER stated AFTER DELETE ON visits FOR EACH STATEMENT EXECUTE FUNCTION f();)";

catalog::Catalog known() {
  catalog::Catalog catalog;
  catalog.complete = true;
  catalog::replay_text(catalog, schema);
  return catalog;
}

Reviewed reviewed(std::string_view text) {
  catalog::Catalog catalog = known();
  return review(sql::read_migration("m", "m.sql", text), catalog).back();
}

plan::Plan plan_of(std::string_view text) {
  auto made = plan::make_plan(sql::read_migration("m", "m.sql", text), known());
  if (auto const* no = std::get_if<plan::NoPlan>(&made)) {
    throw std::runtime_error(no->reasons.front().reason);
  }
  auto plan = std::get<plan::Plan>(std::move(made));
  EXPECT_TRUE(plan::from_yaml(plan::to_yaml(plan)) == plan) << plan::to_yaml(plan);
  return plan;
}

std::string refusal_of(std::string_view text) {
  auto const made = plan::make_plan(sql::read_migration("m", "m.sql", text), known());
  auto const* no = std::get_if<plan::NoPlan>(&made);
  return no == nullptr ? "a plan" : no->reasons.front().reason;
}

plan::Batch const& batch_of(plan::Plan const& plan) {
  return std::get<plan::Batch>(plan.backfill.front().action);
}

plan::Verify const& verify_of(plan::Plan const& plan) {
  return std::get<plan::Verify>(plan.backfill.back().action);
}

std::string rules_of(std::string_view text) {
  std::string rules;
  for (Finding const& finding : reviewed(text).findings) {
    rules += finding.rule + " ";
  }
  return rules;
}

std::string locks_of(plan::Step const& step) {
  std::string text;
  for (auto const& [table, mode] : step.locks) {
    text += table.name.raw() + " " + std::string(locks::to_string(mode)) + ";";
  }
  return text;
}

TEST(InBatches, WhatIsRecognised) {
  struct Case {
    char const* text;
    char const* rules;
  };
  for (auto const& [text, rules] : {
           Case{"DELETE FROM visits WHERE at < '2020-01-01'",
                "delete-in-one-go backfill-fires-triggers "},
           Case{"DELETE FROM log", "delete-in-one-go "},
           Case{"DELETE FROM users WHERE role = 'gone'",
                "delete-in-one-go delete-scans-referencing delete-cascades "},
           Case{"DELETE FROM visits WHERE id IN (1, 2) AND at IS NULL", ""},
           Case{"DELETE FROM users WHERE email = 'a@b'", ""},
           Case{"DELETE FROM users WHERE id = 7", ""},
           Case{"CREATE TABLE t (id int PRIMARY KEY); DELETE FROM t", ""},
           Case{"UPDATE users SET role = 'x' WHERE id = 7", ""},
           Case{"UPDATE users SET role = 'x' WHERE id > 7", "update-in-one-go "},
           Case{"INSERT INTO log (line) SELECT name FROM users", "insert-in-one-go "},
           Case{"INSERT INTO log (line) SELECT name FROM users GROUP BY name", "insert-in-one-go "},
           Case{"INSERT INTO log (line) SELECT name FROM users WHERE id = 7", ""},
           Case{"INSERT INTO log (line) SELECT tablename FROM pg_catalog.pg_tables", ""},
           Case{"INSERT INTO log (line) VALUES ('x')", ""},
           Case{"CREATE TABLE t (id int); INSERT INTO t (id) SELECT id FROM users", ""},
       }) {
    EXPECT_EQ(rules_of(text), rules) << text;
  }
}

TEST(InBatches, ADeleteGoesBatchByBatch) {
  plan::Plan const plan =
      plan_of("-- bellows: batch 500\nDELETE FROM visits WHERE at < '2020-01-01'\n");
  ASSERT_EQ(plan.backfill.size(), 2U);
  EXPECT_TRUE(plan.expand.empty() && plan.contract.empty());
  plan::Step const& step = plan.backfill.front();
  EXPECT_EQ(step.id, "delete");
  EXPECT_TRUE(step.irreversible);
  EXPECT_EQ(locks_of(step), "visits ROW EXCLUSIVE;");
  plan::Batch const& batch = batch_of(plan);
  EXPECT_TRUE(std::holds_alternative<plan::DeleteRows>(batch.action));
  EXPECT_EQ(batch.where, "at < '2020-01-01'");
  EXPECT_EQ(batch.rows, 500);
  EXPECT_EQ(batch.key.at(0).raw(), "id");
  EXPECT_EQ(verify_of(plan).differs, batch.where);
  EXPECT_TRUE(verify_of(plan).tolerated);
  EXPECT_EQ(plan.application.back().second, "fires trigger noted (public.f())");
  EXPECT_EQ(plan.relies_on.at(0).columns.size(), 2U);  // id, at
}

TEST(InBatches, ADeleteTellsWhomItsForeignKeysTouch) {
  plan::Plan const plan = plan_of("DELETE FROM users");
  EXPECT_EQ(locks_of(plan.backfill.front()),
            "users ROW EXCLUSIVE;notes ROW EXCLUSIVE;visits ROW SHARE;");
  EXPECT_EQ(verify_of(plan).differs, "true");
  auto const found = reviewed("DELETE FROM users").findings;
  EXPECT_NE(found.at(1).message.find("reads all of public.visits"), std::string::npos);
  EXPECT_EQ(found.at(1).severity, Severity::Warning);
  EXPECT_NE(found.at(2).message.find("Rows of public.notes that point to those of users go along"),
            std::string::npos)
      << found.at(2).message;
}

TEST(InBatches, APartitionedTableIsOneTable) {
  plan::Plan const plan = plan_of("DELETE FROM parts WHERE day < '2020-01-01'");
  EXPECT_EQ(batch_of(plan).key.size(), 2U);
}

TEST(InBatches, ACopyNamesWhatGoesWhere) {
  plan::Plan const plan = plan_of(
      "INSERT INTO people (mail, label) SELECT email, upper(name) FROM users WHERE role <> 'x' "
      "ON CONFLICT DO NOTHING");
  ASSERT_EQ(plan.backfill.size(), 2U);
  EXPECT_EQ(plan.backfill.front().id, "copy");
  EXPECT_TRUE(plan.backfill.front().irreversible);
  EXPECT_EQ(locks_of(plan.backfill.front()), "users ROW SHARE;people ROW EXCLUSIVE;");
  plan::Batch const& batch = batch_of(plan);
  EXPECT_EQ(batch.table.name.raw(), "users");
  auto const& copy = std::get<plan::CopyRows>(batch.action);
  EXPECT_EQ(copy.into.quoted(), "public.people");
  EXPECT_EQ(copy.on_conflict, "DO NOTHING");
  EXPECT_EQ(copy.columns.at(1).second, "upper(name)");
  EXPECT_EQ(verify_of(plan).table.name.raw(), "users");
  EXPECT_EQ(verify_of(plan).differs,
            "(role <> 'x'\n) AND NOT EXISTS (SELECT FROM (SELECT (email\n) AS v0) AS "
            "bellows_wanted, public.people AS bellows_copy WHERE bellows_copy.mail = "
            "bellows_wanted.v0)");
}

TEST(InBatches, ACopyWithoutAKeyOfTheTargetIsNotVerified) {
  EXPECT_EQ(plan_of("INSERT INTO log (line) SELECT name FROM users").backfill.size(), 1U);
  EXPECT_EQ(
      plan_of("INSERT INTO people (mail) SELECT md5(random()::text) FROM users").backfill.size(),
      1U);
}

TEST(InBatches, ATableWithoutAKeyGoesByItsPagesWhereTheConditionTellsWhatIsDone) {
  plan::Plan const deletion = plan_of("DELETE FROM log WHERE line LIKE 'x%'");
  EXPECT_TRUE(batch_of(deletion).key.empty());
  EXPECT_TRUE(verify_of(deletion).key.empty());
  EXPECT_NE(deletion.backfill.front().about.find("page by page"), std::string::npos);
  EXPECT_TRUE(batch_of(plan_of("UPDATE log SET line = upper(line)")).key.empty());
  EXPECT_EQ(
      refusal_of("UPDATE log SET line = md5(random()::text)"),
      "public.log has no key to go by: no primary key, no unique index over NOT NULL columns");
}

TEST(InBatches, AnUpdateWithoutAKeyEndsWithAVerificationThatOnlyTells) {
  plan::Plan const plan = plan_of("UPDATE log SET line = upper(line)");
  ASSERT_EQ(plan.backfill.size(), 2U);
  EXPECT_TRUE(verify_of(plan).tolerated);
  EXPECT_EQ(verify_of(plan).differs, "line IS DISTINCT FROM (upper(line))");
  EXPECT_EQ(plan_of("UPDATE tags SET place = 'x'").backfill.size(), 2U);
  EXPECT_EQ(plan_of("UPDATE users SET name = 'x'").backfill.size(), 1U);
}

TEST(InBatches, WithoutAKeyAnUpdateThatReadsWhatItWritesNeedsAConditionOfItsOwn) {
  for (char const* text :
       {"UPDATE points SET b = b + 1", "UPDATE points SET b = b + 1 WHERE a > 3",
        "UPDATE points SET note = note || 'x'", "UPDATE tags SET place = name || place",
        "UPDATE points SET note = upper(note), b = length(note)",
        "UPDATE points SET note = coalesce(note, 'x') || ('y')",
        "UPDATE points SET b = coalesce(b, 1) + 1"}) {
    EXPECT_NE(refusal_of(text).find("reads what the UPDATE writes"), std::string::npos) << text;
  }
  for (char const* text :
       {"UPDATE points SET b = b + 1 WHERE b < 0", "UPDATE points SET note = LOWER(points.note)",
        "UPDATE points SET note = coalesce(note, 'x')", "UPDATE points SET note = 'x', b = 7",
        "UPDATE points SET b = 1 WHERE a > 3", "UPDATE visits SET user_id = user_id + 1"}) {
    EXPECT_EQ(refusal_of(text), "a plan");
  }
}

TEST(InBatches, WithoutAKeyRowsStayInTheirPartition) {
  for (char const* text : {"UPDATE points SET day = '2026-01-01'", "UPDATE points SET a = 1"}) {
    EXPECT_NE(refusal_of(text).find("is partitioned"), std::string::npos) << text;
  }
  EXPECT_EQ(refusal_of("UPDATE log SET line = 'x'"), "a plan");
}

TEST(InBatches, AnUpdateWhoseConditionDiffersFromCallToCallIsRefused) {
  EXPECT_NE(refusal_of("UPDATE users SET name = 'x' WHERE random() < 0.1")
                .find("it has a WHERE whose answer differs from call to call"),
            std::string::npos);
}

TEST(InBatches, AUniqueIndexThatAllowsNullIsBetterThanNone) {
  plan::Plan const plan = plan_of("DELETE FROM tags WHERE name LIKE 'x%'");
  ASSERT_EQ(batch_of(plan).key.size(), 1U);
  EXPECT_EQ(batch_of(plan).key.front().raw(), "name");
  EXPECT_NE(plan.backfill.front().about.find("page by page what has no key"), std::string::npos);
}

TEST(InBatches, WhatCannotBeCutIsRefusedWithTheReason) {
  struct Case {
    char const* text;
    char const* reason;
  };
  for (auto const& [text, reason] : {
           Case{"DELETE FROM log", "public.log has no key to go by"},
           Case{"DELETE FROM unknown", "unknown is not a table known here"},
           Case{"DELETE FROM names", "names is not a table known here"},
           Case{"DELETE FROM visits WHERE user_id IN (SELECT id FROM users)",
                "it has a subquery: only a DELETE whose WHERE says row by row"},
           Case{"DELETE FROM comments WHERE spam", "rows of comments point to one another"},
           Case{"-- bellows: key at\nDELETE FROM visits WHERE at IS NULL",
                "the columns of `-- bellows: key` have no unique index over just them"},
           Case{"INSERT INTO log (line) SELECT sum(id)::text FROM users",
                "it has a value that cannot be computed row by row (an aggregate"},
           Case{"INSERT INTO log (line) SELECT u.name FROM users u JOIN visits v ON v.id = u.id",
                "it has a join"},
           Case{"INSERT INTO users (id, email) SELECT id + 1000, email FROM users",
                "it reads the table that it writes"},
           Case{"INSERT INTO people (no, mail) SELECT id, email FROM users",
                "no of public.people is GENERATED ALWAYS AS IDENTITY"},
           Case{"INSERT INTO people (mail, loud) SELECT email, name FROM users",
                "loud of public.people is generated"},
           Case{"INSERT INTO people (mail, lbl) SELECT email, name FROM users",
                "public.people has no column lbl"},
           Case{"INSERT INTO comments (id) SELECT id FROM users",
                "rows of comments point to one another"},
           Case{"INSERT INTO users (id, email) SELECT 1, line FROM log",
                "public.log has no key to go by"},
           Case{"INSERT INTO nowhere (id) SELECT id FROM users", "nowhere is not a table"},
       }) {
    EXPECT_EQ(refusal_of(text).substr(0, std::string_view(reason).size()), reason) << text;
    EXPECT_EQ(reviewed(text).verdict, Verdict::Unsafe) << text;
  }
}

TEST(InBatches, WhatTheServerSeesToIsNoObstacle) {
  EXPECT_EQ(plan_of("DELETE FROM threads").backfill.size(), 2U);  // they go along
  plan::Plan const plan =
      plan_of("INSERT INTO people (no, mail) OVERRIDING SYSTEM VALUE SELECT id, email FROM users");
  EXPECT_EQ(std::get<plan::CopyRows>(batch_of(plan).action).overriding, "SYSTEM VALUE");
}

TEST(InBatches, ARuleOnTheTableIsInTheWay) {
  catalog::Catalog catalog = known();
  catalog.table(sql::parse_qualified_name("visits"))
      ->dependents.push_back(
          {catalog::DependentKind::Rule, {sql::Identifier(), sql::Identifier("keep")}, {}});
  auto const made =
      plan::make_plan(sql::read_migration("m", "m.sql", "DELETE FROM visits"), catalog);
  auto const* no = std::get_if<plan::NoPlan>(&made);
  ASSERT_NE(no, nullptr);
  EXPECT_NE(no->reasons.front().reason.find("a rule rewrites statements on visits"),
            std::string::npos);
}

std::string errors_of(std::string_view text) {
  std::string rules;
  for (Finding const& finding : reviewed(text).findings) {
    if (finding.severity == Severity::Error) {
      rules += finding.rule + " ";
    }
  }
  return rules;
}

TEST(Within, RowsOfWithQueriesAndMergeAreFound) {
  struct Case {
    char const* text;
    char const* rules;
  };
  for (
      auto const& [text, rules] : {
          Case{"WITH x AS (UPDATE users SET name = 'x' RETURNING id) INSERT INTO log SELECT 'y'",
               "update-in-one-go "},
          Case{"WITH x AS (DELETE FROM log RETURNING line) SELECT * FROM x", "delete-in-one-go "},
          Case{"WITH x AS (DELETE FROM log RETURNING *) INSERT INTO tags (name) SELECT line FROM x",
               "delete-in-one-go "},
          Case{"WITH x AS (INSERT INTO log SELECT name FROM users RETURNING *) SELECT * FROM x",
               "insert-in-one-go "},
          Case{"WITH x AS (SELECT id FROM users) DELETE FROM log USING x", "delete-in-one-go "},
          Case{"WITH x AS (SELECT id FROM users) UPDATE users SET name = 'x' FROM x",
               "update-in-one-go "},
          Case{"WITH x AS (DELETE FROM log RETURNING 1) UPDATE users SET name = 'x' WHERE id = 1",
               "delete-in-one-go "},
          Case{
              "MERGE INTO users u USING people p ON u.id = p.no WHEN MATCHED THEN UPDATE SET name ="
              " p.label",
              "update-in-one-go "},
          Case{"MERGE INTO tags t USING log l ON t.name = l.line WHEN MATCHED THEN DELETE WHEN NOT"
               " MATCHED THEN INSERT (name) VALUES (l.line)",
               "delete-in-one-go insert-in-one-go "},
          Case{"EXPLAIN (ANALYZE, BUFFERS) DELETE FROM log", "delete-in-one-go "},
          Case{"EXPLAIN DELETE FROM log", ""},
          Case{"WITH x AS (UPDATE users SET name = 'x' WHERE id = 5 RETURNING *) SELECT * FROM x",
               ""},
          Case{"WITH x AS (SELECT 1) SELECT * FROM x", ""},
          Case{"MERGE INTO users u USING people p ON u.id = 7 WHEN MATCHED THEN DELETE", ""},
          Case{"MERGE INTO users u USING people p ON p.id = 7 WHEN MATCHED THEN DELETE",
               "delete-in-one-go "},
          Case{"MERGE INTO users u USING (VALUES (1, 'a')) v (no, name) ON u.id = v.no WHEN MATCHED"
               " THEN UPDATE SET name = v.name WHEN NOT MATCHED THEN INSERT VALUES (v.no, v.name)",
               ""},
          Case{"UPDATE users SET name = 'x' FROM people WHERE people.id = 7", "update-in-one-go "},
      }) {
    EXPECT_EQ(errors_of(text), rules) << text;
    EXPECT_EQ(reviewed(text).verdict, *rules == '\0' ? Verdict::Safe : Verdict::Unsafe) << text;
  }
}

TEST(Within, TheTablesWrittenAreLocked) {
  auto const lock_of = [](std::string_view text, std::string const& table) {
    for (locks::Effect const& effect : reviewed(text).effects.relations) {
      if (effect.relation.display() == table) {
        return effect.lock;
      }
    }
    return locks::Mode::AccessShare;
  };
  EXPECT_EQ(
      lock_of("WITH x AS (DELETE FROM log RETURNING 1) UPDATE users SET name = 'x'", "public.log"),
      locks::Mode::RowExclusive);
  EXPECT_EQ(
      lock_of("MERGE INTO users USING people ON id = no WHEN MATCHED THEN DELETE", "public.notes"),
      locks::Mode::RowExclusive)
      << "ON DELETE CASCADE";
}

TEST(Within, WhatIsAPartIsNotCutAlone) {
  EXPECT_EQ(refusal_of("WITH x AS (UPDATE users SET name = 'x' RETURNING id) SELECT * FROM x"),
            "its UPDATE is a part of another statement (WITH, MERGE), and cannot be cut alone");
  EXPECT_TRUE(refusal_of("WITH x AS (DELETE FROM notes RETURNING id) SELECT * FROM x")
                  .starts_with("it has WITH: "));
  EXPECT_TRUE(
      refusal_of("MERGE INTO users u USING people p ON u.id = p.no WHEN MATCHED THEN DELETE")
          .starts_with("it has MERGE: "));
}

}  // namespace
}  // namespace bellows::rules::in_batches_test
