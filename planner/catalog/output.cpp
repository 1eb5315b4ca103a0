#include "planner/catalog/output.hpp"

#include "planner/catalog/edit.hpp"
#include "planner/catalog/replay_alter.hpp"

#include <algorithm>

namespace bellows::catalog {

namespace {

using sql::Output;
using sql::OutputColumn;
using sql::Uses;

bool means(OutputColumn const& column, Uses::Relation const& relation) {
  Identifier const& name = relation.alias.empty() ? relation.name.name : relation.alias;
  return column.qualifier.empty() || column.qualifier == name;
}

/// Only name, type and collation come through a query.
Column plain(Identifier name, Column const& source) {
  Column column;
  column.name = std::move(name);
  column.type = source.type;
  column.collation = source.collation;
  return column;
}

/// All columns of the relations that a star stands for; nothing where one of them is not known.
bool add_star(Catalog const& catalog, Output const& output, OutputColumn const& star,
              std::vector<Column>& into) {
  for (Uses::Relation const& relation : output.from) {
    if (!means(star, relation)) {
      continue;
    }
    Table const* table = catalog.table(relation.name);
    if (table == nullptr || table->columns.empty()) {
      return false;
    }
    for (Column const& column : table->columns) {
      into.push_back(plain(column.name, column));
    }
  }
  return true;
}

/// Without a type where none is told.
Column column_of(Catalog const& catalog, Output const& output, OutputColumn const& wanted) {
  Column column;
  column.name = wanted.name;
  if (!wanted.type.text.empty()) {
    column.type = qualified_type(catalog, wanted.type);
  }
  for (Uses::Relation const& relation : output.from) {
    Table const* table = catalog.table(relation.name);
    Column const* source = table == nullptr || wanted.column.empty() || !means(wanted, relation)
                               ? nullptr
                               : table->column(wanted.column);
    if (source != nullptr) {
      return plain(wanted.name, *source);
    }
  }
  return column;
}

std::vector<QualifiedName> tables_of(Catalog const& catalog, std::string const& type) {
  std::vector<QualifiedName> users;
  for (auto const& [name, table] : catalog.tables) {
    if (table.of_type == type) {
      users.push_back(name);
    }
  }
  return users;
}

}  // namespace

std::optional<std::vector<Column>> columns_of(Catalog const& catalog, Output const& output) {
  std::vector<Column> columns;
  columns.reserve(output.columns.size());
  for (OutputColumn const& wanted : output.columns) {
    if (!wanted.star) {
      columns.push_back(column_of(catalog, output, wanted));
    } else if (!add_star(catalog, output, wanted, columns)) {
      return std::nullopt;
    }
  }
  for (std::size_t i = 0; i < std::min(output.names.size(), columns.size()); ++i) {
    columns[i].name = output.names[i];
  }
  return columns;
}

void create_relation(Catalog& catalog, sql::Other const& statement, TableKind kind) {
  Table table;
  table.name = catalog.resolve(statement.relations.front());
  table.kind = kind;
  table.unlogged = statement.unlogged;
  auto columns = statement.output ? columns_of(catalog, *statement.output) : std::nullopt;
  bool const typed =
      columns && std::ranges::none_of(*columns, [](Column const& one) { return one.type.empty(); });
  table.partial = !columns || (!typed && kind != TableKind::View);
  if (!table.partial) {
    table.columns = std::move(*columns);
  }
  catalog.complete = catalog.complete && (typed || kind == TableKind::View);
  Table* there = catalog.table(table.name);
  if (there == nullptr) {
    catalog.add(std::move(table));
  } else if (there->kind == TableKind::View) {  // OR REPLACE
    there->columns = std::move(table.columns);
    there->partial = table.partial;
  }
}

void create_composite(Catalog& catalog, sql::Other const& statement) {
  std::vector<Column>& attributes = catalog.composites[type_text(catalog, statement.object)];
  attributes.clear();
  for (sql::ColumnDefinition const& definition : statement.attributes) {
    Column column;
    column.name = definition.name;
    column.type = qualified_type(catalog, definition.type);
    column.collation = definition.collation;
    attributes.push_back(std::move(column));
  }
}

void alter_composite(Catalog& catalog, sql::AlterTable const& statement) {
  std::string const type = type_text(catalog, statement.table);
  auto const found = catalog.composites.find(type);
  if (found == catalog.composites.end()) {
    return;
  }
  std::vector<QualifiedName> const users = tables_of(catalog, type);  // which change as well
  Catalog scratch;  // the attributes are altered as a table's columns are
  scratch.search_path_schema = catalog.search_path_schema;
  Table attributes;
  attributes.name = scratch.resolve(statement.table);
  attributes.columns = found->second;
  scratch.add(std::move(attributes));
  sql::AlterTable change = statement;
  change.on = sql::ObjectKind::Table;
  alter_table(scratch, change);
  found->second = scratch.tables.begin()->second.columns;
  for (QualifiedName const& user : users) {
    change.table = user;
    alter_table(catalog, change);
  }
}

void rename_attribute(Catalog& catalog, sql::RenameObject const& statement) {
  std::string const type = type_text(catalog, statement.name);
  auto const found = catalog.composites.find(type);
  if (found != catalog.composites.end()) {
    for (Column& attribute : found->second) {
      attribute.name = attribute.name == statement.part ? statement.to : attribute.name;
    }
  }
  for (QualifiedName const& user : tables_of(catalog, type)) {
    rename_column(catalog, *catalog.table(user), statement.part, statement.to);
  }
}

}  // namespace bellows::catalog
