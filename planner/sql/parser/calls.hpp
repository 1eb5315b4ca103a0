#pragma once

#include "planner/sql/function_calls.hpp"
#include "planner/sql/parser/tree.hpp"

/// What an expression's tree says of its values.
namespace bellows::sql {

Calls calls_in(Node const& root);

/// Throws SyntaxError when `expression` is not a scalar that can be computed from one row: a
/// subquery, an aggregate, a window function, a set, a parameter, a whole row.
void require_scalar(Node const& expression);

}  // namespace bellows::sql
