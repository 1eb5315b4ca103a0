#include "planner/catalog/edit.hpp"
#include "planner/catalog/names.hpp"
#include "planner/catalog/references.hpp"
#include "planner/catalog/sequences.hpp"

#include <algorithm>

namespace bellows::catalog {

namespace {

using sql::ConstraintDefinition;
using sql::ConstraintForm;

/// No larger than it has to be: a catalog keeps a thousand of them, and they seldom grow again.
template <typename Part>
void make_room(std::vector<Part>& parts) {
  parts.reserve(parts.size() + 1);
}

template <typename Part>
void insert_by_name(std::vector<Part>& parts, Part part) {
  make_room(parts);
  auto const place = std::ranges::lower_bound(parts, part.name, {}, &Part::name);
  parts.insert(place, std::move(part));
}

void set_not_null(Table& table, std::vector<Identifier> const& columns,
                  Identifier const& constraint = Identifier()) {
  for (Identifier const& name : columns) {
    catalog::set_not_null(table, name, true, constraint);
  }
}

/// As PostgreSQL calls a NOT NULL from 18 on.
Identifier made_up_not_null(Table const& table, Identifier const& column) {
  Identifier name = object_name(table.name.name.raw(), column.raw(), "not_null");
  auto const taken = [&] {
    return table.constraint(name) != nullptr ||
           std::ranges::find(table.columns, name, &Column::not_null_name) != table.columns.end();
  };
  for (int pass = 1; taken(); ++pass) {
    name = object_name(table.name.name.raw(), column.raw(), "not_null" + std::to_string(pass));
  }
  return name;
}

std::string list(std::vector<Identifier> const& columns, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += (i == 0 ? "" : ", ") + columns[i].quoted();
  }
  return text;
}

std::string index_definition(Table const& table, Index const& index, std::string const& rest) {
  std::string const name = index.name.quoted();
  std::string const on = table.name.quoted();
  std::string text = index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
  text.reserve(text.size() + name.size() + on.size() + rest.size() + 5);
  text += name;
  text += " ON ";
  text += on;
  text += ' ';
  text += rest;
  return text;
}

/// "EXCLUDE USING gist (…)" says which; WITHOUT OVERLAPS is gist's (since 18).
std::string method_of(ConstraintDefinition const& definition) {
  if (definition.period) {
    return "gist";
  }
  constexpr std::string_view prefix = "EXCLUDE USING ";
  if (!definition.text.starts_with(prefix)) {
    return "btree";
  }
  std::string const rest = definition.text.substr(prefix.size());
  return rest.substr(0, rest.find(' '));
}

/// The index that a UNIQUE or PRIMARY KEY builds has the constraint's name.
void add_constraint_index(Table& table, Constraint const& constraint,
                          ConstraintDefinition const& definition) {
  Index index;
  index.name = constraint.index;
  index.method = method_of(definition);
  index.columns = constraint.columns;
  index.key_columns = index.columns.size();
  index.unique = constraint.kind != ConstraintKind::Exclude && !definition.period;
  index.primary = constraint.kind == ConstraintKind::PrimaryKey;
  std::string text = "USING " + index.method + " (" + list(index.columns, index.key_columns) + ")";
  if (!definition.include.empty()) {
    text += " INCLUDE (" + list(definition.include, definition.include.size()) + ")";
  }
  index.definition = index_definition(table, index, text);
  index.columns.insert(index.columns.end(), definition.include.begin(), definition.include.end());
  insert_by_name(table.indexes, std::move(index));
}

/// ADD … USING INDEX: the index takes the constraint's name, and is the key from now on.
void adopt_index(Catalog& catalog, Table& table, ConstraintDefinition const& definition,
                 Constraint& constraint) {
  auto const found = std::ranges::find(table.indexes, definition.using_index, &Index::name);
  constraint.name = definition.name.empty() ? definition.using_index : definition.name;
  constraint.index = constraint.name;
  if (found == table.indexes.end()) {
    return;
  }
  Index index = std::move(*found);
  table.indexes.erase(found);
  rename_rested_on(catalog, table.name, index.name, constraint.name);
  index.name = constraint.name;
  index.primary = constraint.kind == ConstraintKind::PrimaryKey;
  constraint.columns.assign(index.columns.begin(),
                            index.columns.begin() + static_cast<std::ptrdiff_t>(index.key_columns));
  bool const primary = index.primary;
  constraint.definition = (primary ? "PRIMARY KEY (" : "UNIQUE (") +
                          list(constraint.columns, constraint.columns.size()) + ")";
  index.definition = index_definition(
      table, index, "USING btree (" + list(index.columns, index.key_columns) + ")");
  insert_by_name(table.indexes, std::move(index));
}

ConstraintKind kind_of(ConstraintForm form) {
  switch (form) {
    case ConstraintForm::Unique:
      return ConstraintKind::Unique;
    case ConstraintForm::PrimaryKey:
      return ConstraintKind::PrimaryKey;
    case ConstraintForm::ForeignKey:
      return ConstraintKind::ForeignKey;
    case ConstraintForm::Exclude:
      return ConstraintKind::Exclude;
    case ConstraintForm::Check:
    case ConstraintForm::NotNull:
    case ConstraintForm::Null:
    case ConstraintForm::Default:
    case ConstraintForm::Generated:
    case ConstraintForm::Identity:
      return ConstraintKind::Check;
  }
  return ConstraintKind::Check;
}

std::vector<Identifier> with(std::vector<Identifier> columns, std::vector<Identifier> const& more) {
  columns.insert(columns.end(), more.begin(), more.end());
  return columns;
}

Identifier made_up_name(Catalog const& catalog, Table const& table, Constraint const& constraint,
                        std::vector<Identifier> const& include) {
  std::vector<Identifier> const& columns = constraint.columns;
  switch (constraint.kind) {
    case ConstraintKind::PrimaryKey:
      return relation_name(catalog, table.name, "", "pkey", true);
    case ConstraintKind::Unique:
      return relation_name(catalog, table.name, joined(with(columns, include)), "key", true);
    case ConstraintKind::Exclude:
      return relation_name(catalog, table.name, joined(columns), "excl", true);
    case ConstraintKind::ForeignKey:
      return constraint_name(catalog, table.name, joined(columns), "fkey");
    case ConstraintKind::Check:
    case ConstraintKind::NotNull:
      break;
  }
  std::string const only = columns.size() == 1 ? columns[0].raw() : "";
  return constraint_name(catalog, table.name, only, "check");
}

bool is_repeated_key(Table const& table, Constraint const& constraint) {
  return constraint.kind == ConstraintKind::Unique && constraint.name.empty() &&
         std::ranges::any_of(table.constraints, [&](Constraint const& other) {
           bool const key =
               other.kind == ConstraintKind::Unique || other.kind == ConstraintKind::PrimaryKey;
           return key && other.columns == constraint.columns;
         });
}

void add_real_constraint(Catalog& catalog, Table& table, ConstraintDefinition const& definition) {
  Constraint constraint;
  constraint.name = definition.name;
  constraint.kind = kind_of(definition.form);
  constraint.columns = definition.columns;
  constraint.definition = definition.text;
  constraint.validated = !definition.not_valid;
  if (constraint.kind == ConstraintKind::ForeignKey) {
    constraint.references = catalog.resolve(definition.references);
    constraint.referenced_columns = definition.referenced_columns;
    take_reference(catalog, constraint);
  }
  bool const has_index = constraint.kind == ConstraintKind::Unique ||
                         constraint.kind == ConstraintKind::PrimaryKey ||
                         constraint.kind == ConstraintKind::Exclude;
  if (!definition.using_index.empty()) {
    adopt_index(catalog, table, definition, constraint);
  } else {
    if (constraint.name.empty()) {
      constraint.name = made_up_name(catalog, table, constraint, definition.include);
    }
    if (has_index) {
      constraint.index = constraint.name;
      add_constraint_index(table, constraint, definition);
    }
  }
  if (constraint.kind == ConstraintKind::PrimaryKey) {
    set_not_null(table, constraint.columns);
  }
  catalog.directory.note(table, constraint);
  insert_by_name(table.constraints, std::move(constraint));
}

/// What a column's NOT NULL, DEFAULT or GENERATED says of the column itself.
void apply_to_column(Column& column, ConstraintDefinition const& definition) {
  switch (definition.form) {
    case ConstraintForm::NotNull:
      column.not_null = true;
      column.not_null_name = definition.name;
      break;
    case ConstraintForm::Default:
      column.default_sql = definition.expression;
      break;
    case ConstraintForm::Generated:
      column.generated = true;
      column.virtual_column = definition.virtual_column;
      column.default_sql = definition.expression;
      break;
    case ConstraintForm::Identity:
    case ConstraintForm::Null:
    case ConstraintForm::Check:
    case ConstraintForm::Unique:
    case ConstraintForm::PrimaryKey:
    case ConstraintForm::ForeignKey:
    case ConstraintForm::Exclude:
      break;
  }
}

void make_serial(Catalog const& catalog, Table const& table, Column& column) {
  QualifiedName const name = sequence_name(catalog, table, column.name);
  column.not_null = true;
  column.sequences = {name};
  column.default_sql = "nextval(" + sql::quote_literal(name.quoted()) + "::regclass)";
}

bool is_real(ConstraintForm form) {
  switch (form) {
    case ConstraintForm::Check:
    case ConstraintForm::Unique:
    case ConstraintForm::PrimaryKey:
    case ConstraintForm::ForeignKey:
    case ConstraintForm::Exclude:
      return true;
    case ConstraintForm::NotNull:
    case ConstraintForm::Null:
    case ConstraintForm::Default:
    case ConstraintForm::Generated:
    case ConstraintForm::Identity:
      return false;
  }
  return false;
}

/// NOT NULL … NOT VALID (18): the rows that are there may still hold NULL.
void add_not_null_later(Catalog& catalog, Table& table, ConstraintDefinition const& definition) {
  Column const* column = table.column(definition.columns.at(0));
  if (column == nullptr || column->not_null) {
    return;
  }
  Constraint later;
  later.kind = ConstraintKind::NotNull;
  later.columns = definition.columns;
  later.definition = definition.text;
  later.validated = false;
  later.name = definition.name.empty() ? constraint_name(catalog, table.name,
                                                         definition.columns.at(0).raw(), "not_null")
                                       : definition.name;
  catalog.directory.note(table, later);
  insert_by_name(table.constraints, std::move(later));
}

}  // namespace

Column* find_column(Table& table, Identifier const& name) {
  auto const found = std::ranges::find(table.columns, name, &Column::name);
  return found == table.columns.end() ? nullptr : &*found;
}

void set_not_null(Table& table, Identifier const& name, bool not_null,
                  Identifier const& constraint) {
  auto const is_later = [&](Constraint const& one) {
    return one.kind == ConstraintKind::NotNull && one.columns.front() == name;
  };
  auto const later = std::ranges::find_if(table.constraints, is_later);
  Identifier const called = later == table.constraints.end() ? constraint : later->name;
  std::erase_if(table.constraints, is_later);
  Column* column = find_column(table, name);
  if (column == nullptr) {
    return;
  }
  if (not_null && !column->not_null) {
    column->not_null_name = called.empty() ? made_up_not_null(table, name) : called;
  } else if (!not_null) {
    column->not_null_name = Identifier();
  }
  column->not_null = not_null;
}

void add_column(Catalog& catalog, Table& table, sql::ColumnDefinition const& definition) {
  Column column;
  column.name = definition.name;
  column.type = qualified_type(catalog, definition.type);
  column.collation = definition.collation;
  if (definition.type.serial) {
    make_serial(catalog, table, column);
  }
  for (ConstraintDefinition const& constraint : definition.constraints) {
    apply_to_column(column, constraint);
    if (constraint.form == ConstraintForm::Identity) {
      make_identity(catalog, table, column, constraint);
    }
  }
  if (catalog.server_version >= 18 && column.not_null && column.not_null_name.empty()) {
    column.not_null_name = made_up_not_null(table, column.name);
  }
  catalog.directory.note(table, column);
  make_room(table.columns);
  table.columns.push_back(std::move(column));
}

void add_column_constraints(Catalog& catalog, Table& table,
                            sql::ColumnDefinition const& definition) {
  for (ConstraintDefinition const& constraint : definition.constraints) {
    if (is_real(constraint.form)) {
      add_constraint(catalog, table, constraint);
    }
  }
}

void add_constraint(Catalog& catalog, Table& table, ConstraintDefinition const& definition) {
  Constraint probe;
  probe.kind = kind_of(definition.form);
  probe.columns = definition.columns;
  probe.name = definition.name;
  if (definition.form == ConstraintForm::NotNull && definition.not_valid) {
    add_not_null_later(catalog, table, definition);
  } else if (definition.form == ConstraintForm::NotNull) {
    set_not_null(table, definition.columns, definition.name);
  } else if (is_real(definition.form) && !is_repeated_key(table, probe)) {
    add_real_constraint(catalog, table, definition);
  }
}

Identifier add_index(Catalog& catalog, Table& table, sql::CreateIndex const& definition) {
  Index index;
  index.name = definition.name;
  index.method = definition.method;
  index.unique = definition.unique;
  index.partial = !definition.predicate.empty();
  std::vector<Identifier> labels;
  for (sql::IndexElement const& key : definition.keys) {
    labels.push_back(key.label);
    index.has_expressions = index.has_expressions || key.column.empty();
    if (!key.column.empty()) {
      index.columns.push_back(key.column);
    }
  }
  index.key_columns = index.columns.size();
  labels.insert(labels.end(), definition.include.begin(), definition.include.end());
  auto const place_of = [&](Identifier const& name) {
    auto const found = std::ranges::find(table.columns, name, &Column::name);
    return found - table.columns.begin();
  };
  std::vector<Identifier> mentioned = definition.mentioned;
  std::ranges::stable_sort(mentioned, {}, place_of);
  for (std::vector<Identifier> const& more : {definition.include, mentioned}) {
    for (Identifier const& name : more) {
      bool const known = std::ranges::find(index.columns, name) != index.columns.end();
      if (!known) {
        index.columns.push_back(name);
      }
    }
  }
  if (index.name.empty()) {
    index.name = relation_name(catalog, table.name, joined(labels), "idx", false);
  }
  Identifier name = index.name;
  Index const* there = table.index(name);
  if (there != nullptr && definition.concurrently && !there->valid) {  // it is built again
    std::erase_if(table.indexes, [&](Index const& one) { return one.name == name; });
  } else if (there != nullptr && (definition.if_not_exists || definition.concurrently)) {
    return name;
  }
  bool const says_method = definition.rest.starts_with('(');
  index.definition = index_definition(
      table, index, (says_method ? "USING " + index.method + " " : "") + definition.rest);
  catalog.directory.note(table, index);
  insert_by_name(table.indexes, std::move(index));
  return name;
}

}  // namespace bellows::catalog
