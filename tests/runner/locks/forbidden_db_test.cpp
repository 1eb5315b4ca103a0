#include "planner/rules/review.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <vector>

/// What other objects forbid: bellows says that a statement fails exactly where the server refuses
/// it, because something depends on what is to go or to change, or because it is not the table's.
namespace bellows::rules::forbidden_db_test {
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
    "CREATE TABLE cut (a int, b text, c int, d int) PARTITION BY RANGE (a)",
    "CREATE TABLE cut_1 PARTITION OF cut FOR VALUES FROM (0) TO (10) PARTITION BY LIST (lower(b))",
    "CREATE TABLE cut_1_x PARTITION OF cut_1 FOR VALUES IN ('x')",
    "CREATE TABLE uncut (a int, b int) PARTITION BY RANGE (a)",
    "CREATE UNIQUE INDEX uncut_a ON uncut (a)",
    "CREATE TABLE withrest (a int) PARTITION BY LIST (a)",
    "CREATE TABLE withrest_1 PARTITION OF withrest FOR VALUES IN (1)",
    "CREATE TABLE withrest_rest PARTITION OF withrest DEFAULT",
    "CREATE TABLE elder (a int, b int, CONSTRAINT elder_a CHECK (a > 0),"
    " CONSTRAINT elder_b CHECK (b > 0) NO INHERIT)",
    "CREATE TABLE younger (c int, CONSTRAINT own CHECK (c > 0)) INHERITS (elder)",
    "CREATE SCHEMA boxed",
    "CREATE TABLE boxed.content (id int)",
    "CREATE SCHEMA hollow",
    "CREATE TABLE spread (a int, b int, c int, d int GENERATED ALWAYS AS (c * 2) STORED,"
    " UNIQUE (a, b))",
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
    "DROP SCHEMA boxed",
    "DROP SCHEMA boxed CASCADE",
    "DROP SCHEMA hollow",
    "TRUNCATE users",
    "TRUNCATE users, sessions",
    "TRUNCATE users CASCADE",
    "TRUNCATE sessions",
    "TRUNCATE base",
    "DROP INDEX users_pkey",
    "DROP INDEX sessions_pkey",
    "ALTER TABLE spread DROP COLUMN c",
    "ALTER TABLE spread DROP COLUMN c CASCADE",
    // partition keys
    "ALTER TABLE cut ALTER COLUMN a TYPE bigint",
    "ALTER TABLE cut ALTER COLUMN b TYPE varchar(10)",
    "ALTER TABLE cut ALTER COLUMN c TYPE bigint",
    "ALTER TABLE cut DROP COLUMN a",
    "ALTER TABLE cut DROP COLUMN a CASCADE",
    "ALTER TABLE cut DROP COLUMN b",
    "ALTER TABLE cut DROP COLUMN c",
    "ALTER TABLE cut RENAME COLUMN a TO aa",
    "ALTER TABLE cut ALTER COLUMN a SET NOT NULL",
    // what is inherited
    "ALTER TABLE cut_1 ALTER COLUMN c TYPE bigint",
    "ALTER TABLE cut_1 DROP COLUMN c",
    "ALTER TABLE cut_1 RENAME COLUMN c TO cc",
    "ALTER TABLE cut_1_x ADD COLUMN e int",
    "ALTER TABLE cut_1_x ALTER COLUMN c SET DEFAULT 1",
    "ALTER TABLE ONLY cut ADD COLUMN e int",
    "ALTER TABLE ONLY cut DROP COLUMN c",
    "ALTER TABLE ONLY cut ALTER COLUMN c TYPE bigint",
    "ALTER TABLE ONLY cut RENAME COLUMN c TO cc",
    "ALTER TABLE ONLY uncut ADD COLUMN e int",
    "ALTER TABLE ONLY uncut DROP COLUMN b",
    "ALTER TABLE ONLY elder ADD COLUMN e int",
    "ALTER TABLE ONLY elder DROP COLUMN b",
    "ALTER TABLE ONLY elder RENAME COLUMN b TO bb",
    "ALTER TABLE younger DROP COLUMN a",
    "ALTER TABLE younger ALTER COLUMN a TYPE bigint",
    "ALTER TABLE younger RENAME COLUMN a TO aa",
    "ALTER TABLE younger ADD COLUMN e int",
    "ALTER TABLE younger DROP COLUMN c",
    "ALTER TABLE younger DROP CONSTRAINT elder_a",
    "ALTER TABLE younger DROP CONSTRAINT own",
    "ALTER TABLE elder DROP CONSTRAINT elder_a",
    // what partitioned tables do not take
    "CREATE INDEX ON uncut (b)",
    "CREATE UNIQUE INDEX ON uncut (b)",
    "CREATE UNIQUE INDEX ON uncut (b, a)",
    "CREATE UNIQUE INDEX ON cut_1 (lower(b), a)",
    "ALTER TABLE uncut ADD PRIMARY KEY (b)",
    "ALTER TABLE uncut ADD UNIQUE (a, b)",
    "ALTER TABLE uncut ADD UNIQUE USING INDEX uncut_a",
    "ALTER TABLE ONLY uncut ADD UNIQUE (a)",
    "ALTER TABLE uncut ADD FOREIGN KEY (b) REFERENCES users",
    "ALTER TABLE uncut ADD FOREIGN KEY (b) REFERENCES users NOT VALID",
    "ALTER TABLE uncut ADD EXCLUDE USING btree (a WITH =)",
};

/// Not in a transaction.
constexpr char const* alone[] = {
    "CREATE INDEX CONCURRENTLY ON uncut (b)",
    "DROP INDEX CONCURRENTLY uncut_a",
    "ALTER TABLE withrest DETACH PARTITION withrest_1 CONCURRENTLY",
};

/// The SQLSTATE with which bellows says that it fails; empty where it does not say so.
std::string told(std::string const& statement, catalog::Catalog catalog) {
  constexpr std::string_view words = "The statement fails (";
  auto const all = review(sql::read_migration("m", "m.sql", statement), catalog);
  for (Finding const& finding : all.at(0).findings) {
    if (finding.message.starts_with(words)) {
      return finding.message.substr(words.size(), 5);
    }
  }
  return "";
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
    EXPECT_EQ(told(statement, catalog), state) << statement;
    refused += state.empty() ? 0 : 1;
  }
  EXPECT_GT(refused, 35);
  for (char const* statement : alone) {
    bool const known =
        catalog.server_version >= 14 || std::string(statement).find("DETACH") == std::string::npos;
    try {
      session.run(statement);
      ADD_FAILURE() << statement << " ran";
    } catch (postgres::Failure const& failure) {
      EXPECT_EQ(known ? told(statement, catalog) : "42601", failure.sqlstate) << statement;
    }
  }
}

/// The notices of a DROP ("drop cascades to view names"), and what is missing afterwards.
std::vector<std::string> gone_with(postgres::Session& session, std::string const& statement) {
  constexpr char const* parts =
      "SELECT 'generated column ' || attname FROM pg_attribute WHERE attrelid = 'spread'::regclass"
      " AND attgenerated <> '' AND NOT attisdropped"
      " UNION ALL SELECT CASE WHEN indisunique THEN 'unique ' ELSE '' END || 'index ' || relname"
      " FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indrelid = 'spread'::regclass"
      " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)"
      " UNION ALL SELECT CASE contype WHEN 'u' THEN 'UNIQUE ' ELSE 'CHECK ' END || conname"
      " FROM pg_constraint WHERE conrelid = 'spread'::regclass AND contype IN ('u', 'c')"
      " UNION ALL SELECT 'view ' || nspname || '.' || relname FROM pg_class JOIN pg_namespace n"
      " ON n.oid = relnamespace WHERE relkind = 'v' AND nspname = 'public' ORDER BY 1";
  auto const list = [&](postgres::Transaction& transaction) {
    std::set<std::string> names;
    postgres::Rows const rows = transaction.run(parts);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      names.insert(rows.text(row, 0));
    }
    return names;
  };
  postgres::Transaction transaction = session.begin();
  auto const before = list(transaction);
  transaction.run(statement);
  auto const after = list(transaction);
  std::vector<std::string> gone;
  std::ranges::set_difference(before, after, std::back_inserter(gone));
  return gone;
}

TEST(Forbidden, WhatADropTakesAlongIsNamed) {
  test::TempDatabase database;
  auto session = database.session();
  for (char const* statement :
       {"CREATE TABLE spread (a int, b int, c int, d int GENERATED ALWAYS AS (c * 2) STORED,"
        " CONSTRAINT pair CHECK (a < b), CONSTRAINT alone CHECK (c > 0), UNIQUE (a, b))",
        "CREATE INDEX b_where ON spread (b) WHERE a > 0", "CREATE INDEX only_c ON spread (c)",
        "CREATE UNIQUE INDEX b_include ON spread (b) INCLUDE (a)",
        "CREATE VIEW bees AS SELECT b FROM spread"}) {
    session.run(statement);
  }
  catalog::Catalog const catalog = catalog::read_catalog(session);
  bool const old = catalog.server_version < 15;
  std::vector<std::string> drops{"ALTER TABLE spread DROP COLUMN a",
                                 "ALTER TABLE spread DROP COLUMN b CASCADE",
                                 "ALTER TABLE spread DROP COLUMN c CASCADE"};
  if (old) {  // later servers refuse it
    drops.emplace_back("ALTER TABLE spread DROP COLUMN c");
  }
  for (std::string const& statement : drops) {
    std::vector<std::string> gone = gone_with(session, statement);
    std::erase_if(gone, [](std::string const& name) {  // of the column alone
      return name == "CHECK alone" || name == "index only_c";
    });
    catalog::Catalog copy = catalog;
    auto const all = review(sql::read_migration("m", "m.sql", statement), copy);
    auto const finding = std::ranges::find(all.at(0).findings, "drops-along", &Finding::rule);
    ASSERT_NE(finding, all[0].findings.end()) << statement;
    std::string message = finding->message;
    for (std::string const& name : gone) {
      EXPECT_NE(message.find(name), std::string::npos) << name << " in " << message;
    }
    EXPECT_EQ(std::ranges::count(message, ','), static_cast<std::ptrdiff_t>(gone.size()))
        << message;
  }
}

}  // namespace
}  // namespace bellows::rules::forbidden_db_test
