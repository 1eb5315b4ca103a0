#pragma once

#include "planner/sql/identifier.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace bellows::sql {

struct FunctionCall {
  QualifiedName name;
  std::size_t arguments = 0;
};

/// What the functions that an expression calls make of it.
struct Calls {
  bool volatile_function = false;     // one that PostgreSQL ships as VOLATILE
  std::vector<FunctionCall> unknown;  // those that PostgreSQL does not ship
};

/// Of an expression, and of whole statements. Nothing where they do not parse.
Calls calls_of(std::string const& expression);
Calls calls_of_statement(std::string const& text);

/// The functions that a statement's text calls, operators left out; none where it does not parse.
std::vector<FunctionCall> functions_called(std::string const& statement);

}  // namespace bellows::sql
