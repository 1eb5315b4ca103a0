#pragma once

#include "batcher/job/open_job.hpp"

#include <optional>

namespace bellows::batcher {

/// A lane in two: it keeps the first half of what it has left, the other half is a new lane.
struct Split {
  Checkpoint first;   // the lane as it is now
  Checkpoint second;  // the new one
};

/// The lane is not in the ledger as we know it: it must be read again. Nothing was changed.
struct LaneChanged {};

/// Divides what is left of `lane`, in the caller's transaction, so that both halves are there or
/// none. Nothing where too little is left, or a window is open. What the two have done of the job
/// together is what the one had. Throws LaneChanged.
std::optional<Split> split_lane(postgres::Transaction& transaction, Spec const& spec,
                                OpenJob const& job, Checkpoint const& lane, std::int64_t least);

}  // namespace bellows::batcher
