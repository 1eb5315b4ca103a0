#pragma once

#include "planner/sql/parser/tree.hpp"
#include "planner/sql/statement.hpp"

namespace bellows::sql {

/// As format_type() prints it; a user's type as it was written, quoted where SQL needs it.
TypeName type_name(::TypeName const& type);

}  // namespace bellows::sql
