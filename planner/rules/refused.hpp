#pragma once

#include "planner/rules/rule.hpp"

#include <string_view>

/// Statements that can only fail: PostgreSQL looks at what the catalog says before it does
/// anything.
namespace bellows::rules {

/// An error, with fails_with. `why` is a clause without its full stop: "a is part of the key".
Finding refused(std::string_view rule, std::string_view state, std::string_view why,
                std::string_view remedy);

}  // namespace bellows::rules
