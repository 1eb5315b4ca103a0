#include "planner/catalog/replay.hpp"

#include "planner/catalog/dump.hpp"
#include "planner/catalog/names.hpp"

#include <gtest/gtest.h>

namespace bellows::catalog::replay_test {
namespace {

Catalog replayed(std::string_view text) {
  Catalog catalog;
  catalog.complete = true;
  replay_text(catalog, text);
  return catalog;
}

QualifiedName in_public(std::string name) {
  return {Identifier("public"), Identifier(std::move(name))};
}

Table const& table(Catalog const& catalog, std::string_view name) {
  Table const* found = catalog.table({Identifier(), Identifier(std::string(name))});
  if (found == nullptr) {
    throw std::runtime_error("no table " + std::string(name));
  }
  return *found;
}

template <typename Part>
std::vector<std::string> names(std::vector<Part> const& parts) {
  std::vector<std::string> result;
  for (Part const& part : parts) {
    result.push_back(part.name.raw());
  }
  return result;
}

using Names = std::vector<std::string>;

constexpr char const* project = R"(
CREATE TABLE users (
  id serial PRIMARY KEY,
  email varchar(255) NOT NULL UNIQUE,
  name varchar(100) NOT NULL,
  password_hash varchar(255) NOT NULL,
  created_at timestamp NOT NULL DEFAULT current_timestamp);
CREATE TABLE sessions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id integer NOT NULL REFERENCES users ON DELETE CASCADE,
  token varchar(64) NOT NULL UNIQUE,
  expires_at timestamptz NOT NULL);
CREATE INDEX sessions_token_idx ON sessions (token);
CREATE INDEX ON sessions (user_id);
CREATE INDEX ON sessions (lower(token), expires_at) INCLUDE (user_id) WHERE expires_at IS NOT NULL;
)";

TEST(Replay, MakesTheSampleProjectsTables) {
  Catalog const catalog = replayed(project);
  EXPECT_TRUE(catalog.complete);
  Table const& users = table(catalog, "users");
  EXPECT_EQ(names(users.columns), (Names{"id", "email", "name", "password_hash", "created_at"}));
  EXPECT_EQ(names(users.constraints), (Names{"users_email_key", "users_pkey"}));
  EXPECT_EQ(names(users.indexes), (Names{"users_email_key", "users_pkey"}));
  Column const& id = users.columns[0];
  EXPECT_EQ(id.type, "integer");
  EXPECT_TRUE(id.not_null);
  EXPECT_EQ(id.default_sql, "nextval('public.users_id_seq'::regclass)");
  EXPECT_EQ(users.columns[4].type, "timestamp without time zone");

  Table const& sessions = table(catalog, "sessions");
  EXPECT_EQ(names(sessions.indexes),
            (Names{"sessions_lower_expires_at_user_id_idx", "sessions_pkey", "sessions_token_idx",
                   "sessions_token_key", "sessions_user_id_idx"}));
  Constraint const* key = sessions.constraint(Identifier("sessions_user_id_fkey"));
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(key->references, in_public("users"));
  EXPECT_EQ(key->referenced_columns, std::vector{Identifier("id")});
  EXPECT_EQ(sessions.columns[0].identity, Identity::Always);
  Index const& partial = sessions.indexes[0];
  EXPECT_TRUE(partial.partial && partial.has_expressions);
  EXPECT_EQ(partial.columns,
            (std::vector{Identifier("expires_at"), Identifier("user_id"), Identifier("token")}));
  EXPECT_EQ(partial.key_columns, 1U);
}

/// What a whole dump does not have is not there; another file may be a part.
TEST(Replay, TakesADumpToItsEndForEverything) {
  std::string const table = "CREATE TABLE public.t (id int);\n";
  EXPECT_TRUE(is_whole_dump("--\n" + table + "--\n-- PostgreSQL database dump complete\n--\n"));
  EXPECT_FALSE(is_whole_dump("--\n-- PostgreSQL database dump\n--\n" + table));
  EXPECT_FALSE(is_whole_dump(table));
}

TEST(Replay, FollowsARenamedColumnEverywhere) {
  Catalog const catalog = replayed(std::string(project) + R"(
    ALTER TABLE users ADD CONSTRAINT adult CHECK (id > 0 AND name <> 'id');
    ALTER TABLE users RENAME COLUMN id TO "User Id";
    ALTER TABLE sessions RENAME COLUMN token TO secret;)");
  Table const& users = table(catalog, "users");
  Table const& sessions = table(catalog, "sessions");
  EXPECT_EQ(users.constraint(Identifier("adult"))->definition,
            "CHECK (\"User Id\" > 0 AND name <> 'id')");
  EXPECT_EQ(users.index(Identifier("users_pkey"))->definition,
            "CREATE UNIQUE INDEX users_pkey ON public.users USING btree (\"User Id\")");
  EXPECT_EQ(sessions.constraint(Identifier("sessions_user_id_fkey"))->referenced_columns,
            std::vector{Identifier("User Id")});
  EXPECT_EQ(sessions.indexes[0].definition,
            "CREATE INDEX sessions_lower_expires_at_user_id_idx ON public.sessions USING btree"
            " (lower(secret), expires_at) INCLUDE (user_id) WHERE expires_at IS NOT NULL");
}

TEST(Replay, KeepsPartitionKeysWithTheirColumns) {
  Catalog const catalog = replayed(R"(
    CREATE TABLE events (id int, day date, kind text, note text)
      PARTITION BY RANGE (day, lower(kind || note));
    CREATE TABLE plain (id int);
    ALTER TABLE events RENAME COLUMN kind TO sort;)");
  sql::PartitionKey const& key = table(catalog, "events").partition_key;
  EXPECT_EQ(key.strategy, "range");
  EXPECT_TRUE(key.has_expressions);
  EXPECT_EQ(key.columns, (std::vector{Identifier("day"), Identifier("sort"), Identifier("note")}));
  EXPECT_EQ(table(catalog, "plain").partition_key, sql::PartitionKey{});
}

TEST(Replay, DropsWhatHangsOnAColumn) {
  Catalog const catalog = replayed(std::string(project) + R"(
    CREATE INDEX covering ON sessions (id) INCLUDE (expires_at);
    ALTER TABLE sessions DROP COLUMN expires_at, DROP COLUMN user_id;)");
  Table const& sessions = table(catalog, "sessions");
  EXPECT_EQ(names(sessions.columns), (Names{"id", "token"}));
  EXPECT_EQ(names(sessions.indexes),
            (Names{"sessions_pkey", "sessions_token_idx", "sessions_token_key"}));
  EXPECT_EQ(names(sessions.constraints), (Names{"sessions_pkey", "sessions_token_key"}));
}

TEST(Replay, AltersColumns) {
  Catalog const catalog = replayed(std::string(project) + R"(
    ALTER TABLE users ADD COLUMN role varchar(20) DEFAULT 'reader', ADD COLUMN IF NOT EXISTS name int;
    ALTER TABLE users ALTER role SET NOT NULL, ALTER name DROP NOT NULL, ALTER role DROP DEFAULT;
    ALTER TABLE users ALTER COLUMN name TYPE text COLLATE "C", ALTER email SET DEFAULT lower('X');)");
  Table const& users = table(catalog, "users");
  EXPECT_EQ(users.columns.size(), 6U);
  EXPECT_TRUE(users.column(Identifier("role"))->not_null);
  EXPECT_FALSE(users.column(Identifier("role"))->default_sql.has_value());
  EXPECT_FALSE(users.column(Identifier("name"))->not_null);
  EXPECT_EQ(users.column(Identifier("name"))->type, "text");
  EXPECT_EQ(users.column(Identifier("name"))->collation, "\"C\"");
  EXPECT_EQ(users.column(Identifier("email"))->default_sql, "lower('X')");
}

TEST(Replay, FollowsConstraints) {
  Catalog catalog = replayed(std::string(project) + R"(
    ALTER TABLE users ADD CONSTRAINT named CHECK (name <> '') NOT VALID;
    CREATE UNIQUE INDEX by_name ON users (name);
    ALTER TABLE users ADD CONSTRAINT users_name_key UNIQUE USING INDEX by_name;)");
  Table const& before = table(catalog, "users");
  EXPECT_FALSE(before.constraint(Identifier("named"))->validated);
  EXPECT_EQ(before.index(Identifier("by_name")), nullptr);
  EXPECT_EQ(before.constraint(Identifier("users_name_key"))->columns,
            std::vector{Identifier("name")});
  replay_text(catalog, R"(
    ALTER TABLE users VALIDATE CONSTRAINT named;
    ALTER TABLE users RENAME CONSTRAINT users_name_key TO one_name;
    ALTER INDEX users_pkey RENAME TO users_key;
    ALTER TABLE users DROP CONSTRAINT users_email_key;)");
  Table const& users = table(catalog, "users");
  EXPECT_TRUE(users.constraint(Identifier("named"))->validated);
  EXPECT_EQ(names(users.constraints), (Names{"named", "one_name", "users_key"}));
  EXPECT_EQ(names(users.indexes), (Names{"one_name", "users_key"}));
}

TEST(Replay, MovesAndDropsTables) {
  Catalog catalog = replayed(std::string(project) + R"(
    ALTER TABLE users RENAME TO people; CREATE SCHEMA app; ALTER TABLE people SET SCHEMA app;)");
  QualifiedName const moved{Identifier("app"), Identifier("people")};
  ASSERT_NE(catalog.table(moved), nullptr);
  EXPECT_EQ(table(catalog, "sessions").constraints[2].references, moved);
  ASSERT_EQ(catalog.referencing(moved).size(), 1U);
  replay_text(catalog, "DROP TABLE app.people CASCADE");
  EXPECT_EQ(catalog.tables.size(), 1U);
  EXPECT_EQ(names(table(catalog, "sessions").constraints),
            (Names{"sessions_pkey", "sessions_token_key"}));
}

TEST(Replay, GivesPartitionsTheirParentsParts) {
  Catalog const catalog = replayed(R"(
    CREATE TABLE m (day date NOT NULL, v int, PRIMARY KEY (day)) PARTITION BY RANGE (day);
    CREATE INDEX ON m (v);
    CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
    CREATE TABLE m2 (day date NOT NULL, v int);
    ALTER TABLE m ATTACH PARTITION m2 FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
    ALTER TABLE m RENAME COLUMN v TO value; ALTER TABLE m ADD COLUMN note text;)");
  for (char const* name : {"m1", "m2"}) {
    Table const& part = table(catalog, name);
    EXPECT_EQ(part.partition_of, in_public("m"));
    EXPECT_EQ(names(part.columns), (Names{"day", "value", "note"})) << name;
    EXPECT_EQ(names(part.indexes),
              (Names{std::string(name) + "_pkey", std::string(name) + "_v_idx"}));
  }
}

TEST(Replay, NamesAPartitionsCheckAfterItsParent) {
  Catalog const catalog = replayed(R"(
    CREATE TABLE m (v int) PARTITION BY RANGE (v);
    CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (9);
    ALTER TABLE m ADD CHECK (v > 0);
    CREATE TRIGGER t BEFORE INSERT ON m FOR EACH ROW EXECUTE FUNCTION f();
    CREATE TRIGGER s BEFORE INSERT ON m EXECUTE FUNCTION f();)");
  EXPECT_EQ(names(table(catalog, "m1").constraints), Names{"m_v_check"});
  EXPECT_EQ(names(table(catalog, "m1").triggers), Names{"t"});
  EXPECT_EQ(names(table(catalog, "m").triggers), (Names{"s", "t"}));
}

TEST(Replay, KnowsIncludedColumnsAndMethodsOfKeys) {
  Catalog catalog = replayed(
      "CREATE TABLE t (a int, b int, UNIQUE (b) INCLUDE (a), EXCLUDE USING hash (b WITH =))");
  Table const& before = table(catalog, "t");
  EXPECT_EQ(names(before.indexes), (Names{"t_b_a_key", "t_b_excl"}));
  EXPECT_EQ(before.indexes[0].key_columns, 1U);
  EXPECT_EQ(before.indexes[0].columns, (std::vector{Identifier("b"), Identifier("a")}));
  EXPECT_EQ(before.indexes[1].method, "hash");
  replay_text(catalog, "ALTER TABLE t DROP COLUMN a");
  EXPECT_EQ(names(table(catalog, "t").constraints), Names{"t_b_excl"});
  EXPECT_EQ(names(table(catalog, "t").indexes), Names{"t_b_excl"});
}

TEST(Replay, KeepsTriggers) {
  Catalog const catalog = replayed(std::string(project) + R"(
    CREATE TRIGGER b BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f();
    CREATE TRIGGER a AFTER INSERT ON users EXECUTE FUNCTION f();
    CREATE TRIGGER c BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f();
    DROP TRIGGER c ON users; ALTER TRIGGER b ON users RENAME TO z;)");
  Table const& users = table(catalog, "users");
  EXPECT_EQ(names(users.triggers), (Names{"a", "z"}));
  EXPECT_FALSE(users.triggers[0].before_row);
  EXPECT_TRUE(users.triggers[1].before_row && users.triggers[1].on_update);
}

TEST(Replay, TriggersFollowTheirColumnsAndFunctions) {
  Catalog catalog = replayed(R"(
    CREATE TABLE t (a int, b int);
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
    CREATE FUNCTION touch(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
    CREATE TRIGGER r AFTER UPDATE OF a ON t FOR EACH ROW
      WHEN (NEW.a > 0 AND old.b IS NULL) EXECUTE FUNCTION touch('x', 5);)");
  Trigger const& before = table(catalog, "t").triggers.at(0);
  EXPECT_EQ(before.function.display(), "public.touch");
  EXPECT_EQ(before.arguments, (Names{"x", "5"}));
  EXPECT_EQ(catalog.functions.of_trigger(before.function)->body, "BEGIN RETURN NEW; END");
  Catalog const copy = catalog;
  replay_text(catalog, R"(
    ALTER TABLE t RENAME COLUMN a TO "A"; ALTER TABLE t DISABLE TRIGGER ALL;
    ALTER FUNCTION touch(int) STABLE; ALTER FUNCTION touch() RENAME TO stamp;)");
  Trigger const& trigger = table(catalog, "t").triggers.at(0);
  EXPECT_EQ(trigger.columns, std::vector{Identifier("A")});
  EXPECT_EQ(trigger.when, R"(new."A" > 0 AND old.b IS NULL)");
  EXPECT_EQ(trigger.fires, Firing::Never);
  EXPECT_EQ(trigger.function.display(), "public.stamp");
  EXPECT_NE(copy.functions.of_trigger({Identifier("public"), Identifier("touch")}), nullptr);
  replay_text(catalog, "DROP FUNCTION stamp");
  EXPECT_TRUE(catalog.functions.empty());
}

TEST(Replay, TemporaryViewsHoldNothingBackOnceTheyAreGone) {
  Catalog catalog =
      replayed("CREATE TABLE t (a int, b int); CREATE TEMPORARY VIEW v AS SELECT a FROM t");
  EXPECT_TRUE(table(catalog, "t").dependents.empty());
  replay_text(catalog, "CREATE TEMPORARY VIEW v AS SELECT b FROM t");
  EXPECT_TRUE(table(catalog, "t").dependents.empty());
}

// PostgreSQL lets views go in a circle, and refuses only to read them.
TEST(Replay, DropsAViewThatReadsItself) {
  Catalog const catalog = replayed(
      "CREATE VIEW a AS SELECT 1 AS x; CREATE VIEW b AS SELECT x FROM a;"
      "CREATE OR REPLACE VIEW a AS SELECT x FROM b; DROP VIEW a CASCADE");
  EXPECT_TRUE(catalog.tables.empty());
}

TEST(Replay, AdmitsWhatItDoesNotUnderstand) {
  for (char const* text :
       {"DO $$ BEGIN EXECUTE f(); END $$", "CREATE EXTENSION citext", "SELECT make_tables()",
        "ALTER TABLE t MERGE PARTITIONS (a, b) INTO c", "CREATE TABLE t OF shape",
        "CREATE TABLE t (LIKE u INCLUDING ALL)", "CREATE TABLE v AS SELECT max(1)",
        "CREATE MATERIALIZED VIEW v AS SELECT f(1)", "DROP FUNCTION f CASCADE"}) {
    EXPECT_FALSE(replayed(text).complete) << text;
  }
  for (char const* text : {"SET x = 1", "SELECT set_config('a', 'b', false)",
                           "GRANT SELECT ON t TO x", "UPDATE t SET a = 1",
                           "ALTER TABLE nowhere ADD COLUMN a int", "COMMENT ON TABLE t IS 'x'"}) {
    Catalog expected;
    expected.complete = true;
    EXPECT_EQ(replayed(text), expected) << text;
  }
}

TEST(Replay, NamesTheColumnsOfQueriesAndTypes) {
  Catalog const catalog = replayed(R"(
    CREATE TABLE t (id int PRIMARY KEY, name varchar(20));
    CREATE TYPE pair AS (first int, second text);
    CREATE TABLE pairs OF pair;
    CREATE VIEW v AS SELECT t.id AS number, max(name) FROM t GROUP BY 1;
    CREATE MATERIALIZED VIEW m AS SELECT * FROM t;
    CREATE VIEW odd AS SELECT * FROM f();)");
  EXPECT_TRUE(catalog.complete);
  EXPECT_EQ(names(table(catalog, "pairs").columns), (Names{"first", "second"}));
  EXPECT_EQ(names(table(catalog, "v").columns), (Names{"number", "max"}));
  EXPECT_EQ(table(catalog, "v").columns[0].type, "integer");
  EXPECT_EQ(table(catalog, "v").columns[1].type, "");
  EXPECT_EQ(table(catalog, "m").columns[1].type, "character varying(20)");
  EXPECT_TRUE(table(catalog, "odd").columns.empty());
}

TEST(Replay, ReadsPgDump) {
  Catalog const catalog = replayed(R"(
\restrict abc'def
SET default_tablespace = '';
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.users (id integer NOT NULL, email public.citext);
CREATE SEQUENCE public.users_id_seq AS integer START WITH 1;
ALTER SEQUENCE public.users_id_seq OWNED BY public.users.id;
ALTER TABLE ONLY public.users ALTER COLUMN id SET DEFAULT nextval('public.users_id_seq'::regclass);
ALTER TABLE ONLY public.users ADD CONSTRAINT users_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX users_email ON public.users USING btree (email);
\unrestrict abc'def
)");
  EXPECT_TRUE(catalog.complete);
  EXPECT_EQ(names(table(catalog, "users").indexes), (Names{"users_email", "users_pkey"}));
}

TEST(ObjectName, CutsTheLongerPart) {
  std::string const longer(60, 't');
  EXPECT_EQ(object_name("users", "email", "key").raw(), "users_email_key");
  EXPECT_EQ(object_name("users", "", "pkey").raw(), "users_pkey");
  EXPECT_EQ(object_name(longer, longer, "idx").raw(),
            std::string(29, 't') + "_" + std::string(29, 't') + "_idx");
  EXPECT_EQ(object_name(longer, "a", "key").raw(), std::string(57, 't') + "_a_key");
  std::string umlauts;
  for (int i = 0; i < 40; ++i) {
    umlauts += "ü";
  }
  EXPECT_EQ(object_name(umlauts, "", "pkey").raw().size(), 63U);
}

TEST(RelationName, TakesTheNextFreeNumber) {
  Catalog const catalog = replayed(
      "CREATE TABLE t (a int); CREATE INDEX ON t (a); CREATE INDEX ON t (a);"
      "CREATE INDEX ON t (a)");
  EXPECT_EQ(names(table(catalog, "t").indexes), (Names{"t_a_idx", "t_a_idx1", "t_a_idx2"}));
}

}  // namespace
}  // namespace bellows::catalog::replay_test
