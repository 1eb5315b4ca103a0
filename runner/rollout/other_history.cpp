#include "runner/rollout/other_history.hpp"

#include "planner/sql/identifier.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/ledger/store.hpp"

#include <fmt/core.h>

#include <cstddef>
#include <iterator>
#include <string_view>

// Sources: what each tool creates, by its manual or its source.
namespace bellows::runner {
namespace {

/// A table is known by its name and a column that no other of that name has; the first row that is
/// found counts.
struct OtherHistory {
  std::string_view table;
  std::string_view column;
  std::string_view tool;
};

constexpr OtherHistory histories[] = {
    {"pgmigrations", "run_on", "node-pg-migrate"},
    {"schema_migrations", "dirty", "golang-migrate"},
    {"schema_migrations", "inserted_at", "Ecto"},
    {"schema_migrations", "version", "dbmate or Rails"},
    {"flyway_schema_history", "installed_rank", "Flyway"},
    {"databasechangelog", "orderexecuted", "Liquibase"},
    {"knex_migrations", "migration_time", "Knex"},
    {"SequelizeMeta", "name", "Sequelize"},
    {"_prisma_migrations", "migration_name", "Prisma"},
    {"goose_db_version", "version_id", "goose"},
    {"gorp_migrations", "applied_at", "sql-migrate"},
    {"_sqlx_migrations", "checksum", "sqlx"},
    {"__drizzle_migrations", "hash", "Drizzle"},
    {"__diesel_schema_migrations", "version", "Diesel"},
    {"__EFMigrationsHistory", "MigrationId", "Entity Framework"},
    {"atlas_schema_revisions", "version", "Atlas"},
    {"schemaversion", "version", "Postgrator"},
    {"alembic_version", "version_num", "Alembic"},
    {"django_migrations", "app", "Django"},
    {"doctrine_migration_versions", "executed_at", "Doctrine"},
    {"mikro_orm_migrations", "executed_at", "MikroORM"},
    {"_yoyo_migration", "migration_hash", "yoyo"},
    {"migrations", "previous_hash", "graphile-migrate"},
    {"migrations", "batch", "Laravel"},
    {"migrations", "timestamp", "TypeORM"},
    {"changes", "script_hash", "Sqitch"},
};

std::string question() {
  std::string values;
  for (std::size_t at = 0; at < std::size(histories); ++at) {
    values += fmt::format("{}({}, {}, {})", at == 0 ? "" : ", ", at,
                          sql::quote_literal(histories[at].table),
                          sql::quote_literal(histories[at].column));
  }
  return fmt::format(
      "SELECT h.row, n.nspname FROM (VALUES {}) AS h (row, relation, attribute)"
      " JOIN pg_catalog.pg_class c ON c.relname = h.relation AND c.relkind IN ('r', 'p')"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      " WHERE n.nspname NOT IN ('bellows', 'information_schema')"
      " AND n.nspname NOT LIKE 'pg\\_%'"
      " AND EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid"
      " AND a.attname = h.attribute AND NOT a.attisdropped)"
      " ORDER BY h.row, n.nspname LIMIT 1",
      values);
}

}  // namespace

std::string other_history(postgres::Session& session) {
  if (ledger_exists(session) && !read_migrations(session).empty()) {
    return "";
  }
  auto const found = session.run(question());
  if (found.empty()) {
    return "";
  }
  OtherHistory const& history = histories[static_cast<std::size_t>(found.number(0, 0))];
  sql::QualifiedName const table{sql::Identifier(found.text(0, 1)),
                                 sql::Identifier(std::string(history.table))};
  return fmt::format(
      "this database has the history of another tool ({}, by {}), which bellows does not read: it "
      "runs every file of its directory, so leave those that have run in a directory of their own "
      "(README, Coming from another tool)",
      table.display(), history.tool);
}

}  // namespace bellows::runner
