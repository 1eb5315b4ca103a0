#pragma once

#include "planner/sql/tree.hpp"

/// What the functions that an expression calls make of it.
namespace bellows::sql {

struct Calls {
  bool volatile_function = false;  // one that PostgreSQL ships as VOLATILE
  bool unknown_function = false;   // one that PostgreSQL does not ship
};

Calls calls_in(ProtobufCMessage& root);

/// Throws SyntaxError when `expression` is not a scalar that can be computed from one row: a
/// subquery, an aggregate, a window function, a set, a parameter, a whole row.
void require_scalar(PgQuery__Node& expression);

}  // namespace bellows::sql
