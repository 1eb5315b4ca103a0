#include "planner/catalog/attached_indexes.hpp"
#include "planner/catalog/dependents.hpp"
#include "planner/catalog/edit.hpp"
#include "planner/catalog/publications.hpp"

#include <algorithm>

namespace bellows::catalog {

namespace {

bool has(std::vector<Identifier> const& names, Identifier const& name) {
  return std::ranges::find(names, name) != names.end();
}

/// Foreign keys of other tables that rest on the key (null: all that point to the table).
void drop_references(Catalog& catalog, QualifiedName const& table, Constraint const* key) {
  for (QualifiedName const& name : catalog.linked(Link::PointsTo, table)) {
    Table* other = catalog.table(name);
    if (other == nullptr) {
      continue;
    }
    std::erase_if(other->constraints, [&](Constraint const& constraint) {
      bool const points =
          constraint.kind == ConstraintKind::ForeignKey && constraint.references == table;
      bool const rests = key == nullptr || constraint.rests_on == key->index ||
                         (constraint.rests_on.empty() &&
                          std::ranges::is_permutation(constraint.referenced_columns, key->columns));
      return points && rests;
    });
  }
}

}  // namespace

void drop_column(Catalog& catalog, Table& table, Identifier const& name) {
  std::vector<Identifier> constraints;
  for (Constraint const& constraint : table.constraints) {
    if (has(constraint.columns, name)) {
      constraints.push_back(constraint.name);
    }
  }
  for (Index const& index : table.indexes) {  // INCLUDE is not among a key's columns
    auto const behind = std::ranges::find(table.constraints, index.name, &Constraint::index);
    if (has(index.columns, name) && behind != table.constraints.end()) {
      constraints.push_back(behind->name);
    }
  }
  for (Identifier const& constraint : constraints) {
    drop_constraint(catalog, table, constraint);
  }
  std::erase_if(table.indexes, [&](Index const& index) { return has(index.columns, name); });
  std::vector<Identifier> computed;  // before 15 they go along; later only with CASCADE
  for (Column const& column : table.columns) {
    if (computed_from(column, name)) {
      computed.push_back(column.name);
    }
  }
  std::erase_if(table.columns, [&](Column const& column) { return column.name == name; });
  for (Identifier const& column : computed) {
    drop_column(catalog, table, column);
  }
}

void drop_constraint(Catalog& catalog, Table& table, Identifier const& name) {
  Constraint const* found = table.constraint(name);
  if (found == nullptr) {
    auto const column = std::ranges::find(table.columns, name, &Column::not_null_name);
    if (catalog.server_version >= 18 && column != table.columns.end()) {
      set_not_null(table, column->name, false);
    }
    return;
  }
  Constraint const constraint = *found;
  if (!constraint.index.empty()) {
    std::erase_if(table.indexes,
                  [&](Index const& index) { return index.name == constraint.index; });
    drop_attached(catalog, table.name, constraint.index);
    drop_references(catalog, table.name, &constraint);
  }
  std::erase_if(table.constraints, [&](Constraint const& other) { return other.name == name; });
}

void drop_index(Catalog& catalog, QualifiedName const& name) {
  Table const* owner = catalog.table_of_index(name);
  if (owner != nullptr) {
    QualifiedName const table = owner->name;
    drop_attached(catalog, table, name.name);
    std::erase_if(catalog.table(table)->indexes,
                  [&](Index const& index) { return index.name == name.name; });
  }
}

void drop_views_above(Catalog& catalog, Table const& table, Identifier const& column) {
  for (QualifiedName const& view : views_above(catalog, table.name, &column)) {
    drop_table(catalog, view, true);
  }
}

void drop_schema(Catalog& catalog, Identifier const& name, bool cascade) {
  std::vector<QualifiedName> inside;
  for (auto const& [table, content] : catalog.tables) {
    if (table.schema == name) {
      inside.push_back(table);
    }
  }
  for (QualifiedName const& table : inside) {
    drop_table(catalog, table, cascade);
  }
  catalog.schemas.erase(name);
  catalog.functions.erase_schema(name);
  std::erase_if(catalog.other_relations,
                [&](QualifiedName const& one) { return one.schema == name; });
}

void drop_table(Catalog& catalog, QualifiedName const& name, bool cascade) {
  for (QualifiedName const& gone : with_children(catalog, name, false)) {
    Table const* table = catalog.table(gone);
    if (table == nullptr) {
      continue;
    }
    TableKind const kind = table->kind;  // the views above may include itself: they go in a circle
    if (cascade) {
      for (QualifiedName const& view : views_above(catalog, gone)) {
        drop_table(catalog, view, false);
      }
    }
    if (kind == TableKind::View || kind == TableKind::MaterializedView) {
      auto const as =
          kind == TableKind::View ? DependentKind::View : DependentKind::MaterializedView;
      drop_dependent(catalog, {as, gone, {}}, gone);
    }
    drop_references(catalog, gone, nullptr);
    forget_table(catalog, gone);
    catalog.tables.erase(gone);
  }
}

std::vector<QualifiedName> with_children(Catalog const& catalog, QualifiedName const& name,
                                         bool only) {
  std::vector<QualifiedName> result{catalog.resolve(name)};
  for (std::size_t i = 0; !only && i < result.size(); ++i) {
    for (QualifiedName const& child_name : catalog.linked(Link::Below, result[i])) {
      Table const* child = catalog.table(child_name);
      bool const below = child != nullptr &&
                         (child->partition_of == result[i] ||
                          std::ranges::find(child->inherits, result[i]) != child->inherits.end());
      bool const known = std::ranges::find(result, child_name) != result.end();
      if (below && !known) {
        result.push_back(child_name);
      }
    }
  }
  return result;
}

}  // namespace bellows::catalog
