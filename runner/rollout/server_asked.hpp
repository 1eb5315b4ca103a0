#pragma once

#include "planner/plan/plan.hpp"
#include "runner/rollout/run.hpp"

#include <string>

/// No walk is believed: what a backfill has come to, and what is about to be dropped because of it,
/// is asked of the server in one plain statement (batcher/verify/any_row.hpp).
namespace bellows::runner {

/// After a batch step that must reach every row that is due (which the author's own, irreversible
/// ones need not: the application may write such rows at any time). Where one is left, the job
/// begins anew with the next run, and StepFailed is thrown.
void ask_whether_any_is_due(Run& run, std::string const& migration, plan::Step const& step,
                            plan::Batch const& batch);

/// Before a step of contract seeks a lock that stops everybody: whether any row of such a table is
/// out of step, by what the plan's verify steps demand. Nothing is read under the lock. Throws
/// StepFailed where one is.
void ask_whether_in_step(Run& run, std::string const& migration, plan::Step const& step);

}  // namespace bellows::runner
