#pragma once

#include "runner/ledger/store.hpp"
#include "runner/rollout/run.hpp"

#include <string>

/// What `abort` says where there is nothing to abort.
namespace bellows::runner {

std::string nothing_to_take_back(std::string const& name);

/// Since when it is aborted, and what its abort left as it is. Reads the ledger.
std::string aborted_before(Run& run, MigrationRow const& row);

}  // namespace bellows::runner
