#include "planner/rules/hazards.hpp"

#include "planner/catalog/replay.hpp"
#include "planner/rules/review.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace bellows::rules::hazards_test {
namespace {

constexpr char const* schema = R"(
CREATE TABLE users (id int PRIMARY KEY, email varchar(100), name text, role text, at timestamp,
  CONSTRAINT proof CHECK (role IS NOT NULL));
CREATE TABLE odd (id int PRIMARY KEY, base text, "Odd Name" int,
  short text GENERATED ALWAYS AS (left(base, 1)) STORED);
CREATE VIEW v AS SELECT base FROM odd;
CREATE MATERIALIZED VIEW kept AS SELECT base FROM odd;
CREATE TYPE mood AS ENUM ('a');
CREATE DOMAIN level AS int;
CREATE DOMAIN nowhere_used AS int;
CREATE SEQUENCE numbers;
CREATE FUNCTION full_name(int) RETURNS text LANGUAGE sql AS 'SELECT name FROM users WHERE id = $1';
CREATE TABLE numbered (id int GENERATED ALWAYS AS IDENTITY);
ALTER TABLE users ADD COLUMN plan text NOT NULL DEFAULT 'free';
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE sessions (id int PRIMARY KEY, user_id int REFERENCES users, level level);
CREATE INDEX users_name ON users (name);
CREATE UNIQUE INDEX users_email ON users (email);)";

catalog::Catalog known() {
  catalog::Catalog catalog;
  catalog.complete = true;
  catalog::replay_text(catalog, schema);
  return catalog;
}

std::vector<Reviewed> reviewed(std::string_view text, catalog::Catalog catalog = known()) {
  return review(sql::read_migration("m", "m.sql", text), catalog);
}

std::vector<std::string> rules_of(Reviewed const& one) {
  std::vector<std::string> rules;
  for (Finding const& finding : one.findings) {
    if (finding.severity != Severity::Note) {
      rules.push_back(finding.rule);
    }
  }
  return rules;
}

struct Case {
  char const* text;
  char const* rule;
};

constexpr Case hazards[] = {
    {"ALTER TABLE users RENAME TO people", "rename-table"},
    {"ALTER TABLE users SET SCHEMA app", "rename-table"},
    {"ALTER TABLE users DROP COLUMN name", "drop-column"},
    {"DROP TABLE sessions", "drop-table"},
    {"DROP VIEW v", "drop-view"},
    {"TRUNCATE sessions", "truncate"},
    {"TRUNCATE users, sessions", "truncate"},
    {"TRUNCATE users CASCADE", "truncate"},
    {"ALTER SCHEMA app RENAME TO shop", "rename-schema"},
    {"DROP DATABASE shop", "drop-database"},
    {"ALTER TABLE users ADD COLUMN a uuid DEFAULT gen_random_uuid()",
     "add-column-volatile-default"},
    {"ALTER TABLE users ADD COLUMN a bigserial", "add-column-volatile-default"},
    {"ALTER TABLE users ADD COLUMN a int GENERATED ALWAYS AS IDENTITY",
     "add-column-volatile-default"},
    {"ALTER TABLE users ADD COLUMN a positive", "add-column-constrained-domain"},
    {"ALTER TABLE users ADD COLUMN a int GENERATED ALWAYS AS (id) STORED", "add-column-stored"},
    {"ALTER TABLE users ADD COLUMN a int NOT NULL", "add-column-not-null"},
    {"CREATE INDEX ON users (role)", "index-not-concurrent"},
    {"CREATE UNIQUE INDEX i ON users (role)", "index-not-concurrent"},
    {"DROP INDEX users_name", "index-drop-not-concurrent"},
    {"ALTER TABLE users ALTER COLUMN name SET NOT NULL", "set-not-null"},
    {"ALTER TABLE users ALTER COLUMN id TYPE bigint", "change-type"},
    {"ALTER TABLE users ALTER COLUMN email TYPE varchar(10)", "change-type"},
    {"ALTER TABLE users ALTER COLUMN role TYPE varchar",
     "change-type"},  // its CHECK is tried again
    {"ALTER TABLE sessions ADD FOREIGN KEY (id) REFERENCES users", "add-foreign-key"},
    {"ALTER TABLE users ADD CHECK (id > 0)", "add-check"},
    {"ALTER TABLE users ADD COLUMN a int CHECK (a > 0)", "add-check"},
    {"ALTER TABLE users ADD UNIQUE (role)", "add-unique"},
    {"ALTER TABLE users ADD COLUMN a int UNIQUE", "add-unique"},
    {"ALTER TABLE users ADD EXCLUDE USING gist (id WITH =)", "add-exclude"},
    {"ALTER TYPE mood RENAME VALUE 'a' TO 'b'", "rename-enum-value"},
    {"COMMIT", "transaction-in-file"},
    {"ALTER DOMAIN level ADD CONSTRAINT c CHECK (VALUE > 0)", "domain-constraint"},
    {"VACUUM FULL users", "long-lock"},
    {"REFRESH MATERIALIZED VIEW kept", "refresh-not-concurrent"},
    {"CLUSTER", "long-lock"},
    {"VACUUM FULL", "long-lock"},
    {"REINDEX SYSTEM shop", "long-lock"},
    {"DROP FUNCTION full_name(int)", "drop-function"},
    {"DROP ROUTINE full_name", "drop-function"},
    {"DROP AGGREGATE total(int)", "drop-function"},
    {"DROP TYPE mood", "drop-type"},
    {"DROP DOMAIN nowhere_used", "drop-type"},
    {"DROP SEQUENCE numbers", "drop-sequence"},
    {"ALTER FUNCTION full_name(int) RENAME TO display_name", "rename-object"},
    {"ALTER PROCEDURE tidy() SET SCHEMA app", "rename-object"},
    {"ALTER TYPE mood RENAME TO temper", "rename-object"},
    {"ALTER SEQUENCE numbers SET SCHEMA app", "rename-object"},
    {"ALTER TABLE users ALTER COLUMN plan DROP DEFAULT", "drop-default"},
    {"ALTER TABLE numbered ALTER COLUMN id DROP IDENTITY", "drop-identity"},
    {"REVOKE SELECT ON users FROM webapp", "revoke"},
    {"REVOKE admin FROM webapp", "revoke"},
    {"CREATE RULE frozen AS ON DELETE TO users DO INSTEAD NOTHING", "rule-instead"},
    {"ALTER TABLE users DISABLE TRIGGER ALL", "disable-trigger"},
};

TEST(Hazards, AreRecognised) {
  for (auto const& [text, rule] : hazards) {
    auto const all = reviewed(text);
    EXPECT_EQ(all.at(0).verdict, Verdict::Unsafe) << text;
    EXPECT_EQ(rules_of(all[0]), std::vector<std::string>{rule}) << text;
  }
}

TEST(Hazards, OfNewerServers) {
  catalog::Catalog catalog = known();
  catalog.server_version = 18;
  EXPECT_EQ(rules_of(reviewed("ALTER TABLE odd ALTER short SET EXPRESSION AS (base)", catalog)[0]),
            std::vector<std::string>{"set-expression"});
  EXPECT_EQ(rules_of(reviewed("ALTER TABLE users ADD a int GENERATED ALWAYS AS (id) VIRTUAL",
                              catalog)[0]),
            std::vector<std::string>{});
  EXPECT_EQ(rules_of(reviewed("ALTER TABLE users ADD a int GENERATED ALWAYS AS (id) VIRTUAL CHECK "
                              "(a > 0)",
                              catalog)[0]),
            std::vector<std::string>{"add-check"});
  EXPECT_EQ(
      rules_of(reviewed("ALTER TABLE users ADD a int CHECK (a > 0) NOT ENFORCED", catalog)[0]),
      std::vector<std::string>{});
}

TEST(Hazards, EnforcingLaterHasItsOtherWay) {
  catalog::Catalog catalog = known();
  catalog.server_version = 18;
  catalog::replay_text(catalog,
                       "CREATE TABLE visits (user_id int, CONSTRAINT visits_user FOREIGN KEY "
                       "(user_id) REFERENCES users NOT ENFORCED)");
  Reviewed const one =
      reviewed("ALTER TABLE visits ALTER CONSTRAINT visits_user ENFORCED", catalog).at(0);
  EXPECT_EQ(rules_of(one), (std::vector<std::string>{"long-lock"}));
  EXPECT_NE(one.findings.at(0).remedy.find("NOT VALID, VALIDATE"), std::string::npos);
}

TEST(Hazards, ADomainWithoutConstraintsValidatesNone) {
  EXPECT_EQ(rules_of(reviewed("ALTER DOMAIN level VALIDATE CONSTRAINT c")[0]),
            (std::vector<std::string>{"statement-fails", "domain-constraint"}));
  EXPECT_EQ(rules_of(reviewed("ALTER DOMAIN positive DROP CONSTRAINT c")[0]),
            std::vector<std::string>{"depends"});
}

TEST(Hazards, WhatNoCatalogTellsIsADoubt) {
  EXPECT_EQ(rules_of(reviewed("CREATE INDEX CONCURRENTLY i ON users USING gin (name)")[0]),
            std::vector<std::string>{"depends"});
  EXPECT_EQ(rules_of(reviewed("ALTER TABLE odd DROP COLUMN base")[0]).front(),
            "blocked-by-dependents");
}

TEST(Hazards, AChangeOfTypeForgetsStatistics) {
  auto const all = reviewed("ALTER TABLE users ALTER COLUMN email TYPE varchar(200)");
  EXPECT_EQ(all[0].verdict, Verdict::Brief);
  auto const note = std::ranges::find(all[0].findings, "type-change-statistics", &Finding::rule);
  ASSERT_NE(note, all[0].findings.end());
  EXPECT_EQ(note->severity, Severity::Note);
  EXPECT_EQ(note->remedy, "ANALYZE public.users (email) right after the migration.");
}

/// The rules that the last statement gives.
std::vector<std::string> last_of(std::string const& text) {
  return rules_of(reviewed(text).back());
}

TEST(Hazards, EachSubCommandIsTold) {
  auto const told = [](std::string_view text) {
    std::vector<std::string> all;
    Reviewed const one = reviewed(text).at(0);
    for (Finding const& finding : one.findings) {
      std::string const at = std::string(text).substr(finding.at.offset, finding.at.length);
      all.push_back(finding.rule + ": " + at);
    }
    return all;
  };
  EXPECT_EQ(
      told("ALTER TABLE users DROP COLUMN name, DROP COLUMN at, ADD COLUMN b bigserial"),
      (std::vector<std::string>{"drop-column: DROP COLUMN name", "drop-column: DROP COLUMN at",
                                "add-column-volatile-default: ADD COLUMN b bigserial"}));
  EXPECT_EQ(told("ALTER TABLE users ALTER name SET NOT NULL, ALTER at SET NOT NULL"),
            (std::vector<std::string>{"set-not-null: SET NOT NULL", "set-not-null: SET NOT NULL"}));
  Reviewed const typed =
      reviewed("ALTER TABLE users ALTER name TYPE int USING 1, ALTER id TYPE bigint").at(0);
  EXPECT_EQ(rules_of(typed), (std::vector<std::string>{"change-type", "change-type"}));
  EXPECT_NE(typed.findings[1].message.find("of id "), std::string::npos);
  EXPECT_EQ(rules_of(reviewed("ALTER TABLE odd SET UNLOGGED, SET TABLESPACE x").at(0)),
            (std::vector<std::string>{"long-lock"}));
  EXPECT_EQ(rules_of(reviewed("ALTER TABLE users SET UNLOGGED").at(0)).front(), "statement-fails")
      << "sessions, which is logged, points to it";
  // One word about a rule is about all that it finds in the statement.
  EXPECT_EQ(rules_of(reviewed("-- bellows: allow drop-column because unused\n"
                              "ALTER TABLE users DROP COLUMN name, DROP COLUMN at")
                         .at(0)),
            std::vector<std::string>{});
}

TEST(Hazards, AFunctionThatTablesNeedIsKept) {
  catalog::Catalog catalog = known();
  catalog::replay_text(catalog, R"(
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE FUNCTION code(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
CREATE TABLE codes (id int DEFAULT public.code(1), g int GENERATED ALWAYS AS (code(id)) STORED,
  CONSTRAINT coded CHECK (code(id) > 0));
CREATE INDEX codes_i ON codes (id) WHERE code(id) = 1;)");
  for (auto const& [name, table] : catalog.tables) {
    catalog.table(name)->is_new = false;
  }
  auto const message = [&](char const* text) {
    Reviewed const one = reviewed(text, catalog).at(0);
    EXPECT_EQ(one.verdict, Verdict::Unsafe) << text;
    return one.findings.at(0).rule + ": " + one.findings.at(0).message;
  };
  EXPECT_EQ(
      message("DROP FUNCTION touch()"),
      "blocked-by-dependents: The statement fails (2BP01): touch is needed by trigger touched "
      "of public.users.");
  EXPECT_EQ(message("DROP ROUTINE public.code(int)"),
            "blocked-by-dependents: The statement fails (2BP01): public.code is needed by the "
            "default of column id of public.codes, generated column g of public.codes, constraint "
            "coded of public.codes, index codes_i of public.codes.");
  EXPECT_EQ(message("DROP FUNCTION touch CASCADE"),
            "drops-along: Dropping touch also drops trigger touched of public.users, which the "
            "statement does not name.");
  Reviewed const cascade = reviewed("DROP FUNCTION touch() CASCADE", catalog).at(0);
  EXPECT_EQ(cascade.effects.relations.at(0).relation.display(), "public.users");
  EXPECT_EQ(cascade.effects.relations.at(0).lock, locks::Mode::AccessExclusive);
  for (char const* text : {"DROP FUNCTION aside.touch()", "DROP FUNCTION code()",
                           "DROP FUNCTION touch(int)", "DROP FUNCTION IF EXISTS users()"}) {
    EXPECT_EQ(reviewed(text, catalog).at(0).verdict, Verdict::Safe) << text;
  }
  catalog::replay_text(catalog, "DROP FUNCTION touch() CASCADE; DROP FUNCTION code CASCADE");
  catalog::Table const& codes =
      *catalog.table({sql::Identifier("public"), sql::Identifier("codes")});
  EXPECT_TRUE(codes.constraints.empty() && codes.indexes.empty());
  EXPECT_EQ(codes.columns.size(), 1U);
  EXPECT_FALSE(codes.columns[0].default_sql);
  EXPECT_TRUE(
      catalog.table({sql::Identifier("public"), sql::Identifier("users")})->triggers.empty());
}

TEST(Hazards, ATimestampMovesByTheTimeZoneThatWasSet) {
  std::string const move = "ALTER TABLE users ALTER COLUMN at TYPE timestamptz;";
  std::vector<std::string> const none;
  std::vector<std::string> const rewrites{"change-type"};
  std::vector<std::string> const unknown{"change-type", "depends"};
  EXPECT_EQ(last_of(move), unknown);
  for (char const* utc :
       {"SET LOCAL TimeZone = 'UTC';", "SET timezone TO utc;", "SET TIME ZONE 'Etc/UTC';",
        "SET SESSION TimeZone = 'GMT';", "SELECT set_config('TimeZone', 'UTC', false);",
        "SET TIME ZONE 0;", "SET LOCAL TimeZone = 'Europe/Vienna'; SET TimeZone = 'UTC';"}) {
    EXPECT_EQ(last_of(utc + move), none) << utc;
  }
  EXPECT_EQ(last_of("SET LOCAL TimeZone = 'Europe/Vienna';" + move), rewrites);
  EXPECT_EQ(last_of("SET TIME ZONE 'nowhere';" + move), rewrites);
  EXPECT_EQ(last_of("SET TimeZone = 'UTC'; SET LOCAL TimeZone = 'Europe/Vienna';" + move),
            rewrites);
  for (char const* back :
       {"RESET TimeZone;", "SET TimeZone TO DEFAULT;", "SET TIME ZONE LOCAL;", "RESET ALL;"}) {
    EXPECT_EQ(last_of("SET LOCAL TimeZone = 'UTC';" + std::string(back) + move), unknown) << back;
  }
  EXPECT_EQ(last_of("SET LOCAL TimeZone = 'UTC';" + move.substr(0, move.size() - 1) +
                    " USING at AT TIME ZONE 'UTC'"),
            rewrites);
  Reviewed const indexed =
      reviewed("CREATE INDEX CONCURRENTLY i ON users (at); SET LOCAL TimeZone = 'UTC';" + move)
          .back();
  EXPECT_FALSE(indexed.effects.relations.at(0).rewrites);
  EXPECT_EQ(indexed.effects.relations.at(0).rebuilds_indexes, std::vector<std::string>{"public.i"});
}

TEST(Hazards, ATimeZoneEndsWithTheTransactionOrTheMigration) {
  std::string const move = "ALTER TABLE users ALTER COLUMN at TYPE timestamptz;";
  std::string const alone = "VACUUM users;";
  EXPECT_EQ(last_of("SET TimeZone = 'UTC';" + alone + move), std::vector<std::string>{});
  EXPECT_EQ(last_of("SET LOCAL TimeZone = 'UTC';" + alone + move),
            (std::vector<std::string>{"change-type", "depends"}));
  catalog::Catalog catalog = known();
  review(sql::read_migration("m", "m.sql", "SET TimeZone = 'UTC'; SELECT 1"), catalog);
  EXPECT_EQ(rules_of(review(sql::read_migration("n", "n.sql", move), catalog)[0]),
            (std::vector<std::string>{"change-type", "depends"}));
}

TEST(Hazards, AllHaveACase) {
  std::set<std::string_view> tried{"unknown-statement", "depends",  // no error, or no known text
                                   "set-expression", "type-change-statistics"};
  tried.insert({"drop-schema", "drop-key", "detach-not-concurrent", "drop-not-null"});  // below
  tried.insert("type-change-values");  // warnings: retyping_test.cpp, breaking_test.cpp
  tried.insert("disable-rule");
  for (Case const& one : hazards) {
    tried.insert(one.rule);
  }
  for (auto const& [rule, asked_of] : hazard_rules()) {
    EXPECT_TRUE(tried.contains(rule.id)) << rule.id;
    EXPECT_EQ(rule.split, nullptr);
  }
}

/// No errors: they hold nobody up for long, but are to be known.
TEST(Hazards, WhatGivesAPromiseUpIsToldOfALesserKind) {
  catalog::Catalog catalog;
  catalog::replay_text(catalog,
                       "CREATE TABLE t (id int PRIMARY KEY, a text NOT NULL UNIQUE, b int);"
                       "CREATE INDEX plain ON t (b); CREATE UNIQUE INDEX i ON t (b, a);"
                       "CREATE TABLE p (id int) PARTITION BY LIST (id);"
                       "CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1);"
                       "CREATE TABLE q (id int) PARTITION BY LIST (id);"
                       "CREATE TABLE q_1 PARTITION OF q FOR VALUES IN (1);"
                       "CREATE TABLE q_rest PARTITION OF q DEFAULT");
  struct Told {
    char const* text;
    char const* rule;
    bool is_told;
  };
  for (Told const& one : {
           Told{"ALTER TABLE t DROP CONSTRAINT t_pkey", "drop-key", true},
           Told{"ALTER TABLE t DROP CONSTRAINT t_a_key", "drop-key", true},
           Told{"ALTER TABLE t DROP CONSTRAINT t_a_key, ADD UNIQUE (a, b)", "drop-key", false},
           Told{"DROP INDEX CONCURRENTLY i", "drop-key", true},
           Told{"DROP INDEX CONCURRENTLY plain", "drop-key", false},
           Told{"ALTER TABLE p DETACH PARTITION p_1", "detach-not-concurrent", true},
           Told{"ALTER TABLE p DETACH PARTITION p_1 CONCURRENTLY", "detach-not-concurrent", false},
           Told{"ALTER TABLE q DETACH PARTITION q_1", "detach-not-concurrent", false},
           Told{"ALTER TABLE t ALTER a DROP NOT NULL", "drop-not-null", true},
       }) {
    catalog::Catalog before = catalog;
    auto const all = review(sql::read_migration("m", "m.sql", one.text), before);
    bool const told =
        std::ranges::find(all[0].findings, one.rule, &Finding::rule) != all[0].findings.end();
    EXPECT_EQ(told, one.is_told) << one.text;
    for (Finding const& finding : all[0].findings) {
      EXPECT_TRUE(finding.rule != one.rule || finding.severity != Severity::Error) << one.text;
    }
  }
}

TEST(Hazards, WhatTakesLongHasItsOtherWay) {
  for (auto const& [text, way] :
       {std::pair("REINDEX SCHEMA public", "REINDEX SCHEMA CONCURRENTLY"),
        std::pair("REINDEX DATABASE shop", "REINDEX DATABASE CONCURRENTLY"),
        std::pair("ALTER TABLE bare ADD PRIMARY KEY USING INDEX bare_a", "IS NOT NULL")}) {
    catalog::Catalog catalog = known();
    catalog::replay_text(catalog,
                         "CREATE TABLE bare (a int); CREATE UNIQUE INDEX bare_a ON bare (a)");
    Reviewed const one = reviewed(text, catalog).at(0);
    EXPECT_EQ(one.findings.at(0).rule, "long-lock") << text;
    EXPECT_NE(one.findings.at(0).remedy.find(way), std::string::npos) << text;
  }
}

TEST(Hazards, ATruncateIsRefusedOrEmptiesMore) {
  Reviewed const refused = reviewed("TRUNCATE users").at(0);
  EXPECT_EQ(rules_of(refused), (std::vector<std::string>{"blocked-by-dependents", "truncate"}));
  EXPECT_TRUE(refused.findings[0].message.starts_with("The statement fails (0A000)"));
  catalog::Catalog catalog = known();
  catalog::replay_text(catalog, "CREATE TABLE visits (session_id int REFERENCES sessions)");
  Reviewed const along = reviewed("TRUNCATE users CASCADE", catalog).at(0);
  EXPECT_NE(along.findings.at(0).message.find("public.sessions, public.visits"), std::string::npos);
  EXPECT_EQ(along.effects.relations.size(), 3U);
}

TEST(Hazards, ASchemaThatIsRenamedIsNamed) {
  auto const all =
      reviewed("CREATE TABLE app.t (id int); ALTER SCHEMA app RENAME TO shop; DROP TABLE shop.t");
  EXPECT_NE(all[1].findings.at(0).message.find("the schema app,"), std::string::npos)
      << all[1].findings.at(0).message;
  EXPECT_TRUE(all[2].effects.relations.at(0).on_new) << "its tables go with it";
}

TEST(Hazards, ASchemaIsDroppedWithItsTables) {
  catalog::Catalog catalog = known();
  catalog::replay_text(catalog,
                       "CREATE SCHEMA app; CREATE TABLE app.a (id int PRIMARY KEY);"
                       "CREATE TABLE bills (a_id int REFERENCES app.a);"
                       "CREATE VIEW a_ids AS SELECT id FROM app.a");
  Reviewed const cascade = reviewed("DROP SCHEMA app CASCADE", catalog).at(0);
  EXPECT_EQ(cascade.verdict, Verdict::Unsafe);
  EXPECT_EQ(rules_of(cascade), (std::vector<std::string>{"drops-along", "drop-schema", "depends"}));
  EXPECT_NE(cascade.findings[0].message.find("view public.a_ids"), std::string::npos);
  EXPECT_EQ(cascade.effects.relations.size(), 3U);
  EXPECT_EQ(cascade.effects.relations.at(0).relation.display(), "app.a");
  EXPECT_EQ(cascade.effects.relations.at(0).lock, locks::Mode::AccessExclusive);
  EXPECT_EQ(rules_of(reviewed("DROP SCHEMA app", catalog).at(0)),
            std::vector<std::string>{"blocked-by-dependents"});
  EXPECT_EQ(reviewed("DROP SCHEMA hollow", catalog).at(0).verdict, Verdict::Safe);
  catalog::replay_text(catalog, "DROP SCHEMA app CASCADE");
  EXPECT_TRUE(
      catalog.table({sql::Identifier("public"), sql::Identifier("bills")})->constraints.empty());
  EXPECT_EQ(catalog.table({sql::Identifier("public"), sql::Identifier("a_ids")}), nullptr);
}

TEST(Hazards, FillTheirTextsWithNames) {
  auto const all = reviewed("ALTER TABLE odd DROP COLUMN \"Odd Name\"");
  Finding const& finding = all.at(0).findings.at(0);
  EXPECT_NE(finding.message.find("\"Odd Name\" of public.odd"), std::string::npos);
  for (Case const& one : hazards) {
    auto const found = reviewed(one.text);
    for (Finding const& each : found.at(0).findings) {
      EXPECT_EQ((each.message + each.remedy).find('{'), std::string::npos) << each.message;
    }
  }
}

TEST(Hazards, AreNoneWhereNobodyWaits) {
  struct Quiet {
    char const* text;
    Verdict verdict;
  };
  for (auto const& [text, verdict] : {
           Quiet{"ALTER TABLE users ADD COLUMN a text", Verdict::Brief},
           Quiet{"ALTER TABLE users ADD COLUMN a text DEFAULT 'reader'", Verdict::Brief},
           Quiet{"ALTER TABLE users ADD COLUMN a timestamptz NOT NULL DEFAULT now()",
                 Verdict::Brief},
           Quiet{"ALTER TABLE users ADD COLUMN IF NOT EXISTS name text NOT NULL", Verdict::Brief},
           Quiet{"ALTER TABLE users ALTER COLUMN role SET NOT NULL", Verdict::Brief},
           Quiet{"ALTER TABLE users ALTER COLUMN email TYPE varchar(200)", Verdict::Brief},
           Quiet{"ALTER TABLE users ADD CHECK (id > 0) NOT VALID", Verdict::Brief},
           Quiet{"ALTER TABLE users ADD UNIQUE USING INDEX users_email", Verdict::Brief},
           Quiet{"ALTER TABLE sessions ADD FOREIGN KEY (id) REFERENCES users NOT VALID",
                 Verdict::Brief},
           Quiet{"ALTER TABLE users VALIDATE CONSTRAINT proof", Verdict::Safe},
           Quiet{"CREATE INDEX CONCURRENTLY i ON users (role)", Verdict::Safe},
           Quiet{"DROP INDEX CONCURRENTLY users_name", Verdict::Safe},
           Quiet{"CREATE TABLE t (id int PRIMARY KEY)", Verdict::Safe},
           Quiet{"CREATE TABLE t (id int REFERENCES users)", Verdict::Brief},
           Quiet{"COMMENT ON TABLE users IS 'x'", Verdict::Safe},
           Quiet{"INSERT INTO users (id) VALUES (1)", Verdict::Safe},
           Quiet{"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", Verdict::Safe},
       }) {
    auto const all = reviewed(text);
    EXPECT_EQ(to_string(all.at(0).verdict), to_string(verdict)) << text;
    EXPECT_EQ(rules_of(all[0]), std::vector<std::string>{}) << text;
  }
}

}  // namespace
}  // namespace bellows::rules::hazards_test
