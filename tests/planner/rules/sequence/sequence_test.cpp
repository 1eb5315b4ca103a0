#include "planner/rules/sequence/sequence.hpp"

#include "planner/catalog/replay.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>

namespace bellows::rules::sequence_test {
namespace {

constexpr char const* schema = R"(
CREATE TABLE users (id int PRIMARY KEY, name text, role text, CONSTRAINT old CHECK (id > 0));
CREATE TABLE sessions (id int PRIMARY KEY, user_id int, note text);
CREATE TYPE mood AS ENUM ('calm');)";

std::vector<Reviewed> reviewed(std::string_view text, int server_version = 15) {
  catalog::Catalog catalog;
  catalog.server_version = server_version;
  catalog.complete = true;
  catalog::replay_text(catalog, schema);
  return review(sql::read_migration("m", "m.sql", text), catalog);
}

/// Findings of sequence rules: "statement rule severity".
std::vector<std::string> found(std::string_view text, int server_version = 15) {
  std::vector<std::string> all;
  auto const statements = reviewed(text, server_version);
  for (std::size_t at = 0; at < statements.size(); ++at) {
    for (Finding const& finding : statements[at].findings) {
      bool const of_sequence = std::ranges::find(sequence_rules(), finding.rule,
                                                 &SequenceRule::id) != sequence_rules().end();
      if (of_sequence && finding.severity != Severity::Note) {
        all.push_back(std::to_string(at) + " " + finding.rule + " " +
                      std::string(to_string(finding.severity)));
      }
    }
  }
  return all;
}

using Found = std::vector<std::string>;

TEST(Sequence, WhatIsMadeAndDroppedInOneGoAsksForAMarker) {
  for (char const* text :
       {"CREATE TABLE t (id int); DROP TABLE t", "CREATE TABLE public.t (); DROP TABLE IF EXISTS t",
        "CREATE VIEW v AS SELECT 1; DROP VIEW v",
        "ALTER TABLE users ADD COLUMN a int; ALTER TABLE users DROP COLUMN a",
        "CREATE SEQUENCE s; DROP SEQUENCE s", "CREATE DOMAIN d AS int; DROP DOMAIN d",
        "CREATE MATERIALIZED VIEW m AS SELECT 1; DROP MATERIALIZED VIEW m",
        "SELECT 1;\n-- Down\nSELECT 2", "SELECT 1;\n-- migrate:dwon\nSELECT 2",
        "SELECT 1;\n-- Down Migraton: back\nSELECT 2",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT "
        "1';\n/* Down Migration */\nDROP FUNCTION f()"}) {
    EXPECT_EQ(found(text), Found{"1 section-marker error"}) << text;
  }
  EXPECT_EQ(found("CREATE TABLE t ();\n-- Down\nDROP TABLE t"), Found{"1 section-marker error"});
  EXPECT_EQ(found("CREATE INDEX i ON users (name); DROP INDEX i"), Found{"1 section-marker error"});
}

TEST(Sequence, WhatIsDroppedAndMadeAnewAsksForNone) {
  for (char const* text :
       {"DROP TABLE IF EXISTS t; CREATE TABLE t (id int)",
        "CREATE TEMP TABLE t (id int); DROP TABLE t",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; DROP FUNCTION f()",
        "CREATE TABLE a.t (id int); DROP TABLE b.t",
        "CREATE TABLE n (id int); ALTER TABLE sessions RENAME TO o; ALTER TABLE n RENAME TO "
        "sessions; DROP TABLE o",
        "ALTER TABLE users ADD CONSTRAINT c CHECK (id > 0) NOT VALID; ALTER TABLE users DROP "
        "CONSTRAINT c",
        "-- Down\nSELECT 1", "SELECT 1;\n-- Down", "SELECT 1 +\n-- down\n 2; SELECT 3",
        "CREATE TABLE t ();\n-- bellows: down\nDROP TABLE t",
        "CREATE TABLE t (id int);\n-- bellows: allow section-marker because it is scratch\nDROP "
        "TABLE t"}) {
    auto const all = found(text);
    EXPECT_EQ(std::ranges::find(all, "1 section-marker error"), all.end()) << text;
    EXPECT_TRUE(std::ranges::none_of(all, [](std::string const& one) {
      return one.find("section-marker") != std::string::npos;
    })) << text;
  }
}

TEST(Sequence, CachedPlansOnceForAllTables) {
  auto const all = reviewed(
      "SELECT 1; ALTER TABLE users ALTER name TYPE text; ALTER TABLE sessions ALTER note TYPE "
      "text");
  auto const note = std::ranges::find(all[1].findings, "cached-plans", &Finding::rule);
  ASSERT_NE(note, all[1].findings.end());
  EXPECT_EQ(note->severity, Severity::Note);
  EXPECT_NE(note->message.find("public.users, public.sessions"), std::string::npos);
  EXPECT_EQ(std::ranges::count(all[2].findings, "cached-plans", &Finding::rule), 0);
  for (char const* text :
       {"CREATE TABLE t (a int); ALTER TABLE t ADD b int",
        "CREATE INDEX CONCURRENTLY i ON users (name)", "ALTER TABLE users ADD a int",
        "ALTER TABLE users RENAME COLUMN name TO label"}) {
    for (Reviewed const& one : reviewed(text)) {
      EXPECT_EQ(std::ranges::count(one.findings, "cached-plans", &Finding::rule), 0) << text;
    }
  }
}

TEST(Sequence, AnUnenforcedCheckRejectsNothing) {
  catalog::Catalog catalog;
  catalog.server_version = 18;
  catalog::replay_text(catalog, schema);
  for (Reviewed const& one :
       review(sql::read_migration("m", "m.sql",
                                  "ALTER TABLE users ADD a int; ALTER TABLE users ADD CHECK (a IS "
                                  "NOT NULL) NOT ENFORCED; UPDATE users SET role = 'x'"),
              catalog)) {
    EXPECT_EQ(std::ranges::count(one.findings, "check-rejects-old-rows", &Finding::rule), 0);
  }
}

TEST(Sequence, ValidateBesideItsOwnConstraint) {
  EXPECT_EQ(found("ALTER TABLE users ADD CONSTRAINT c CHECK (id > 0) NOT VALID;"
                  "ALTER TABLE users VALIDATE CONSTRAINT c"),
            Found{"1 validate-in-same-migration warning"})
      << "bellows gives it a transaction of its own";
  EXPECT_EQ(found("BEGIN; ALTER TABLE users ADD CONSTRAINT c CHECK (id > 0) NOT VALID;"
                  "ALTER TABLE users VALIDATE CONSTRAINT c; COMMIT"),
            Found{"2 validate-in-same-migration error"});
  EXPECT_EQ(found("BEGIN; ALTER TABLE users ADD CONSTRAINT c CHECK (id > 0) NOT VALID; COMMIT;"
                  "BEGIN; ALTER TABLE users VALIDATE CONSTRAINT c; COMMIT"),
            Found{});
  EXPECT_EQ(found("ALTER TABLE public.users ADD CONSTRAINT c CHECK (id > 0) NOT VALID, "
                  "VALIDATE CONSTRAINT c"),
            Found{"0 validate-in-same-migration error"});
  EXPECT_EQ(found("ALTER TABLE users ADD CONSTRAINT c CHECK (id > 0) NOT VALID;"
                  "ALTER TABLE users VALIDATE CONSTRAINT other"),
            Found{});
  EXPECT_EQ(found("BEGIN; ALTER TABLE users ADD CONSTRAINT c CHECK (id > 0) NOT VALID;"
                  "ALTER TABLE users VALIDATE CONSTRAINT other; COMMIT"),
            Found{"2 read-under-lock error"});
  EXPECT_EQ(found("CREATE TABLE t (id int);"
                  "ALTER TABLE t ADD CONSTRAINT c CHECK (id > 0) NOT VALID;"
                  "ALTER TABLE t VALIDATE CONSTRAINT c"),
            Found{});
}

TEST(Sequence, ValidateSaysWhoWaits) {
  auto const message = [](char const* text) { return reviewed(text)[1].findings.at(0).message; };
  EXPECT_NE(message("ALTER TABLE users ADD CONSTRAINT c CHECK (id > 0) NOT VALID;"
                    "ALTER TABLE users VALIDATE CONSTRAINT c")
                .find(": reads and writes wait"),
            std::string::npos);
  EXPECT_NE(message("ALTER TABLE sessions ADD CONSTRAINT c FOREIGN KEY (user_id) REFERENCES users "
                    "NOT VALID; ALTER TABLE sessions VALIDATE CONSTRAINT c")
                .find(": writes wait"),
            std::string::npos);
}

TEST(Sequence, RowsAreReadUnderALockTakenBefore) {
  std::string const add = "ALTER TABLE users ADD a int;";
  for (char const* text : {"CREATE TABLE t AS SELECT * FROM users",
                           "CREATE MATERIALIZED VIEW m AS SELECT id FROM users", "ANALYZE users",
                           "SELECT count(*) FROM users", "COPY users TO '/tmp/users'"}) {
    EXPECT_EQ(found(add + text), Found{"1 read-under-lock error"}) << text;
    EXPECT_EQ(found(std::string(text) + ";" + add), Found{}) << text;
    EXPECT_EQ(found("ALTER TABLE users ALTER id SET STATISTICS 100;" + std::string(text)), Found{})
        << text;
    EXPECT_EQ(found(add + "SELECT 1 FROM users WHERE id = 1"), Found{});
  }
  EXPECT_EQ(found(add + "SELECT count(*) FROM sessions; ANALYZE sessions"), Found{});
  EXPECT_EQ(found(add + "CREATE TABLE t AS SELECT * FROM users WITH NO DATA"), Found{});
  EXPECT_EQ(found("CREATE TABLE t (id int); ALTER TABLE t ADD a int; SELECT count(*) FROM t"),
            Found{});
  // What cannot be in a transaction ends the one before it, and its locks.
  EXPECT_EQ(found(add + "CREATE INDEX CONCURRENTLY i ON users (a); SELECT count(*) FROM users"),
            Found{});
  auto const all = reviewed("BEGIN;" + add + "ALTER TABLE users VALIDATE CONSTRAINT old; COMMIT");
  EXPECT_EQ(all[2].verdict, Verdict::Unsafe);
  EXPECT_NE(all[2].findings.at(0).message.find("(ACCESS EXCLUSIVE)"), std::string::npos);
}

TEST(Sequence, RowSecurityWithoutAPolicy) {
  std::string const enable = "ALTER TABLE users ENABLE ROW LEVEL SECURITY;";
  EXPECT_EQ(found(enable), Found{"0 row-security-without-policy warning"});
  EXPECT_EQ(found("ALTER TABLE users FORCE ROW LEVEL SECURITY"),
            Found{"0 row-security-without-policy warning"});
  EXPECT_EQ(found(enable + "CREATE POLICY p ON users USING (true)"), Found{});
  EXPECT_EQ(found("CREATE POLICY p ON public.users USING (id > 0);" + enable), Found{});
  EXPECT_EQ(found("ALTER TABLE users DISABLE ROW LEVEL SECURITY"), Found{});
  EXPECT_EQ(found("CREATE TABLE t (id int); ALTER TABLE t ENABLE ROW LEVEL SECURITY"), Found{});
}

TEST(Sequence, PublishedWithoutAKey) {
  std::string const make = "CREATE TABLE t (id int);";
  Found const told{"1 published-without-key warning"};
  EXPECT_EQ(found(make + "CREATE PUBLICATION p FOR TABLE t, users"), told);
  EXPECT_EQ(found(make + "CREATE PUBLICATION p FOR ALL TABLES"), told);
  EXPECT_EQ(found(make + "CREATE PUBLICATION p FOR TABLE users; ALTER PUBLICATION p ADD TABLE t"),
            Found{"2 published-without-key warning"});
  EXPECT_EQ(found(make + "ALTER PUBLICATION p DROP TABLE t"), Found{});
  EXPECT_EQ(found("CREATE PUBLICATION p FOR TABLE users"), Found{});
  EXPECT_EQ(found("CREATE PUBLICATION p FOR ALL TABLES"), Found{});
  EXPECT_EQ(found(make + "CREATE PUBLICATION p FOR TABLE t WITH (publish = 'insert')"), Found{});
  EXPECT_EQ(found(make + "CREATE PUBLICATION p FOR TABLE t; ALTER TABLE t REPLICA IDENTITY FULL"),
            Found{});
  std::string const all = "CREATE PUBLICATION p FOR ALL TABLES";
  EXPECT_EQ(found("CREATE UNLOGGED TABLE t (id int);" + all), Found{}) << "is in no publication";
  EXPECT_EQ(found("CREATE TEMP TABLE t (id int);" + all), Found{});
  EXPECT_EQ(found("CREATE UNLOGGED TABLE t (id int);" + all + "; ALTER TABLE t SET LOGGED"),
            Found{"2 published-without-key warning"});
}

TEST(Sequence, APublishedTableLosesItsReplicaIdentity) {
  std::string const publish = "CREATE PUBLICATION p FOR TABLE users;";
  Found const told{"1 published-without-key error"};
  for (char const* text :
       {"ALTER TABLE users DROP CONSTRAINT users_pkey", "ALTER TABLE users DROP COLUMN id",
        "ALTER TABLE users REPLICA IDENTITY NOTHING"}) {
    EXPECT_EQ(found(publish + text), told) << text;
    EXPECT_EQ(found("SELECT 1;" + std::string(text)), Found{}) << text;
    EXPECT_EQ(found("CREATE PUBLICATION p FOR TABLE users WITH (publish = 'insert');" +
                    std::string(text)),
              Found{})
        << text;
    EXPECT_EQ(found(publish + text + "; DROP PUBLICATION p"), Found{}) << text;
    EXPECT_EQ(found(publish + text + "; ALTER TABLE users REPLICA IDENTITY FULL"), Found{}) << text;
  }
  std::string const indexed = "CREATE UNIQUE INDEX i ON users (id);" + publish +
                              "ALTER TABLE users REPLICA IDENTITY USING INDEX i;";
  EXPECT_EQ(found(indexed + "ALTER TABLE users DROP CONSTRAINT users_pkey"), Found{});
  EXPECT_EQ(found(indexed + "DROP INDEX i"),
            (Found{"3 published-without-key error", "3 section-marker error"}))
      << "an index is locked with its table";
  EXPECT_EQ(found("CREATE PUBLICATION p FOR ALL TABLES; CREATE TABLE t (id int)"),
            Found{"1 published-without-key warning"});
  EXPECT_EQ(found("CREATE PUBLICATION p FOR TABLES IN SCHEMA public; CREATE TABLE t (id int)"),
            Found{"1 published-without-key warning"});
  EXPECT_EQ(
      found("ALTER TABLE users REPLICA IDENTITY NOTHING; ALTER TABLE users ADD a int;" + publish),
      Found{"2 published-without-key error"});
  EXPECT_EQ(found("CREATE TABLE parts (id int) PARTITION BY RANGE (id);"
                  "CREATE PUBLICATION p FOR TABLE parts;"
                  "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (1)"),
            Found{"2 published-without-key warning"});
  auto const all = reviewed(publish + "ALTER TABLE users REPLICA IDENTITY NOTHING");
  EXPECT_EQ(all[1].verdict, Verdict::Unsafe);
}

// What stands between BEGIN and COMMIT is a transaction; what stands in two is not together.
TEST(Sequence, BracketsSayWhatSharesATransaction) {
  std::string const users = "ALTER TABLE users ADD a int;";
  std::string const sessions = "ALTER TABLE sessions ADD a int;";
  EXPECT_EQ(found("BEGIN;" + users + sessions + "COMMIT"), Found{"2 several-strong-locks warning"});
  EXPECT_EQ(found("BEGIN;" + users + "COMMIT; START TRANSACTION;" + sessions + "END"), Found{});
  EXPECT_EQ(found("LOCK TABLE users, sessions IN ACCESS EXCLUSIVE MODE;" + users + sessions),
            Found{});
  for (std::string const& text : std::vector<std::string>{
           "BEGIN;" + users, users + "COMMIT", "BEGIN;" + users + "ROLLBACK",
           "BEGIN;BEGIN;" + users + "COMMIT;COMMIT", "BEGIN ISOLATION LEVEL SERIALIZABLE; COMMIT",
           "BEGIN; SAVEPOINT s; COMMIT"}) {
    auto const all = reviewed(text);
    EXPECT_TRUE(std::ranges::any_of(all, [](Reviewed const& one) {
      return std::ranges::count(one.findings, "transaction-in-file", &Finding::rule) == 1;
    })) << text;
  }
}

TEST(Sequence, WaitsUnderALock) {
  std::string const lock = "ALTER TABLE users ADD a int;";
  for (std::string const wait :
       {"SELECT pg_sleep(1)", "SELECT PG_SLEEP_FOR('1 min')", "SELECT pg_catalog.pg_sleep(1)",
        "SELECT pg_advisory_lock(1)", "SELECT pg_advisory_xact_lock(1, 2) FROM sessions LIMIT 1",
        "SELECT dblink_exec('', '')", "DO $$ BEGIN PERFORM pg_sleep(1); END $$",
        "DO $do$ BEGIN PERFORM pg_sleep(1); EXECUTE 'x'; END $do$",
        "UPDATE sessions SET note = pg_sleep(1)::text WHERE id = 1"}) {
    EXPECT_EQ(std::ranges::count(found(lock + wait), "1 wait-under-lock error"), 1) << wait;
    EXPECT_EQ(
        std::ranges::count(found("BEGIN;" + lock + wait + ";COMMIT"), "2 wait-under-lock error"), 1)
        << wait;
    for (std::string const& text : {wait, wait + ";" + lock, "BEGIN;" + lock + "COMMIT;" + wait}) {
      auto const all = found(text);
      EXPECT_TRUE(std::ranges::none_of(all, [](std::string const& one) {
        return one.find("wait-under-lock") != std::string::npos;
      })) << text;
    }
  }
  EXPECT_EQ(found("DO $$ BEGIN ALTER TABLE users ADD a int; PERFORM pg_sleep(1); END $$"),
            Found{"0 wait-under-lock error"});
  for (std::string const& text : std::vector<std::string>{
           "DO $$ BEGIN PERFORM pg_sleep(1); ALTER TABLE users ADD a int; END $$",
           "CREATE INDEX CONCURRENTLY i ON users (name); SELECT pg_sleep(1)",
           "CREATE TABLE t (id int); ALTER TABLE t ADD a int; SELECT pg_sleep(1)"}) {
    EXPECT_EQ(found(text), Found{}) << text;
  }
  EXPECT_EQ(found(lock + "SELECT 'pg_sleep(1)'; SELECT pg_try_advisory_lock(1);"
                         "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT pg_sleep(1)'"),
            Found{});
}

// What is pointed at is the call.
TEST(Sequence, TheWaitIsPointedAt) {
  std::string const text = "DO $$ BEGIN ALTER TABLE users ADD a int; PERFORM pg_sleep(1); END $$";
  auto const all = reviewed(text);
  ASSERT_EQ(all.at(0).findings.size(), 1U);
  EXPECT_EQ(text.substr(all[0].findings[0].at.offset, all[0].findings[0].at.length), "pg_sleep");
}

TEST(Sequence, StrongLocksOnSeveralTables) {
  EXPECT_EQ(found("ALTER TABLE users ADD a int; ALTER TABLE users ADD b int;"
                  "ALTER TABLE sessions ADD a int; ALTER TABLE sessions ADD b int"),
            Found{"2 several-strong-locks warning"});
  EXPECT_EQ(found("ALTER TABLE users ADD a int; CREATE TABLE t (id int);"
                  "ALTER TABLE t ADD b int; SELECT * FROM sessions"),
            Found{});
  // A table's sequence is locked after it by everybody.
  EXPECT_EQ(found("ALTER TABLE users ADD a serial; ALTER TABLE users DROP a"),
            Found{"1 section-marker error"});
  // Two relations in one statement are locked in the server's own order.
  EXPECT_EQ(found("CREATE TABLE t (a int REFERENCES users, b int REFERENCES sessions)"), Found{});
}

// As a generated migration has them. Where each statement asked all the others, four times as many
// took sixteen times as long: 38 s here.
TEST(Sequence, ManyStatementsTakeTimeThatGrowsWithThem) {
  std::vector<Reviewed> statements(20000);
  for (std::size_t i = 0; i < statements.size(); ++i) {
    Reviewed& one = statements[i];
    one.statement.raw.text = "ALTER TABLE t" + std::to_string(i) + " ADD a int";
    one.statement.kind = "ALTER TABLE ADD COLUMN";
    sql::AlterTable alter;
    alter.table.name = sql::Identifier("t" + std::to_string(i));
    alter.commands.resize(1);
    alter.commands[0].action = sql::AlterAction::AddColumn;
    one.statement.body = alter;
    locks::Effect effect;
    effect.relation = alter.table;
    effect.lock = locks::Mode::AccessExclusive;
    one.effects.relations = {effect};
  }
  catalog::Catalog const catalog;
  std::clock_t const begun = std::clock();
  for (SequenceRule const& rule : sequence_rules()) {
    std::size_t const findings = rule.recognise({statements, catalog}).size();
    EXPECT_EQ(findings, rule.id == "several-strong-locks" ? 1U : 0U) << rule.id;
  }
  EXPECT_LT((std::clock() - begun) / CLOCKS_PER_SEC, 10) << "seconds of this process";
}

TEST(Sequence, SchemaAndDataTogether) {
  EXPECT_EQ(found("ALTER TABLE users ADD a int; INSERT INTO sessions (id) SELECT 1"),
            Found{"1 schema-and-data-together warning"});
  EXPECT_EQ(found("DELETE FROM users; ALTER TABLE users ADD a int"),
            Found{"0 schema-and-data-together warning"});
  EXPECT_EQ(found("CREATE TABLE t (id int); INSERT INTO t VALUES (1)"), Found{});
  EXPECT_EQ(found("ALTER TABLE users ADD a int; CREATE TABLE t (id int); INSERT INTO t VALUES (1)"),
            Found{});
  EXPECT_EQ(found("INSERT INTO users (id) VALUES (1); DELETE FROM sessions"), Found{});
}

TEST(Sequence, EnumValueAddedAndUsed) {
  std::string const add = "ALTER TYPE mood ADD VALUE 'wild';";
  EXPECT_EQ(found(add + "ALTER TABLE users ADD m mood DEFAULT 'wild'"),
            Found{"1 enum-value-used-at-once error"});
  EXPECT_EQ(found(add + "ALTER TABLE users ADD m mood DEFAULT 'calm'"), Found{});
  EXPECT_EQ(found("ALTER TABLE users ADD m text DEFAULT 'wild';" + add), Found{});
  std::string const fresh =
      "CREATE TYPE fresh AS ENUM ('a'); ALTER TYPE fresh ADD VALUE 'b';"
      "CREATE TABLE t (f fresh DEFAULT 'b')";
  EXPECT_EQ(found(fresh, 13), Found{"2 enum-value-used-at-once error"});
  EXPECT_EQ(found(fresh, 16), Found{"2 enum-value-used-at-once error"});
  EXPECT_EQ(found(fresh, 17), Found{});
  EXPECT_EQ(found("CREATE TYPE fresh AS ENUM ('a'); CREATE TABLE t (f fresh DEFAULT 'a')"),
            Found{});
  // A function in SQL is read when it is made, quoted or not; one in PL/pgSQL is not.
  std::string const made = "CREATE FUNCTION f() RETURNS mood ";
  Found const fails{"1 enum-value-used-at-once error"};
  EXPECT_EQ(found(add + made + "LANGUAGE sql AS $$ SELECT 'wild'::mood $$"), fails);
  EXPECT_EQ(found(add + made + "LANGUAGE sql AS 'SELECT ''wild''::mood'"), fails);
  EXPECT_EQ(found(add + made + "LANGUAGE sql BEGIN ATOMIC SELECT 'wild'::mood; END"), fails);
  EXPECT_EQ(found(add + made + "LANGUAGE sql AS $$ SELECT 'calm'::mood $$"), Found{});
  EXPECT_EQ(found(add + made + "LANGUAGE plpgsql AS $$ BEGIN RETURN 'wild'; END $$"), Found{});
  std::string const off = "SET LOCAL check_function_bodies = off;" + add + made;
  EXPECT_EQ(found(off + "LANGUAGE sql AS $$ SELECT 'wild'::mood $$"), Found{});
  EXPECT_EQ(found(off + "LANGUAGE sql RETURN 'wild'::mood"),
            Found{"2 enum-value-used-at-once error"});
  EXPECT_EQ(found(add + "ALTER TYPE mood RENAME VALUE 'calm' TO 'quiet'"), Found{});
  std::string const renamed = add + "ALTER TYPE mood RENAME VALUE 'wild' TO 'odd';";
  EXPECT_EQ(found(renamed), Found{});
  EXPECT_EQ(found(renamed + "ALTER TABLE users ADD m mood DEFAULT 'odd'"),
            Found{"2 enum-value-used-at-once error"});
  auto const all = reviewed(add + "CREATE TABLE t (m mood DEFAULT 'wild')");
  ASSERT_EQ(all[1].findings.size(), 1U);
  EXPECT_EQ(all[1].verdict, Verdict::Unsafe);
  Span const at = all[1].findings[0].at;
  EXPECT_EQ(all[1].statement.raw.text.substr(at.offset, at.length), "'wild'");
}

TEST(Sequence, ConcurrentlyInsideATransaction) {
  EXPECT_EQ(found("BEGIN; CREATE INDEX CONCURRENTLY i ON users (name); COMMIT;"),
            Found{"1 concurrently-in-transaction error"});
  EXPECT_EQ(found("BEGIN; SELECT 1; COMMIT; DROP INDEX CONCURRENTLY i"), Found{});
}

TEST(Sequence, CheckThatNoOldRowCanMeet) {
  std::string const add = "ALTER TABLE users ADD COLUMN tier text;";
  std::string const check = "ALTER TABLE users ADD CONSTRAINT c CHECK (tier IS NOT NULL) NOT VALID";
  EXPECT_EQ(found(add + check), Found{"1 check-rejects-old-rows error"});
  EXPECT_EQ(found("ALTER TABLE users ADD COLUMN tier text DEFAULT 'free';" + check), Found{});
  EXPECT_EQ(found(check), Found{});
  EXPECT_EQ(found(add + "ALTER TABLE users ADD CHECK (tier IS NOT NULL OR role IS NULL) NOT VALID"),
            Found{});
  EXPECT_EQ(found("ALTER TABLE users ADD CHECK (id > 0) NOT VALID; UPDATE users SET role = 'x'"),
            (Found{"1 schema-and-data-together warning", "1 check-rejects-old-rows warning"}));
}

TEST(Sequence, AllowSilencesThemToo) {
  auto const all = reviewed(
      "ALTER TABLE users ADD a int;\n"
      "-- bellows: allow several-strong-locks because nobody uses sessions at night\n"
      "ALTER TABLE sessions ADD a int");
  EXPECT_TRUE(all[1].findings.empty());
  ASSERT_EQ(all[1].allowed.size(), 1U);
  EXPECT_EQ(all[1].allowed[0].second, "nobody uses sessions at night");
}

TEST(IndexIfNotExists, PassesOverAnInvalidIndex) {
  catalog::Catalog catalog;
  catalog::replay_text(catalog, "CREATE TABLE t (a int); CREATE INDEX i ON t (a)");
  auto const migration =
      sql::read_migration("m", "m.sql", "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)");
  EXPECT_TRUE(review(migration, catalog)[0].findings.empty());
  catalog.tables.edit(catalog.tables.begin()->first)->indexes[0].valid = false;
  auto const all = review(migration, catalog, conduct_of(*runner_named("psql"), ""));
  ASSERT_EQ(all[0].findings.size(), 1U);
  EXPECT_EQ(all[0].findings[0].rule, "concurrently-if-not-exists");
  EXPECT_EQ(all[0].findings[0].severity, Severity::Error);
  catalog.tables.edit(catalog.tables.begin()->first)->indexes.clear();
  EXPECT_EQ(review(migration, catalog)[0].findings.at(0).severity, Severity::Warning);
}

}  // namespace
}  // namespace bellows::rules::sequence_test
