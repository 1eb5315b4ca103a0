#pragma once

#include "runner/cli/options.hpp"

namespace bellows::runner {

/// Reads --throttle-query once, where there is one and it is looked at, before anything begins:
/// what the server refuses, or what answers neither a number nor a boolean, would be refused each
/// second, and limit nothing. Throws UsageError; CannotConnect.
void check_throttle_query(Options const& options);

}  // namespace bellows::runner
