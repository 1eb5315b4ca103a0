#pragma once

#include "planner/sql/identifier.hpp"

#include <string_view>

namespace bellows::sql {

/// The CHECK constraint (as pg_get_constraintdef() prints it) lets no NULL into the column, in one
/// of the forms that PostgreSQL recognises when it decides whether SET NOT NULL must scan: IS NOT
/// NULL, NOT (… IS NULL), IS DISTINCT FROM NULL, alone or joined by AND.
bool proves_not_null(std::string_view check_definition, Identifier const& column);

}  // namespace bellows::sql
