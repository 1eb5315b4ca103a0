#pragma once

#include "planner/plan/plan.hpp"

#include <string>
#include <vector>

namespace bellows::plan {

/// What of a plan's SQL PostgreSQL's grammar refuses, wherever it stands: the contract's as well,
/// which would be met a release later. A plan is reviewed, and may be edited, by hand. `known`:
/// statements that are taken as they are, those of the migration's file. Pure.
std::vector<std::string> unreadable(Plan const& plan, std::vector<std::string> const& known);

}  // namespace bellows::plan
