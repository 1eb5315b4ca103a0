#pragma once

#include "planner/rules/asked_rules.hpp"

#include <vector>

namespace bellows::rules {

/// The hazards that bellows recognises and explains, and does not split by itself. Nothing is
/// reported of tables that are new in the migration under review.
std::vector<AskedRule> const& hazard_rules();

}  // namespace bellows::rules
