#pragma once

#include "planner/catalog/model.hpp"

#include <string_view>

/// The names that PostgreSQL makes up (src/backend/commands/indexcmds.c: makeObjectName,
/// ChooseRelationName; src/backend/catalog/pg_constraint.c: ChooseConstraintName).
namespace bellows::catalog {

/// `table_column_label` in 63 bytes: the longer of table and column is cut first.
Identifier object_name(std::string_view table, std::string_view column, std::string_view label);

/// A table, view, index or sequence of that name is there: all of them share their names.
bool relation_taken(Catalog const& catalog, QualifiedName const& name);

/// The first of label, label1, label2 … that no relation (and no constraint) of the schema has.
Identifier relation_name(Catalog const& catalog, QualifiedName const& table,
                         std::string_view column, std::string_view label, bool constraint);
Identifier constraint_name(Catalog const& catalog, QualifiedName const& table,
                           std::string_view column, std::string_view label);

/// `a_b_c`, as index and foreign key names are made of their columns.
std::string joined(std::vector<Identifier> const& columns);

}  // namespace bellows::catalog
