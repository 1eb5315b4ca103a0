#pragma once

#include "planner/sql/parser/tree.hpp"
#include "planner/sql/statement.hpp"

#include <string>

namespace bellows::sql {

/// ConstraintDefinition::text of a `definition` whose other fields are set. A column's constraint
/// is written as the table constraint that PostgreSQL makes of it, where there is one.
std::string constraint_text(Constraint const& constraint, ConstraintDefinition const& definition,
                            bool of_table);

}  // namespace bellows::sql
