#pragma once

#include <string>

#include "planner/sql/tree.hpp"

namespace bellows::sql {

/// What a statement is called: "CREATE EXTENSION", "REINDEX TABLE CONCURRENTLY", "COMMENT ON
/// COLUMN". For statements that have no type of their own in statement.hpp.
std::string kind_of(PgQuery__Node& statement);

}  // namespace bellows::sql
