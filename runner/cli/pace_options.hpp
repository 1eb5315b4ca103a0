#pragma once

#include "batcher/control/governor.hpp"
#include "batcher/job/job.hpp"
#include "runner/cli/options.hpp"
#include "runner/rollout/gate.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace bellows::runner {

/// The settings about a backfill's pace. Throws UsageError.
batcher::Steering steering_of(Options const& options);
/// With the size of batches; what is about writing them is left as it is. Throws UsageError.
batcher::Options batches_of(Options const& options);

/// With what is about writing them, too: what a run goes by. Throws UsageError.
batcher::Options run_batches_of(Options const& options);

/// How long a closed gate may be waited for: the quiet period and a little more, unless it is said.
std::chrono::milliseconds gate_wait_of(Options const& options);

/// The same, with the quiet period itself.
GatePatience patience_of(Options const& options);

/// "512", "64kB", "20MB", "1GB": a multiple of 1024. Throws UsageError.
std::int64_t parse_bytes(std::string_view text);

}  // namespace bellows::runner
