#include "planner/catalog/replay.hpp"
#include "planner/sql/migration.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "tests/support/temp_database.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

/// The planner replays migrations in memory where it has no server to ask. Here is one: both must
/// see the same schema, in everything that a plan relies on.
namespace bellows::catalog {
namespace {

namespace fs = std::filesystem;

std::string joined(std::vector<Identifier> const& names) {
  std::string text;
  for (Identifier const& name : names) {
    text += (text.empty() ? "" : ", ") + name.quoted();
  }
  return text;
}

/// One line a fact, so that a difference reads as what it is.
std::vector<std::string> facts(Catalog const& catalog) {
  std::vector<std::string> lines;
  for (auto const& [name, table] : catalog.tables) {
    std::string const in = name.display() + " ";
    for (Column const& column : table.columns) {
      lines.push_back(in + "column " + column.name.quoted() + " " + column.type +
                      (column.not_null ? " not null" : "") +
                      (column.default_sql ? " with default" : "") +
                      (column.identity != Identity::None ? " identity" : ""));
    }
    for (Constraint const& constraint : table.constraints) {
      lines.push_back(in + "constraint " + constraint.name.quoted() + " kind " +
                      std::to_string(static_cast<int>(constraint.kind)) + " on (" +
                      joined(constraint.columns) + ")" +
                      (constraint.references.name.empty()
                           ? ""
                           : " to " + constraint.references.display() + " (" +
                                 joined(constraint.referenced_columns) + ")") +
                      (constraint.validated ? "" : " not valid"));
    }
    for (Index const& index : table.indexes) {
      lines.push_back(in + "index " + index.name.quoted() + " " + index.method + " on (" +
                      joined(index.columns) + ") keys " + std::to_string(index.key_columns) +
                      (index.unique ? " unique" : "") + (index.primary ? " primary" : "") +
                      (index.partial ? " partial" : "") +
                      (index.has_expressions ? " with expressions" : ""));
    }
    for (Trigger const& trigger : table.triggers) {
      lines.push_back(in + "trigger " + trigger.name.quoted());
    }
    if (auto const key = best_key(table)) {
      lines.push_back(in + "key " + key->index.quoted());
    }
    if (!table.partition_of.name.empty()) {
      lines.push_back(in + "partition of " + table.partition_of.display());
    }
  }
  return lines;
}

std::vector<sql::Migration> sample_migrations() {
  std::vector<fs::path> paths;
  for (auto const& entry : fs::directory_iterator(fs::path(SOURCE_DIR) / "migrations")) {
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

void run(postgres::Session& session, Catalog& replayed, sql::Statement const& statement) {
  session.run(statement.raw.text);
  replay(replayed, statement);
}

Catalog empty_catalog() {
  Catalog catalog;
  catalog.complete = true;
  return catalog;
}

TEST(ReplayAgainstServer, SampleMigrationsGiveTheLiveCatalogAfterEachStatement) {
  test::TempDatabase database;
  auto session = database.session();
  Catalog replayed = empty_catalog();
  std::size_t statements = 0;
  for (sql::Migration const& migration : sample_migrations()) {
    for (sql::Statement const& statement : migration.up) {
      run(session, replayed, statement);
      ++statements;
      ASSERT_EQ(facts(replayed), facts(read_catalog(session)))
          << "after " << migration.file << ":" << statement.raw.at.line;
    }
  }
  EXPECT_GE(statements, 5U);
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
       }) {
    run(session, replayed, sql::parse_one(text));
    EXPECT_EQ(facts(replayed), facts(read_catalog(session))) << "after " << text;
  }
}

}  // namespace
}  // namespace bellows::catalog
