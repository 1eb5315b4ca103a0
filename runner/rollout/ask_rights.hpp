#pragma once

#include "planner/plan/privileges.hpp"
#include "runner/rollout/run.hpp"

#include <vector>

namespace bellows::runner {

/// What was allowed when the migration began need not be any more, nor to whoever goes on with it:
/// throws StepFailed, which says what to GRANT. `status` tells that as the end of the last run.
void ask_rights(Run& run, MigrationRow const& row, std::vector<plan::Privilege> const& needed);

/// What is needed by whoever goes on with it now: forwards to the end of its backfill, or of its
/// contract where it waits for that or is in it; or backwards.
std::vector<plan::Privilege> needed_next(postgres::Session& session, MigrationRow const& row);

/// What those of a phase's steps need that are not done yet.
std::vector<plan::Privilege> still_needed(postgres::Session& session, MigrationRow const& row,
                                          std::vector<plan::Step> steps);

}  // namespace bellows::runner
