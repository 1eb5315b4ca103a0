#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/statement.hpp"

/// Statements that make what holds on to columns.
namespace bellows::catalog {

/// CREATE VIEW, CREATE POLICY and their kin. `made_before`: there may be somebody who depends on it
/// already; OR REPLACE and ALTER forget them.
void depend(Catalog& catalog, sql::Statement const& statement, sql::Other const& body,
            bool made_before);

/// CREATE FUNCTION with a body of the SQL standard (BEGIN ATOMIC, RETURN).
void depend_by_body(Catalog& catalog, sql::Other const& body);

}  // namespace bellows::catalog
