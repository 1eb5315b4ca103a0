#pragma once

#include "planner/sql/parser/tree.hpp"

#include <string>

namespace bellows::sql {

/// What a statement is called: "CREATE EXTENSION", "REINDEX TABLE CONCURRENTLY", "COMMENT ON
/// COLUMN". For statements that have no type of their own in statement.hpp.
std::string kind_of(Node const& statement);

}  // namespace bellows::sql
