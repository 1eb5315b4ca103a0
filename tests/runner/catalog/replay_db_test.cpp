#include "planner/catalog/replay.hpp"
#include "planner/sql/migration.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "tests/runner/locks/lock_cases.hpp"
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

/// With what the default takes from, where that is one of the server's making.
std::string sequences_of(Column const& column) {
  std::string text;
  for (QualifiedName const& sequence : column.sequences) {
    text += " owns " + sequence.display();
  }
  bool const numbered = column.default_sql && column.default_sql->starts_with("nextval('") &&
                        column.default_sql->ends_with("::regclass)");
  return text + (numbered ? " from " + *column.default_sql : "");
}

/// One line a fact, so that a difference reads as what it is.
std::vector<std::string> facts(Catalog const& catalog) {
  std::vector<std::string> lines;
  for (auto const& [name, table] : catalog.tables) {
    std::string const in = name.display() + " ";
    lines.push_back(in + "kind " + std::to_string(static_cast<int>(table.kind)));
    bool const view = table.kind == TableKind::View || table.kind == TableKind::MaterializedView;
    for (Column const& column : table.columns) {
      lines.push_back(in + "column " + column.name.quoted() + " " + column.type +
                      (column.not_null ? " not null" : "") +
                      (column.default_sql ? " with default" : "") +
                      (column.identity != Identity::None ? " identity" : "") +
                      (column.identity == Identity::Always ? " always" : "") +
                      (column.generated ? " generated" : "") +
                      (column.virtual_column ? " virtual" : "") + sequences_of(column));
    }
    if (table.unlogged) {
      lines.push_back(in + "unlogged");
    }
    if (!table.of_type.empty()) {
      lines.push_back(in + "of " + table.of_type);
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
                      (index.has_expressions ? " with expressions" : "") +
                      (index.replica_identity ? " replica identity" : ""));
    }
    lines.push_back(in + "replica identity " +
                    std::to_string(static_cast<int>(table.replica_identity)));
    for (Trigger const& trigger : table.triggers) {
      lines.push_back(in + "trigger " + trigger.name.quoted() +
                      (trigger.before_row ? " before row" : "") +
                      (trigger.on_update ? " on update" : ""));
    }
    for (Dependent const& dependent : table.dependents) {
      // Functions with SQL-standard bodies are not taken apart.
      if (dependent.kind != DependentKind::Function && !view) {
        lines.push_back(in + "used by " + std::to_string(static_cast<int>(dependent.kind)) + " " +
                        dependent.name.quoted() + " (" + joined(dependent.columns) + ")");
      }
    }
    if (!table.partition_key.strategy.empty()) {
      std::vector<Identifier> columns = table.partition_key.columns;
      std::ranges::sort(columns);
      lines.push_back(in + "partitioned by " + table.partition_key.strategy + " (" +
                      joined(columns) + ")" +
                      (table.partition_key.has_expressions ? " with expressions" : ""));
    }
    for (QualifiedName const& parent : table.inherits) {
      lines.push_back(in + "inherits " + parent.display());
    }
    if (auto const key = best_key(table)) {
      lines.push_back(in + "key " + key->index.quoted());
    }
    if (!table.partition_of.name.empty()) {
      lines.push_back(in + "partition of " + table.partition_of.display() +
                      (table.default_partition ? " default" : ""));
    }
  }
  for (auto const& [name, domain] : catalog.domains) {
    lines.push_back("domain " + name + " " + domain.base +
                    (domain.constrained ? " constrained" : ""));
  }
  for (auto const& [name, publication] : catalog.publications) {
    lines.push_back("publication " + name.quoted() + (publication.all_tables ? " all" : "") +
                    (publication.changes ? " changes" : "") + " of (" +
                    joined(publication.schemas) + ")");
  }
  for (auto const& [name, attributes] : catalog.composites) {
    for (Column const& attribute : attributes) {
      lines.push_back("type " + name + " " + attribute.name.quoted() + " " + attribute.type);
    }
  }
  for (auto const& [name, table] : catalog.statistics) {
    lines.push_back("statistics " + name.display() + " on " + table.display());
  }
  return lines;
}

/// What a query gives, its text does not always tell: columns of views that the replay leaves out,
/// and types that it leaves open, are no difference.
Catalog as_far_as_told(Catalog const& replayed, Catalog live) {
  for (auto& [name, table] : live.tables) {
    Table const* ours = replayed.table(name);
    bool const view = table.kind == TableKind::View || table.kind == TableKind::MaterializedView;
    if (!view || ours == nullptr) {
      continue;
    }
    if (ours->columns.empty()) {
      table.columns.clear();
    }
    for (Column& column : table.columns) {
      Column const* told = ours->column(column.name);
      if (told != nullptr && told->type.empty()) {
        column.type.clear();
      }
    }
  }
  return live;
}

/// What one of them has and the other has not, a line each; empty where they agree.
std::string differences(Catalog const& replayed, Catalog const& live) {
  std::vector<std::string> ours = facts(replayed);
  std::vector<std::string> theirs = facts(as_far_as_told(replayed, live));
  std::ranges::sort(ours);
  std::ranges::sort(theirs);
  std::string text;
  auto const only_in = [&text](auto const& one, auto const& other, char const* who) {
    std::vector<std::string> lines;
    std::ranges::set_difference(one, other, std::back_inserter(lines));
    for (std::string const& line : lines) {
      text += who + line + "\n";
    }
  };
  only_in(ours, theirs, "only replayed: ");
  only_in(theirs, ours, "only live: ");
  return text;
}

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
  for (auto const& entry : fs::directory_iterator(fs::path(SOURCE_DIR) / directory)) {
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
  for (sql::Migration const& migration : migrations_in("migrations")) {
    for (sql::Statement const& statement : migration.up) {
      run(session, replayed, statement);
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

std::string output_of(std::string const& command) {
  std::string text;
  FILE* const pipe = popen(command.c_str(), "r");
  char buffer[4096];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) {
    text.append(buffer, got);
  }
  EXPECT_EQ(pclose(pipe), 0) << text;
  return text;
}

std::string dump(std::string const& conninfo) {
  return output_of("pg_dump --schema-only '" + conninfo + "' 2>&1");
}

/// pg_dump refuses a server that is newer than itself; scripts/matrix has servers without their
/// own.
bool can_dump(postgres::Session const& session) {
  std::string const version = output_of("pg_dump --version");  // pg_dump (PostgreSQL) 15.20 …
  return std::stoi(version.substr(version.find(") ") + 2)) >= session.server_version() / 10'000;
}

/// What pg_dump writes of a database is read as that database: the history above, and what the
/// lock table is tried on.
TEST(ReplayAgainstServer, ADumpGivesTheLiveCatalog) {
  test::TempDatabase database;
  auto session = database.session();
  if (!can_dump(session)) {
    GTEST_SKIP() << "the server is newer than pg_dump";
  }
  for (sql::Migration const& migration : migrations_in("tests/planner/history")) {
    run_whole(session, migration);
    session.run("RESET search_path");
  }
  Catalog replayed = empty_catalog();
  replay_text(replayed, dump(database.conninfo()));
  EXPECT_EQ(differences(replayed, read_catalog(session)), "");
}

TEST(ReplayAgainstServer, ADumpOfOddThingsGivesTheLiveCatalog) {
  test::TempDatabase database;
  auto session = database.session();
  if (!can_dump(session)) {
    GTEST_SKIP() << "the server is newer than pg_dump";
  }
  for (std::string_view const statement : locks::cases::scene) {
    session.run(statement);
  }
  Catalog replayed = empty_catalog();
  replay_text(replayed, dump(database.conninfo()));
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
    run(session, replayed, sql::parse_one(text));
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
    run(session, replayed, sql::parse_one(text));
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
    run(session, replayed, sql::parse_one(text));
    EXPECT_EQ(differences(replayed, read_catalog(session)), "") << "after " << text;
  }
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
    run(session, replayed, sql::parse_one(text));
    EXPECT_EQ(differences(replayed, read_catalog(session)), "") << "after " << text;
  }
}

}  // namespace
}  // namespace bellows::catalog
