#include "planner/catalog/references.hpp"

#include <algorithm>

// Source: tablecmds.c, transformFkeyCheckAttrs(), transformFkeyGetPrimaryKey().
namespace bellows::catalog {

namespace {

bool is_immediate(Table const& table, Index const& index) {
  return std::ranges::none_of(table.constraints, [&](Constraint const& constraint) {
    return constraint.index == index.name && is_deferrable(constraint);
  });
}

bool is_of(Index const& index, std::vector<Identifier> const& columns) {
  std::vector<Identifier> key(
      index.columns.begin(),
      index.columns.begin() + static_cast<std::ptrdiff_t>(index.key_columns));
  return std::ranges::is_permutation(key, columns);
}

/// Of WITHOUT OVERLAPS (since 18): keys that periods refer to, and unique by an exclusion.
bool is_temporal(Table const& table, Index const& index) {
  return index.method == "gist" &&
         std::ranges::any_of(table.constraints, [&](Constraint const& constraint) {
           bool const key = constraint.kind == ConstraintKind::Unique ||
                            constraint.kind == ConstraintKind::PrimaryKey;
           return key && constraint.index == index.name;
         });
}

}  // namespace

bool is_initially_deferred(Constraint const& constraint) {
  return constraint.definition.find(" INITIALLY DEFERRED") != std::string::npos;
}

bool is_deferrable(Constraint const& constraint) {
  std::string_view const text = constraint.definition;
  bool const said = text.find(" DEFERRABLE") != std::string_view::npos &&
                    text.find(" NOT DEFERRABLE") == std::string_view::npos;
  return said || is_initially_deferred(constraint);
}

std::vector<Index const*> fitting_keys(Table const& referenced,
                                       std::vector<Identifier> const& columns) {
  std::vector<Index const*> fitting;
  for (Index const& index : referenced.indexes) {
    bool const unique = index.unique || is_temporal(referenced, index);
    bool const complete = unique && index.valid && !index.partial && !index.has_expressions;
    if (complete && is_of(index, columns) && is_immediate(referenced, index)) {
      fitting.push_back(&index);
    }
  }
  return fitting;
}

void take_reference(Catalog const& catalog, Constraint& constraint) {
  Table const* referenced = catalog.table(constraint.references);
  if (referenced == nullptr) {
    return;
  }
  if (constraint.referenced_columns.empty()) {
    auto const primary =
        std::ranges::find(referenced->constraints, ConstraintKind::PrimaryKey, &Constraint::kind);
    if (primary != referenced->constraints.end()) {
      constraint.referenced_columns = primary->columns;
      constraint.rests_on = primary->index;
    }
    return;
  }
  auto const fitting = fitting_keys(*referenced, constraint.referenced_columns);
  if (fitting.size() == 1) {
    constraint.rests_on = fitting.front()->name;
  }
}

std::optional<Identifier> rested_on(Table const& referenced, Constraint const& foreign_key) {
  if (foreign_key.kind != ConstraintKind::ForeignKey) {
    return std::nullopt;
  }
  if (!foreign_key.rests_on.empty()) {
    return foreign_key.rests_on;
  }
  auto const fitting = fitting_keys(referenced, foreign_key.referenced_columns);
  return fitting.size() == 1 ? std::optional(fitting.front()->name) : std::nullopt;
}

void rename_rested_on(Catalog& catalog, QualifiedName const& referenced, Identifier const& from,
                      Identifier const& to) {
  for (QualifiedName const& name : catalog.linked(Link::PointsTo, referenced)) {
    Table* table = catalog.table(name);
    if (table == nullptr) {
      continue;
    }
    for (Constraint& constraint : table->constraints) {
      if (constraint.references == referenced && constraint.rests_on == from) {
        constraint.rests_on = to;
      }
    }
  }
}

}  // namespace bellows::catalog
