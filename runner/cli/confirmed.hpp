#pragma once

#include "runner/cli/options.hpp"
#include "runner/rollout/agenda.hpp"
#include "runner/rollout/other_history.hpp"
#include "runner/rollout/run.hpp"

/// What is asked before anything runs, and may be confirmed with --because: the reason is kept.
namespace bellows::runner {

/// That the database is this project's. Throws Unconfirmed.
void check_project(Run& run, Project const& project, LedgerRows const& rows,
                   Options const& options);

/// What other tools have run here.
OtherRuns other_runs_of(Run& run);

/// Of a database without a ledger, so everything is new: throws what `items` would be refused with
/// before the first of them begins.
void check_first_run(postgres::Session& session, Project const& project,
                     std::vector<Item> const& items, Deployment const& deployment,
                     Options const& options);
/// That what is to begin has not run here, under another name or by another tool. Throws
/// Unconfirmed.
void check_new(Run& run, Project const& project, Project::Entry const& entry,
               LedgerRows const& rows, OtherRuns const& other_runs, Options const& options);

}  // namespace bellows::runner
