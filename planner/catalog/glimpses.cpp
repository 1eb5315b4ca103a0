#include "planner/catalog/glimpses.hpp"

#include "planner/catalog/edit.hpp"
#include "planner/catalog/replay_alter.hpp"

#include <utility>

namespace bellows::catalog {

namespace {

using sql::AlterAction;

/// A catalog of that one table: what is done to it is done as to any other.
Catalog alone(Catalog const& catalog, Table table) {
  Catalog scratch;
  scratch.server_version = catalog.server_version;
  scratch.search_path_schema = catalog.search_path_schema;
  scratch.add(std::move(table));
  return scratch;
}

Table seen_before(Catalog const& catalog, QualifiedName const& name) {
  auto const found = catalog.glimpses.find(name);
  if (found != catalog.glimpses.end()) {
    return found->second;
  }
  Table table;
  table.name = name;
  return table;
}

/// Which the statement says to be there, whatever its type is.
void note_column(Table& table, sql::AlterTableCommand const& command) {
  if (command.action == AlterAction::SetNotNull && table.column(command.name) == nullptr) {
    Column column;
    column.name = command.name;
    table.columns.push_back(std::move(column));
  }
}

}  // namespace

void glimpse(Catalog& catalog, sql::AlterTable const& statement) {
  QualifiedName const name = catalog.resolve(statement.table);
  Table table = seen_before(catalog, name);
  for (sql::AlterTableCommand const& command : statement.commands) {
    note_column(table, command);
  }
  Catalog scratch = alone(catalog, std::move(table));
  alter_table(scratch, statement);
  if (Table const* after = std::as_const(scratch).table(name)) {
    catalog.glimpses[name] = *after;
  }
}

void rename_in_glimpse(Catalog& catalog, sql::RenameColumn const& statement) {
  auto const found = catalog.glimpses.find(catalog.resolve(statement.table));
  if (found != catalog.glimpses.end()) {
    Catalog scratch = alone(catalog, found->second);
    rename_column(scratch, *scratch.table(found->first), statement.from, statement.to);
    found->second = *std::as_const(scratch).table(found->first);
  }
}

void rename_glimpse(Catalog& catalog, QualifiedName const& from, QualifiedName const& to) {
  auto node = catalog.glimpses.extract(catalog.resolve(from));
  if (!node.empty()) {
    node.key() = to;
    node.mapped().name = to;
    catalog.glimpses.insert(std::move(node));
  }
}

}  // namespace bellows::catalog
