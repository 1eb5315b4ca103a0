#include "planner/catalog/dependents.hpp"
#include "planner/catalog/edit.hpp"
#include "planner/catalog/publications.hpp"
#include "planner/catalog/references.hpp"
#include "planner/catalog/sequences.hpp"

#include <algorithm>

namespace bellows::catalog {

namespace {

void rename_in(std::vector<Identifier>& names, Identifier const& from, Identifier const& to) {
  std::ranges::replace(names, from, to);
}

template <typename Part>
void sort_by_name(std::vector<Part>& parts) {
  std::ranges::stable_sort(parts, {}, &Part::name);
}

void replace_first(std::string& text, std::string_view from, std::string_view to) {
  if (auto const at = text.find(from); at != std::string::npos) {
    text.replace(at, from.size(), to);
  }
}

/// A text that the parser refuses (a newer server's) stays as it is: only people read it.
template <typename Function>
void rewrite(std::string& text, Function function) {
  try {
    if (!text.empty()) {
      text = function(text);
    }
  } catch (std::exception const&) {
    return;
  }
}

void rename_column_in(Index& index, Identifier const& from, Identifier const& to) {
  if (std::ranges::find(index.columns, from) == index.columns.end()) {
    return;
  }
  rename_in(index.columns, from, to);
  rewrite(index.definition, [&](std::string const& text) {
    return sql::index_with_renamed(text, from, to, index.name);
  });
}

void rename_column_in(Constraint& constraint, Identifier const& from, Identifier const& to,
                      bool referenced) {
  std::vector<Identifier>& columns =
      referenced ? constraint.referenced_columns : constraint.columns;
  if (std::ranges::find(columns, from) == columns.end()) {
    return;
  }
  rename_in(columns, from, to);
  rewrite(constraint.definition, [&](std::string const& text) {
    return sql::constraint_for_column(text, from, to, referenced);
  });
}

void rename_column_in(Column& column, Identifier const& from, Identifier const& to) {
  if (column.name == from) {
    column.name = to;
  }
  if (!column.generated || !column.default_sql) {
    return;
  }
  rewrite(*column.default_sql, [&](std::string const& text) {
    return sql::Expression::parse(text).with_renamed(from, to);
  });
}

void rename_column_in(Trigger& trigger, Identifier const& from, Identifier const& to) {
  rename_in(trigger.columns, from, to);
  rewrite(trigger.when, [&](std::string const& text) {
    return sql::Expression::parse(text).with_renamed(from, to);
  });
}

/// Whatever names the table by its old name: foreign keys, partitions, children.
void point_to(Table& table, QualifiedName const& from, QualifiedName const& to) {
  for (Constraint& constraint : table.constraints) {
    if (constraint.references != from) {
      continue;
    }
    constraint.references = to;
    replace_first(constraint.definition, "REFERENCES " + from.quoted(),
                  "REFERENCES " + to.quoted());
    replace_first(constraint.definition, "REFERENCES " + from.name.quoted() + " ",
                  "REFERENCES " + to.name.quoted() + " ");
  }
  if (table.partition_of == from) {
    table.partition_of = to;
  }
  std::ranges::replace(table.inherits, from, to);
}

/// With what rests on it or is attached to it.
void rename_plain(Catalog& catalog, Table const& table, Index& index, Identifier const& to) {
  replace_first(index.definition, "INDEX " + index.name.quoted(), "INDEX " + to.quoted());
  rename_rested_on(catalog, table.name, index.name, to);
  QualifiedName const from{table.name.schema, index.name};
  index.name = to;
  for (QualifiedName const& below : catalog.linked(Link::Below, table.name)) {
    Table* partition = catalog.table(below);
    if (partition == nullptr) {
      continue;
    }
    for (Index& part : partition->indexes) {
      part.attached_to =
          part.attached_to == from ? QualifiedName{from.schema, to} : part.attached_to;
    }
  }
}

/// A table takes the sequences of its columns along into another schema.
void move_sequences(Catalog& catalog, QualifiedName const& table) {
  std::vector<QualifiedName> sequences;
  for (Column const& column : catalog.table(table)->columns) {
    sequences.insert(sequences.end(), column.sequences.begin(), column.sequences.end());
  }
  for (QualifiedName const& sequence : sequences) {
    rename_sequence(catalog, sequence, {table.schema, sequence.name});
  }
}

}  // namespace

void rename_column(Catalog& catalog, Table& table, Identifier const& from, Identifier const& to) {
  for (Column& column : table.columns) {
    rename_column_in(column, from, to);
  }
  for (Index& index : table.indexes) {
    rename_column_in(index, from, to);
  }
  for (Constraint& constraint : table.constraints) {
    rename_column_in(constraint, from, to, false);
  }
  for (Trigger& trigger : table.triggers) {
    rename_column_in(trigger, from, to);
  }
  rename_in(table.partition_key.columns, from, to);
  for (Dependent& dependent : table.dependents) {
    rename_in(dependent.columns, from, to);
  }
  for (QualifiedName const& name : catalog.linked(Link::PointsTo, table.name)) {
    Table* other = catalog.table(name);
    if (other == nullptr) {
      continue;
    }
    for (Constraint& constraint : other->constraints) {
      if (constraint.references == table.name) {
        rename_column_in(constraint, from, to, true);
      }
    }
  }
}

void rename_constraint(Catalog& catalog, Table& table, Identifier const& from,
                       Identifier const& to) {
  for (Column& column : table.columns) {
    column.not_null_name = column.not_null_name == from ? to : column.not_null_name;
  }
  for (Constraint& constraint : table.constraints) {
    if (constraint.name != from) {
      continue;
    }
    constraint.name = to;
    for (Index& index : table.indexes) {
      if (index.name != constraint.index) {
        continue;
      }
      rename_plain(catalog, table, index, to);
    }
    if (!constraint.index.empty()) {
      constraint.index = to;
    }
  }
  sort_by_name(table.constraints);
  sort_by_name(table.indexes);
}

void rename_index(Catalog& catalog, QualifiedName const& from, Identifier const& to) {
  Table const* owner = catalog.table_of_index(from);
  if (owner == nullptr) {
    return;
  }
  Table& table = *catalog.table(owner->name);
  auto const behind = std::ranges::find(table.constraints, from.name, &Constraint::index);
  if (behind != table.constraints.end()) {
    Identifier const constraint = behind->name;
    rename_constraint(catalog, table, constraint, to);
  } else {
    auto const index = std::ranges::find(table.indexes, from.name, &Index::name);
    rename_plain(catalog, table, *index, to);
    sort_by_name(table.indexes);
  }
  catalog.directory.note(table);
}

void rename_table(Catalog& catalog, QualifiedName const& from, QualifiedName const& to) {
  QualifiedName const old_name = catalog.resolve(from);
  std::optional<Table> renamed = catalog.tables.take(old_name);
  if (!renamed) {
    return;
  }
  renamed->name = to;
  follow_table(catalog, old_name, to);
  for (Index& index : renamed->indexes) {
    replace_first(index.definition, " ON " + old_name.quoted() + " ", " ON " + to.quoted() + " ");
  }
  bool const view =
      renamed->kind == TableKind::View || renamed->kind == TableKind::MaterializedView;
  catalog.add(std::move(*renamed));
  if (view) {
    rename_holder(catalog, DependentKind::View, old_name, to);
  }
  if (old_name.schema != to.schema) {
    move_sequences(catalog, to);
  }
  auto affected = catalog.linked(Link::PointsTo, old_name);
  auto const below = catalog.linked(Link::Below, old_name);
  affected.insert(affected.end(), below.begin(), below.end());
  affected.push_back(to);  // a foreign key to itself
  for (QualifiedName const& name : affected) {
    if (Table* table = catalog.table(name)) {
      point_to(*table, old_name, to);
      catalog.directory.note(*table);
    }
  }
}

}  // namespace bellows::catalog
