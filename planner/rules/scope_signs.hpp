#pragma once

#include "planner/rules/hazard_signs.hpp"

#include <string>

/// Statements that name no table, and so mean every one: VACUUM FULL, CLUSTER, REINDEX SCHEMA.
namespace bellows::rules::signs {

/// Which there are, the catalog does not know.
bool works_on_all(Sign const& sign);

/// "Every table", "Every index of the schema".
std::string scope_text(Sign const& sign);

}  // namespace bellows::rules::signs
