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

/// The functions that a statement's text calls, operators left out; none where it does not parse.
std::vector<FunctionCall> functions_called(std::string const& statement);

}  // namespace bellows::sql
