#pragma once

#include "planner/plan/plan.hpp"
#include "runner/rollout/run.hpp"

#include <string>

namespace bellows::runner {

/// Before contract: whether each table of the migration is the one that it was when expand changed
/// it. Where a name is another table's since (a restored dump, say) and all that the plan's steps
/// made is there, its verification runs again from the first row, and the table is taken for the
/// migration's own. Where anything is missing the plan is stale: throws ProjectError with what.
/// StepFailed where the verification fails.
void settle_other_tables(Run& run, std::string const& migration, plan::Plan const& plan);

}  // namespace bellows::runner
