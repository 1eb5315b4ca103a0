#include "runner/catalog/read_catalog.hpp"
#include "tests/support/replayed.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

/// What hangs on tables and columns from outside, replayed and live.
namespace bellows::catalog::replay_objects_db_test {
namespace {

using test::differences;
using test::empty_catalog;
using test::run_and_replay;

TEST(ReplayAgainstServer, PublicationsAndReplicaIdentities) {
  test::TempDatabase database;
  auto session = database.session();
  Catalog replayed = empty_catalog();
  replayed.server_version = session.server_version() / 10'000;
  std::vector<std::string> statements{
      "CREATE TABLE t (id int PRIMARY KEY, code text NOT NULL, n int NOT NULL)",
      "CREATE UNIQUE INDEX t_code ON t (code)",
      "CREATE UNIQUE INDEX t_n ON t (n)",
      "CREATE TABLE parts (id int PRIMARY KEY, v int) PARTITION BY RANGE (id)",
      "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (10)",
      "CREATE PUBLICATION p FOR TABLE t, parts",
      "CREATE PUBLICATION q WITH (publish = 'insert, truncate')",
      "ALTER PUBLICATION q ADD TABLE t",
      "ALTER TABLE t REPLICA IDENTITY FULL",
      "ALTER TABLE t REPLICA IDENTITY NOTHING",
      "ALTER TABLE t REPLICA IDENTITY USING INDEX t_code",
      "ALTER INDEX t_code RENAME TO t_mark",
      "ALTER TABLE t REPLICA IDENTITY USING INDEX t_n",
      "ALTER TABLE t ADD CONSTRAINT t_number UNIQUE USING INDEX t_n",
      "ALTER TABLE t DROP CONSTRAINT t_number",
      "ALTER TABLE parts REPLICA IDENTITY FULL",
      "ALTER TABLE t REPLICA IDENTITY USING INDEX t_mark",
      "ALTER TABLE t ALTER COLUMN code TYPE varchar(20)",
      "ALTER TABLE t DROP COLUMN code",
      "ALTER TABLE t REPLICA IDENTITY DEFAULT",
      "ALTER PUBLICATION q RENAME TO quiet",
      "ALTER PUBLICATION quiet SET (publish = 'delete')",
      "ALTER PUBLICATION p DROP TABLE parts",
      "ALTER PUBLICATION p SET TABLE parts",
      "ALTER TABLE t RENAME TO things",
      "DROP PUBLICATION quiet",
      "CREATE PUBLICATION every FOR ALL TABLES",
      "CREATE POLICY open ON things USING (true)",
      "DROP TABLE parts",
      "DROP PUBLICATION p, every",
  };
  if (replayed.server_version >= 15) {
    for (char const* text :
         {"CREATE SCHEMA aside", "CREATE PUBLICATION s FOR TABLES IN SCHEMA aside, CURRENT_SCHEMA",
          "ALTER PUBLICATION s DROP TABLES IN SCHEMA public",
          "CREATE PUBLICATION c FOR TABLE things (id, n) WHERE (id > 5)",
          "ALTER PUBLICATION c SET TABLES IN SCHEMA aside", "DROP PUBLICATION s, c"}) {
      statements.emplace_back(text);
    }
  }
  for (std::string const& text : statements) {
    run_and_replay(session, replayed, sql::parse_one(text));
    EXPECT_EQ(differences(replayed, read_catalog(session)), "") << "after " << text;
  }
}

TEST(ReplayAgainstServer, TriggersAndTheirFunctions) {
  test::TempDatabase database;
  auto session = database.session();
  Catalog replayed = empty_catalog();
  replayed.server_version = session.server_version() / 10'000;
  std::vector<std::string> statements{
      "CREATE TABLE t (id int PRIMARY KEY, a int, v tsvector, note text)",
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.note := ''x''; END'",
      "CREATE FUNCTION f(a int, b text[], OUT c int) LANGUAGE sql STABLE AS 'SELECT 1'",
      "CREATE FUNCTION f(VARIADIC a int[]) RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t'",
      "CREATE PROCEDURE p(n int DEFAULT 1) LANGUAGE sql AS 'SELECT 1'",
      "CREATE TRIGGER a BEFORE INSERT OR UPDATE OF a, id ON t FOR EACH ROW"
      " WHEN (NEW.a > 0) EXECUTE FUNCTION f('x', 5)",
      "CREATE TRIGGER b AFTER DELETE OR UPDATE ON t EXECUTE FUNCTION f()",
      "CREATE TRIGGER c BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION"
      " tsvector_update_trigger(v, 'pg_catalog.simple', note)",
      "CREATE CONSTRAINT TRIGGER d AFTER INSERT ON t DEFERRABLE FOR EACH ROW EXECUTE FUNCTION f()",
      "CREATE VIEW w AS SELECT id FROM t",
      "CREATE TRIGGER e INSTEAD OF DELETE ON w FOR EACH ROW EXECUTE FUNCTION f()",
      "ALTER TABLE t RENAME COLUMN a TO b",
      "ALTER TABLE t DISABLE TRIGGER a",
      "ALTER TABLE t ENABLE ALWAYS TRIGGER a",
      "ALTER TABLE t ENABLE REPLICA TRIGGER b",
      "ALTER TABLE t DISABLE TRIGGER USER",
      "ALTER TABLE t ENABLE TRIGGER ALL",
      // Overloads are renamed together in the replay: names alone are followed.
      "DROP FUNCTION f(int, text[])",
      "DROP FUNCTION f(int[])",
      "ALTER FUNCTION f() RENAME TO g",
      "CREATE SCHEMA aside",
      "ALTER FUNCTION g SET SCHEMA aside",
      "ALTER SCHEMA aside RENAME TO beside",
      "CREATE FUNCTION f(a int, b text[], OUT c int) LANGUAGE sql STABLE AS 'SELECT 1'",
      "ALTER FUNCTION f(int, text[]) IMMUTABLE",
      "CREATE OR REPLACE FUNCTION beside.g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
      "CREATE TABLE m (id int, v int) PARTITION BY RANGE (id)",
      "CREATE TABLE m1 PARTITION OF m FOR VALUES FROM (0) TO (9)",
      "CREATE TRIGGER r AFTER UPDATE ON m FOR EACH ROW EXECUTE FUNCTION beside.g()",
      "DROP FUNCTION f(int, text[])",
      "DROP PROCEDURE p(int)",
  };
  if (replayed.server_version >= 14) {
    statements.emplace_back("CREATE FUNCTION n() RETURNS int LANGUAGE sql RETURN 1");
    statements.emplace_back("CREATE FUNCTION o() RETURNS int BEGIN ATOMIC SELECT 1; END");
  }
  statements.emplace_back("DROP FUNCTION beside.g CASCADE");
  for (std::string const& text : statements) {
    run_and_replay(session, replayed, sql::parse_one(text));
    EXPECT_EQ(differences(replayed, read_catalog(session)), "") << "after " << text;
  }
}

TEST(ReplayAgainstServer, SequencesGoWithTheirColumns) {
  test::TempDatabase database;
  auto session = database.session();
  Catalog replayed = empty_catalog();
  replayed.server_version = session.server_version() / 10'000;
  for (char const* text : {
           "CREATE TABLE t_more_seq (id int)",
           "CREATE TABLE t (id serial PRIMARY KEY, n bigint GENERATED ALWAYS AS IDENTITY, k int"
           " GENERATED BY DEFAULT AS IDENTITY (SEQUENCE NAME own_name START 5))",
           "CREATE TABLE u (id int DEFAULT nextval('public.t_id_seq'::regclass))",
           "CREATE SEQUENCE free OWNED BY t.id",
           "ALTER SEQUENCE free OWNED BY t.n",
           "ALTER SEQUENCE free OWNED BY NONE",
           "ALTER SEQUENCE free OWNED BY t.k",
           "ALTER SEQUENCE t_id_seq RENAME TO t_numbers",
           "ALTER TABLE own_name RENAME TO zz_name",
           "ALTER TABLE t ALTER n DROP IDENTITY",
           "ALTER TABLE t ALTER n ADD GENERATED BY DEFAULT AS IDENTITY",
           "ALTER TABLE t ALTER n SET GENERATED ALWAYS",
           "ALTER TABLE t ADD COLUMN more smallserial",
           "CREATE SCHEMA aside",
           "ALTER TABLE t SET SCHEMA aside",
           "ALTER SCHEMA aside RENAME TO beside",
           "ALTER TABLE beside.t RENAME TO v",
           "CREATE TABLE child () INHERITS (beside.v)",
           "ALTER TABLE beside.v ADD COLUMN again serial",
           "ALTER TABLE beside.v DROP COLUMN k",
           "DROP SEQUENCE beside.t_numbers CASCADE",
           "CREATE TABLE copied (LIKE beside.v)",
           "CREATE TABLE p (id int GENERATED ALWAYS AS IDENTITY, v int) PARTITION BY RANGE (id)",
           "CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (0) TO (10)",
           "CREATE TABLE p_2 (id int NOT NULL, v int)",
           "ALTER TABLE p ATTACH PARTITION p_2 FOR VALUES FROM (10) TO (20)",
           "ALTER TABLE p ALTER id SET GENERATED BY DEFAULT",
           "ALTER TABLE p DETACH PARTITION p_1",
           "ALTER TABLE p ALTER id DROP IDENTITY",
           "ALTER TABLE p ALTER id ADD GENERATED ALWAYS AS IDENTITY",
           "CREATE UNLOGGED TABLE light (id serial)",
           "ALTER TABLE light SET LOGGED",
           "ALTER TABLE light SET UNLOGGED",
           "CREATE UNLOGGED TABLE made AS SELECT 1::int AS a",
           "DROP TABLE light",
           "DROP SCHEMA beside CASCADE",
       }) {
    run_and_replay(session, replayed, sql::parse_one(text));
    EXPECT_EQ(differences(replayed, read_catalog(session)), "") << "after " << text;
  }
}

TEST(ReplayAgainstServer, QueriesHoldOnToWhatTheyName) {
  test::TempDatabase database;
  auto session = database.session();
  Catalog replayed = empty_catalog();
  replayed.server_version = session.server_version() / 10'000;
  std::vector<std::string> statements{
      "CREATE TABLE f (id int PRIMARY KEY, u_id int, note text)",
      "CREATE TABLE u (id int PRIMARY KEY, name text, age int)",
      "CREATE TABLE w (id int, name text, rest text)",
      "CREATE VIEW scoped AS SELECT *, (SELECT name FROM u WHERE u.id = f.u_id) AS owner FROM f",
      "CREATE VIEW inner_star AS SELECT id FROM f WHERE EXISTS (SELECT * FROM u WHERE age > f.id)",
      "CREATE VIEW nearest AS SELECT note FROM f WHERE u_id IN (SELECT name::int FROM w)",
      "CREATE VIEW of_query AS SELECT * FROM (SELECT id, name FROM u) s",
      "CREATE VIEW with_query AS WITH w AS (SELECT age FROM u) SELECT * FROM w",
      "CREATE VIEW joined AS SELECT f.*, u.name FROM f JOIN u USING (id)",
      "CREATE VIEW united AS SELECT id FROM f UNION SELECT age FROM u",
      "CREATE POLICY own ON f USING (EXISTS (SELECT FROM u WHERE name = note))",
      "CREATE TYPE mood AS ENUM ('calm')",
      "CREATE DOMAIN token AS text DEFAULT 'x'",
      "CREATE DOMAIN below AS token",
      "ALTER DOMAIN token DROP DEFAULT",
      "ALTER TYPE mood RENAME TO temper",
      "CREATE TYPE gone AS ENUM ('x')",
      "DROP TYPE gone",
  };
  if (replayed.server_version >= 14) {
    for (char const* text : {
             "CREATE FUNCTION names(wanted int) RETURNS SETOF text LANGUAGE sql BEGIN ATOMIC SELECT"
             " name FROM u WHERE age > wanted; END",
             "CREATE FUNCTION count_u() RETURNS bigint LANGUAGE sql RETURN (SELECT count(*) FROM "
             "u)",
             "CREATE FUNCTION write_w() RETURNS void LANGUAGE sql BEGIN ATOMIC INSERT INTO w (id,"
             " name) SELECT id, note FROM f; UPDATE w SET rest = 'x' WHERE id = 1; END",
             "CREATE OR REPLACE FUNCTION names(wanted int) RETURNS SETOF text LANGUAGE sql BEGIN"
             " ATOMIC SELECT note FROM f WHERE u_id = wanted; END",
             "ALTER FUNCTION count_u() RENAME TO number_of_u",
             "DROP FUNCTION write_w()",
         }) {
      statements.emplace_back(text);
    }
  }
  for (std::string const& text : statements) {
    run_and_replay(session, replayed, sql::parse_one(text));
    ASSERT_EQ(differences(replayed, read_catalog(session)), "") << text;
  }
}

}  // namespace
}  // namespace bellows::catalog::replay_objects_db_test
