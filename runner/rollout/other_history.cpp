#include "runner/rollout/other_history.hpp"

#include "planner/sql/identifier.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/rollout/advance.hpp"

#include <fmt/core.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <set>
#include <string_view>

// Sources: what each tool creates, by its manual or its source.
namespace bellows::runner {
namespace {

/// What a row says of the file that it is of.
enum class Says : std::uint8_t {
  Nothing,  // a hash, or what no file is called
  Name,     // of the file, with or without what its name ends in
  Number,   // the digits that it begins with
  UpTo,     // of the last one: it has run, and all before it
};

/// A table is known by its name and a column that no other of that name has; the first row that is
/// found counts. `key` is SQL over `j`, the row as JSON, so that a column may be missing: what the
/// row says; NULL where its file has not run. Later rows, by `order`, take back what earlier ones
/// said where `undone` is so.
struct OtherHistory {
  std::string_view table;
  std::string_view column;
  std::string_view tool;
  Says says = Says::Nothing;
  std::string_view key = "NULL";
  std::string_view at = "";  // the column that tells when
  std::string_view undone = "false";
  std::string_view order = "1";
};

constexpr OtherHistory histories[] = {
    {"pgmigrations", "run_on", "node-pg-migrate", Says::Name, "j ->> 'name'", "run_on"},
    {"schema_migrations", "dirty", "golang-migrate", Says::UpTo,
     "CASE WHEN j ->> 'dirty' = 'false' THEN j ->> 'version' END"},
    {"schema_migrations", "inserted_at", "Ecto", Says::Number, "j ->> 'version'", "inserted_at"},
    {"schema_migrations", "version", "dbmate or Rails", Says::Number, "j ->> 'version'"},
    {"flyway_schema_history", "installed_rank", "Flyway", Says::Name,
     "CASE WHEN j ->> 'success' = 'true' THEN j ->> 'script' END", "installed_on"},
    {"databasechangelog", "orderexecuted", "Liquibase", Says::Name, "j ->> 'filename'",
     "dateexecuted"},
    {"knex_migrations", "migration_time", "Knex", Says::Name, "j ->> 'name'", "migration_time"},
    {"SequelizeMeta", "name", "Sequelize", Says::Name, "j ->> 'name'"},
    {"_prisma_migrations", "migration_name", "Prisma", Says::Name,
     "CASE WHEN j ->> 'finished_at' IS NOT NULL AND j ->> 'rolled_back_at' IS NULL THEN "
     "j ->> 'migration_name' END",
     "finished_at"},
    {"goose_db_version", "version_id", "goose", Says::Number, "nullif(j ->> 'version_id', '0')",
     "tstamp", "j ->> 'is_applied' = 'false'", "(j ->> 'id')::numeric"},
    {"gorp_migrations", "applied_at", "sql-migrate", Says::Name, "j ->> 'id'", "applied_at"},
    {"_sqlx_migrations", "checksum", "sqlx", Says::Name,
     "CASE WHEN j ->> 'success' = 'true' THEN concat(j ->> 'version', '_', "
     "replace(j ->> 'description', ' ', '_')) END",
     "installed_on"},
    {"__drizzle_migrations", "hash", "Drizzle"},
    {"__diesel_schema_migrations", "version", "Diesel", Says::Number, "j ->> 'version'", "run_on"},
    {"__EFMigrationsHistory", "MigrationId", "Entity Framework", Says::Name, "j ->> 'MigrationId'"},
    {"atlas_schema_revisions", "version", "Atlas", Says::Number, "j ->> 'version'", "executed_at"},
    {"schemaversion", "version", "Postgrator", Says::Name,
     "concat(j ->> 'version', '.do.', j ->> 'name')", "run_at"},
    {"alembic_version", "version_num", "Alembic"},
    {"django_migrations", "app", "Django"},
    {"doctrine_migration_versions", "executed_at", "Doctrine"},
    {"mikro_orm_migrations", "executed_at", "MikroORM", Says::Name, "j ->> 'name'", "executed_at"},
    {"_yoyo_migration", "migration_hash", "yoyo", Says::Name, "j ->> 'migration_id'",
     "applied_at_utc"},
    {"migrations", "previous_hash", "graphile-migrate", Says::Name, "j ->> 'filename'", "date"},
    {"migrations", "batch", "Laravel", Says::Name, "j ->> 'migration'"},
    {"migrations", "timestamp", "TypeORM"},
    {"changes", "script_hash", "Sqitch", Says::Name, "j ->> 'change'", "committed_at"},
};

std::string question() {
  std::string values;
  for (std::size_t at = 0; at < std::size(histories); ++at) {
    values += fmt::format("{}({}, {}, {})", at == 0 ? "" : ", ", at,
                          sql::quote_literal(histories[at].table),
                          sql::quote_literal(histories[at].column));
  }
  return fmt::format(
      "SELECT h.row, n.nspname, c.oid, has_table_privilege(c.oid, 'SELECT') FROM (VALUES {}) AS h "
      "(row, relation, attribute)"
      " JOIN pg_catalog.pg_class c ON c.relname = h.relation AND c.relkind IN ('r', 'p')"
      " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
      " WHERE n.nspname NOT IN ('bellows', 'information_schema')"
      " AND n.nspname NOT LIKE 'pg\\_%'"
      " AND EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid"
      " AND a.attname = h.attribute AND NOT a.attisdropped)"
      " ORDER BY h.row, n.nspname",
      values);
}

OtherHistory const& history_at(postgres::Rows const& found, std::size_t row) {
  return histories[static_cast<std::size_t>(found.number(row, 0))];
}

sql::QualifiedName table_at(postgres::Rows const& found, std::size_t row) {
  return {sql::Identifier(found.text(row, 1)),
          sql::Identifier(std::string(history_at(found, row).table))};
}

/// 007_x and 7_x are one: many tools keep a number.
std::string without_zeros(std::string name) {
  auto const begin = name.find_first_not_of('0');
  bool const number =
      begin != std::string::npos && begin > 0 && name[begin] >= '0' && name[begin] <= '9';
  return number ? name.substr(begin) : name;
}

/// "dir/001_x.up.sql" is 1_x, as "001_x" is.
std::string stem_of(std::string name) {
  name.erase(0, name.find_last_of('/') + 1);
  for (std::string_view const end : {".sql", ".js", ".cjs", ".mjs", ".ts", ".php", ".py", ".up"}) {
    if (name.ends_with(end)) {
      name.erase(name.size() - end.size());
    }
  }
  return without_zeros(std::move(name));
}

std::string digits_before(std::string const& name) {
  return without_zeros(name.substr(0, name.find_first_not_of("0123456789")));
}

/// A number, by its digits alone.
bool is_at_most(std::string const& one, std::string const& other) {
  return one.size() != other.size() ? one.size() < other.size() : one <= other;
}

OtherRuns::Table read_table(postgres::Session& session, OtherHistory const& history,
                            sql::QualifiedName const& name) {
  OtherRuns::Table table{name.display(),
                         std::string(history.tool),
                         history.says == Says::Name,
                         history.says == Says::UpTo,
                         {}};
  auto const rows = session.run(fmt::format(
      "SELECT k, left(replace(coalesce(j ->> {}, ''), 'T', ' '), 19), u FROM (SELECT j, {} AS k, "
      "coalesce({}, false) AS u, {} AS o FROM (SELECT to_jsonb(t) AS j FROM {} t) AS rows) AS said "
      "WHERE k IS NOT NULL ORDER BY o",
      sql::quote_literal(history.at), history.key, history.undone, history.order, name.quoted()));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    std::string const said = rows.text(row, 0);
    std::string const key = table.by_name ? stem_of(said) : without_zeros(said);
    if (rows.truth(row, 2)) {
      table.runs.erase(key);
    } else {
      table.runs[key] = {said, rows.text(row, 1)};
    }
  }
  return table;
}

OtherRuns::Run const* found_in(OtherRuns::Table const& table, std::string const& name) {
  std::string const key = table.by_name ? stem_of(name) : digits_before(name);
  if (key.empty()) {
    return nullptr;
  }
  if (table.up_to && !table.runs.empty()) {
    auto const& [last, run] = *table.runs.begin();
    return is_at_most(key, last) ? &run : nullptr;
  }
  auto const found = table.runs.find(key);
  return found == table.runs.end() ? nullptr : &found->second;
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
  bool const read = history_at(found, 0).says != Says::Nothing && found.truth(0, 3);
  return fmt::format(
      "this database has the history of another tool ({}, by {}), {}, so leave those that have run "
      "in a directory of their own (README, Coming from another tool)",
      table_at(found, 0).display(), history_at(found, 0).tool,
      read ? "and bellows refuses the files that it names, and runs the others of its directory"
           : "which bellows does not read: it runs every file of its directory");
}

OtherRuns read_other_runs(postgres::Session& session) {
  OtherRuns all;
  auto const found = session.run(question());
  std::set<std::string> seen;
  for (std::size_t row = 0; row < found.size(); ++row) {
    OtherHistory const& history = history_at(found, row);
    bool const first = seen.insert(found.text(row, 2)).second;  // a table is one tool's
    if (first && found.truth(row, 3) && history.says != Says::Nothing) {
      all.tables.push_back(read_table(session, history, table_at(found, row)));
    }
  }
  return all;
}

std::optional<std::string> run_by_other(OtherRuns const& runs, std::string const& name) {
  for (OtherRuns::Table const& table : runs.tables) {
    if (OtherRuns::Run const* run = found_in(table, name)) {
      std::string const row = table.by_name ? run->said
                              : table.up_to ? "up to version " + run->said
                                            : "version " + run->said;
      return fmt::format("{} has run here already, by {}: {} has {}{}", name, table.tool,
                         table.table, row, run->at.empty() ? "" : ", at " + run->at);
    }
  }
  return std::nullopt;
}

void check_not_run_by_other(OtherRuns const& runs, Project const& project,
                            Project::Entry const& entry, LedgerRows const& rows) {
  auto const run = rows.contains(entry.name) ? std::nullopt : run_by_other(runs, entry.name);
  if (!run) {
    return;
  }
  std::size_t others = 0;
  for (Project::Entry const& each : project.entries()) {
    bool const asked = each.name != entry.name && !rows.contains(each.name);
    others += asked && run_by_other(runs, each.name) ? 1U : 0U;
  }
  throw Unconfirmed(
      fmt::format("{}{}; nothing was begun", *run,
                  others == 0 ? "" : fmt::format(" (and {} more of this directory)", others)),
      fmt::format("move {} into a directory of {} own, which bellows does not run (README, Coming "
                  "from another tool); where it is meant to run again: bellows up --because TEXT",
                  others == 0 ? entry.label : "them", others == 0 ? "its" : "their"));
}

}  // namespace bellows::runner
