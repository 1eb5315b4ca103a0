#pragma once

#include "planner/rules/preconditions/parts.hpp"

#include <string>

namespace bellows::rules::preconditions {

/// The source has told every type there is, and this is none of them. `type` as qualified_type()
/// has it: with its modifiers, or as an array.
bool is_missing_type(Catalog const& catalog, std::string const& type);

}  // namespace bellows::rules::preconditions
