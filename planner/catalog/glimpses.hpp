#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/statement.hpp"

/// Tables whose CREATE nobody has shown, as far as the migrations tell of them: the constraints
/// that they add, the columns that they add or make NOT NULL. What else such a table has is not
/// known, and so it is not among Catalog::tables.
namespace bellows::catalog {

/// ALTER TABLE of a table that the catalog does not have.
void glimpse(Catalog& catalog, sql::AlterTable const& statement);

/// RENAME COLUMN of one.
void rename_in_glimpse(Catalog& catalog, sql::RenameColumn const& statement);
/// RENAME TO, SET SCHEMA.
void rename_glimpse(Catalog& catalog, QualifiedName const& from, QualifiedName const& to);

}  // namespace bellows::catalog
