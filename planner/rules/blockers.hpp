#pragma once

#include "planner/rules/hazard_signs.hpp"

#include <string>
#include <vector>

/// What holds on to the column, constraint, relation or type that a statement drops, or whose type
/// it changes. As far as the catalog tells.
namespace bellows::rules {

using Blockers = std::vector<std::string>;  // "view public.user_names"

/// Empty for statements that neither drop anything nor change a type.
Blockers dependents_of(signs::Sign const& sign);

bool says_cascade(signs::Sign const& sign);

}  // namespace bellows::rules
