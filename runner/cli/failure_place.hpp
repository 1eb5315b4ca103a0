#pragma once

#include "runner/cli/options.hpp"
#include "runner/rollout/step.hpp"

#include <string>

namespace bellows::runner {

/// "migrations/….sql:3:1: " of the statement that a failed step goes back to: the one that failed
/// when it stands in the file, else the only one that the file has. Without a line where several
/// could be meant; empty where the file can't be read. Never throws for the file's sake.
std::string place_of_failure(Options const& options, StepFailed const& failure);

}  // namespace bellows::runner
