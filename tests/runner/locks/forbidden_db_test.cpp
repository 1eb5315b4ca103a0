#include "planner/rules/review.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

/// What other objects forbid: bellows says that a statement fails exactly where the server refuses
/// it because something depends on what is to go or to change.
namespace bellows::rules {
namespace {

constexpr char const* scene[] = {
    "CREATE TYPE state AS ENUM ('a')",
    "CREATE DOMAIN level AS int",
    "CREATE TABLE users (id int PRIMARY KEY, name text, role text, age int, free text,"
    " born int, doubled int GENERATED ALWAYS AS (born * 2) STORED, state state, level level)",
    "CREATE TABLE sessions (id int PRIMARY KEY, user_id int REFERENCES users)",
    "CREATE TABLE base (id int)",
    "CREATE TABLE derived () INHERITS (base)",
    "CREATE TABLE lonely (id int)",
    "CREATE VIEW names AS SELECT id, name FROM users",
    "CREATE VIEW initials AS SELECT left(name, 1) AS initial FROM names",
    "CREATE MATERIALIZED VIEW roles AS SELECT role, count(*) FROM users GROUP BY role",
    "CREATE POLICY adults ON users USING (age > 18)",
    "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TABLE noted (a int, b int, c int)",
    "CREATE TRIGGER on_a BEFORE UPDATE OF a ON noted FOR EACH ROW EXECUTE FUNCTION touch()",
    "CREATE TRIGGER on_b BEFORE UPDATE ON noted FOR EACH ROW WHEN (NEW.b > 0) EXECUTE FUNCTION"
    " touch()",
    "CREATE TABLE ruled (a int, b int)",
    "CREATE RULE keep AS ON DELETE TO ruled WHERE OLD.a > 0 DO INSTEAD NOTHING",
};

constexpr char const* statements[] = {
    "ALTER TABLE users ALTER COLUMN name TYPE varchar(10)",
    "ALTER TABLE users ALTER COLUMN role TYPE varchar(10)",
    "ALTER TABLE users ALTER COLUMN age TYPE bigint",
    "ALTER TABLE users ALTER COLUMN born TYPE bigint",
    "ALTER TABLE users ALTER COLUMN free TYPE varchar(10)",
    "ALTER TABLE users ALTER COLUMN doubled TYPE bigint",
    "ALTER TABLE noted ALTER COLUMN a TYPE bigint",
    "ALTER TABLE noted ALTER COLUMN b TYPE bigint",
    "ALTER TABLE noted ALTER COLUMN c TYPE bigint",
    "ALTER TABLE ruled ALTER COLUMN a TYPE bigint",
    "ALTER TABLE ruled ALTER COLUMN b TYPE bigint",
    "ALTER TABLE users DROP COLUMN name",
    "ALTER TABLE users DROP COLUMN name CASCADE",
    "ALTER TABLE users DROP COLUMN role",
    "ALTER TABLE users DROP COLUMN age",
    "ALTER TABLE users DROP COLUMN born",
    "ALTER TABLE users DROP COLUMN free",
    "ALTER TABLE users DROP COLUMN id",
    "ALTER TABLE noted DROP COLUMN a",
    "ALTER TABLE noted DROP COLUMN c",
    "ALTER TABLE ruled DROP COLUMN a",
    "ALTER TABLE users DROP CONSTRAINT users_pkey",
    "ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE",
    "ALTER TABLE sessions DROP CONSTRAINT sessions_pkey",
    "DROP TABLE users",
    "DROP TABLE users CASCADE",
    "DROP TABLE sessions",
    "DROP TABLE sessions, users",
    "DROP TABLE base",
    "DROP TABLE base, derived",
    "DROP TABLE derived",
    "DROP TABLE lonely",
    "DROP TABLE noted",
    "DROP TABLE ruled",
    "DROP VIEW names",
    "DROP VIEW names CASCADE",
    "DROP VIEW names, initials",
    "DROP VIEW initials",
    "DROP MATERIALIZED VIEW roles",
    "DROP TYPE state",
    "DROP TYPE state CASCADE",
    "DROP DOMAIN level",
    "DROP INDEX users_pkey",
    "DROP INDEX sessions_pkey",
};

bool told(std::string const& statement, catalog::Catalog catalog) {
  auto const all = review(sql::read_migration("m", "m.sql", statement), catalog);
  return std::ranges::count(all.at(0).findings, "blocked-by-dependents", &Finding::rule) != 0;
}

/// The SQLSTATE with which the server refuses it; empty where it does not.
std::string refusal(postgres::Session& session, std::string const& statement) {
  postgres::Transaction transaction = session.begin();
  try {
    transaction.run(statement);
    return "";
  } catch (postgres::Failure const& failure) {
    return failure.sqlstate;
  }
}

TEST(Forbidden, IsWhatTheServerRefuses) {
  test::TempDatabase database;
  auto session = database.session();
  for (char const* statement : scene) {
    session.run(statement);
  }
  catalog::Catalog const catalog = catalog::read_catalog(session);
  int refused = 0;
  for (char const* statement : statements) {
    std::string const state = refusal(session, statement);
    // 42601: what 13 and 14 say of a column that a generated one is computed from.
    EXPECT_TRUE(state.empty() || state == "0A000" || state == "2BP01" || state == "42601")
        << statement << " " << state;
    EXPECT_EQ(told(statement, catalog), !state.empty()) << statement << " " << state;
    refused += state.empty() ? 0 : 1;
  }
  EXPECT_GT(refused, 15);
}

}  // namespace
}  // namespace bellows::rules
