#pragma once

#include "batcher/job/job.hpp"
#include "runner/rollout/run.hpp"
#include "runner/rollout/step.hpp"

namespace bellows::runner {

/// Why a backfill is not done although its job came to its end: some rows are in the dead letters,
/// and nobody writes them until somebody has looked at them.
StepFailed dead_letters_left(postgres::Session& session, plan::Step const& step,
                             batcher::Spec const& spec);

/// And why one was ended half-way.
StepFailed too_many(Run& run, plan::Step const& step, batcher::Spec const& spec,
                    batcher::TooManyDeadLetters const& failure);

}  // namespace bellows::runner
