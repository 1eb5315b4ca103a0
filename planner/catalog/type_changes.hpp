#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/statement.hpp"

namespace bellows::catalog {

/// CREATE TYPE in every form but that of a composite one, and ALTER TYPE … ADD VALUE, RENAME VALUE.
/// Unknown types and labels are passed over.
void change_types(Catalog& catalog, sql::Statement const& statement, sql::Other const& body);

}  // namespace bellows::catalog
