#pragma once

#include "runner/cli/options.hpp"
#include "runner/ledger/run_limits.hpp"
#include "runner/rollout/run.hpp"

/// The limits of a run belong to it: who resumes it without a word about them goes by them again. A
/// flag outranks them; they outrank the environment.
namespace bellows::runner {

/// What of `options` is to be kept: limits that were given by a flag, or by the environment where
/// `kept` has none of that name, and what is kept already. Pure.
RunLimits limits_to_keep(Options const& options, RunLimits const& kept);

/// Those that hold, since no flag says otherwise: "--max-rows-per-second 3000". Empty: none. Pure.
std::string limits_in_force(Options const& options, RunLimits const& kept);

/// Before a migration is moved on: the run goes by its limits, which are kept and told.
void go_by_limits(Run& run, Options const& options, MigrationRow const& row);

}  // namespace bellows::runner
