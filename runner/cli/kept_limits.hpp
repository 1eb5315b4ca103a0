#pragma once

#include "runner/cli/options.hpp"
#include "runner/ledger/run_limits.hpp"
#include "runner/rollout/run.hpp"

/// What shapes a run belongs to it: who resumes it without a word about that goes by it again. A
/// flag outranks it; it outranks the environment.
namespace bellows::runner {

/// What of `options` is to be kept for a phase's run (of Expand: that of Backfill): what was given
/// by a flag, or by the environment where `kept` has none of that name, and what is kept already.
/// Pure.
RunLimits limits_to_keep(Options const& options, RunLimits const& kept,
                         Phase phase = Phase::Backfill);

/// Those that hold, since no flag says otherwise: "--max-rows-per-second 3000". Empty: none. Pure.
std::string limits_in_force(Options const& options, RunLimits const& kept);

/// Before a migration is moved on: the run goes by its limits, which are kept and told.
void go_by_limits(Run& run, Options const& options, MigrationRow const& row);

/// Before contract. What is kept holds for a contract that was interrupted, not for a later try of
/// one whose gate stayed closed: a short period that somebody chose once must not open it later.
void go_by_quiet_period(Run& run, Options const& options, MigrationRow const& row);

}  // namespace bellows::runner
