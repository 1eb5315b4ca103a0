#include "planner/catalog/replay.hpp"
#include "planner/sql/migration.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "tests/runner/locks/lock_cases.hpp"
#include "tests/support/dump.hpp"
#include "tests/support/project.hpp"
#include "tests/support/replayed.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

/// The planner replays migrations in memory where it has no server to ask. Here is one: both must
/// see the same schema, in everything that a plan relies on.
namespace bellows::catalog::replay_db_test {
namespace {

namespace fs = std::filesystem;
using test::differences;
using test::empty_catalog;
using test::run_and_replay;

/// In one transaction, as `bellows up` would, unless a statement cannot be in one.
void run_whole(postgres::Session& session, sql::Migration const& migration) {
  bool const together = std::ranges::all_of(migration.up, [](sql::Statement const& statement) {
    return statement.kind.find("CONCURRENTLY") == std::string::npos;
  });
  if (!together) {
    for (sql::Statement const& statement : migration.up) {
      session.run(statement.raw.text);
    }
    return;
  }
  postgres::Transaction transaction = session.begin();
  for (sql::Statement const& statement : migration.up) {
    transaction.run(statement.raw.text);
  }
  transaction.commit();
}

std::vector<sql::Migration> migrations_in(fs::path const& directory) {
  std::vector<fs::path> paths;
  for (auto const& entry : fs::directory_iterator(test::source_directory() / directory)) {
    if (entry.path().extension() == ".sql") {
      paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end(), [](fs::path const& a, fs::path const& b) {
    return sql::runs_before(a.filename().string(), b.filename().string());
  });
  std::vector<sql::Migration> migrations;
  for (fs::path const& path : paths) {
    std::ifstream file(path);
    std::string const text{std::istreambuf_iterator<char>(file), {}};
    migrations.push_back(sql::read_migration(path.stem().string(), path.string(), text));
  }
  return migrations;
}

TEST(ReplayAgainstServer, SampleMigrationsGiveTheLiveCatalogAfterEachStatement) {
  test::TempDatabase database;
  auto session = database.session();
  Catalog replayed = empty_catalog();
  std::size_t statements = 0;
  for (sql::Migration const& migration : migrations_in("migrations")) {
    for (sql::Statement const& statement : migration.up) {
      run_and_replay(session, replayed, statement);
      ++statements;
      ASSERT_EQ(differences(replayed, read_catalog(session)), "")
          << "after " << migration.file << ":" << statement.raw.at.line;
    }
  }
  EXPECT_GE(statements, 5U);
}

/// A shop's life: a hundred migrations, each judged by what the ones before it have left.
TEST(ReplayAgainstServer, AHundredMigrationsGiveTheLiveCatalogAfterEach) {
  test::TempDatabase database;
  auto session = database.session();
  Catalog replayed = empty_catalog();
  std::vector<sql::Migration> const migrations = migrations_in("tests/planner/history");
  EXPECT_GE(migrations.size(), 100U);
  for (sql::Migration const& migration : migrations) {
    SettingsGuard const guard(replayed);
    run_whole(session, migration);
    for (sql::Statement const& statement : migration.up) {
      replay(replayed, statement);
    }
    session.run("RESET search_path");
    ASSERT_EQ(differences(replayed, read_catalog(session)), "") << "after " << migration.file;
  }
}

/// What pg_dump writes of a database is read as that database: the history above, and what the
/// lock table is tried on.
TEST(ReplayAgainstServer, ADumpGivesTheLiveCatalog) {
  test::TempDatabase database;
  auto session = database.session();
  if (!test::can_dump(session)) {
    GTEST_SKIP() << "the server is newer than pg_dump";
  }
  for (sql::Migration const& migration : migrations_in("tests/planner/history")) {
    run_whole(session, migration);
    session.run("RESET search_path");
  }
  Catalog replayed = empty_catalog();
  replay_text(replayed, test::dump(database.conninfo()));
  EXPECT_EQ(differences(replayed, read_catalog(session)), "");
}

TEST(ReplayAgainstServer, ADumpOfOddThingsGivesTheLiveCatalog) {
  test::TempDatabase database;
  auto session = database.session();
  if (!test::can_dump(session)) {
    GTEST_SKIP() << "the server is newer than pg_dump";
  }
  for (std::string_view const statement : locks::cases::scene) {
    session.run(statement);
  }
  Catalog replayed = empty_catalog();
  replay_text(replayed, test::dump(database.conninfo()));
  EXPECT_EQ(differences(replayed, read_catalog(session)), "");
}

TEST(ReplayAgainstServer, WhatQueriesAndTypesMakeColumnsOf) {
  test::TempDatabase database;
  auto session = database.session();
  Catalog replayed = empty_catalog();
  for (char const* text :
       {"CREATE TABLE t (id int PRIMARY KEY, name varchar(20), n numeric(8,2), at timestamptz)",
        "CREATE TABLE u (id bigint, t_id int, note text)",
        "CREATE VIEW plain AS SELECT id, name AS label, t.n FROM t",
        "CREATE VIEW star AS SELECT * FROM t",
        "CREATE VIEW side_by_side AS SELECT t.*, u.note, u.id AS u_id FROM t JOIN u ON u.t_id = "
        "t.id",
        "CREATE VIEW made AS SELECT count(*), max(n), id::text, n::int AS whole, 'x', 1 + 1 AS two,"
        " coalesce(name, 'y'), CASE WHEN id > 0 THEN name END, greatest(id, 1), lower(name)"
        " FROM t GROUP BY id",
        "CREATE VIEW named (a, b) AS SELECT id, name, n FROM t",
        "CREATE VIEW over_view AS SELECT label, n FROM plain",
        "CREATE VIEW joined AS SELECT * FROM t JOIN u USING (id)",
        "CREATE VIEW either AS SELECT id FROM t UNION SELECT id FROM u",
        "CREATE OR REPLACE VIEW plain AS SELECT id, name AS label, t.n, t.at FROM t",
        "CREATE MATERIALIZED VIEW kept AS SELECT id, name FROM t",
        "CREATE TABLE copied AS SELECT id, name, at::date AS day, count(*) FROM t GROUP BY 1, 2, 3",
        "CREATE TYPE pair AS (first int, second varchar(5))",
        "CREATE TABLE pairs OF pair (PRIMARY KEY (first))",
        "CREATE TABLE loose (p pair)",
        "ALTER TYPE pair ADD ATTRIBUTE third date CASCADE",
        "ALTER TYPE pair RENAME ATTRIBUTE second TO other CASCADE",
        "ALTER TYPE pair DROP ATTRIBUTE third CASCADE",
        "ALTER TABLE pairs NOT OF",
        "ALTER TABLE pairs OF pair",
        "ALTER TYPE pair RENAME TO couple",
        "DROP TABLE pairs",
        "DROP TABLE loose",
        "DROP TYPE couple"}) {
    run_and_replay(session, replayed, sql::parse_one(text));
    EXPECT_EQ(differences(replayed, read_catalog(session)), "") << text;
  }
  EXPECT_TRUE(replayed.complete);
  auto const columns = [&](std::string name) {
    return replayed.table({Identifier(), Identifier(std::move(name))})->columns.size();
  };
  EXPECT_EQ(columns("star"), 4U);
  EXPECT_EQ(columns("side_by_side"), 6U);
  EXPECT_EQ(columns("made"), 10U);
  EXPECT_EQ(columns("over_view"), 2U);
  EXPECT_EQ(columns("joined"), 0U) << "USING merges columns: not told";
  EXPECT_EQ(columns("copied"), 4U);
  replay(replayed, sql::parse_one("CREATE TABLE unknown AS SELECT max(n) FROM t"));
  EXPECT_FALSE(replayed.complete);
}

TEST(ReplayAgainstServer, NamesAndKeysAreThoseTheServerMakesUp) {
  test::TempDatabase database;
  auto session = database.session();
  Catalog replayed = empty_catalog();
  for (char const* text : {
           "CREATE TABLE users (id bigserial PRIMARY KEY, email varchar(255) NOT NULL UNIQUE,"
           " age int CHECK (age > 0), \"Odd Name\" text DEFAULT 'x')",
           "CREATE TABLE orders (a int, b int, user_id bigint REFERENCES users, note text,"
           " PRIMARY KEY (b, a), CHECK (a < b), UNIQUE (a, note))",
           "CREATE INDEX ON users (lower(email), age)",
           "CREATE INDEX ON users (age)",
           "CREATE INDEX ON users (age)",
           "CREATE INDEX part ON orders (a) INCLUDE (note) WHERE b > 0",
           "ALTER TABLE users ADD COLUMN score numeric(10,2) NOT NULL DEFAULT 0",
           "ALTER TABLE orders ALTER COLUMN note SET NOT NULL",
           "ALTER TABLE orders ADD FOREIGN KEY (a) REFERENCES users (id) NOT VALID",
           "ALTER TABLE users RENAME COLUMN age TO years",
           "ALTER TABLE users ALTER COLUMN years TYPE bigint",
           "ALTER TABLE users DROP COLUMN \"Odd Name\"",
           "ALTER TABLE orders DROP CONSTRAINT orders_a_note_key",
           "DROP INDEX users_age_idx",
           "ALTER TABLE users RENAME TO people",
           "CREATE TABLE logs (at timestamptz, line text) PARTITION BY RANGE (at)",
           "CREATE TABLE logs_1 PARTITION OF logs FOR VALUES FROM ('2026-01-01') TO"
           " ('2026-02-01')",
           "DROP TABLE orders",
           "CREATE DOMAIN level AS int",
           "CREATE TABLE \"Levels\" (l level)",
           "ALTER DOMAIN level ADD CHECK (VALUE > 0)",
           "ALTER DOMAIN level RENAME TO rank",
           "CREATE VIEW by_age AS SELECT p.id, p.years + 1 AS next FROM people p WHERE email <> ''",
           "CREATE VIEW above AS SELECT * FROM by_age",
           "ALTER VIEW by_age RENAME TO by_years",
           "ALTER TABLE people RENAME COLUMN years TO age",
           "CREATE TRIGGER t BEFORE UPDATE OF age ON people FOR EACH ROW WHEN (NEW.score > 0)"
           " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
           "CREATE POLICY p ON people USING (age > 18) WITH CHECK (score > 0)",
           "ALTER POLICY p ON people RENAME TO q",
           "CREATE RULE r AS ON DELETE TO people WHERE OLD.age > 5 DO INSTEAD NOTHING",
           "CREATE STATISTICS s ON id, age FROM people",
           "ALTER TABLE people DROP COLUMN email CASCADE",
           "DROP TRIGGER t ON people",
           "DROP POLICY q ON people",
           "DROP RULE r ON people",
           "DROP STATISTICS s",
           "DROP DOMAIN rank CASCADE",
           "CREATE SCHEMA other",
           "SET search_path = other, public",
           "CREATE TABLE elsewhere (id serial PRIMARY KEY)",
           "SET search_path = public",
           "CREATE TABLE child () INHERITS (people)",
           "ALTER TABLE child NO INHERIT people",
           "DROP TABLE child",
           "DROP TABLE people",
       }) {
    run_and_replay(session, replayed, sql::parse_one(text));
    EXPECT_EQ(differences(replayed, read_catalog(session)), "") << "after " << text;
  }
}

}  // namespace
}  // namespace bellows::catalog::replay_db_test
