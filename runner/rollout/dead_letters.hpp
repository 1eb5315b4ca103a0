#pragma once

#include "batcher/job/job.hpp"
#include "runner/rollout/run.hpp"
#include "runner/rollout/step.hpp"

#include <string>

namespace bellows::runner {

/// Why a backfill is not done although its job came to its end: some rows are in the dead letters,
/// and nobody writes them until somebody has looked at them.
StepFailed dead_letters_left(postgres::Session& session, plan::Step const& step,
                             batcher::Spec const& spec);

/// And why one was ended half-way.
StepFailed too_many(Run& run, plan::Step const& step, batcher::Spec const& spec,
                    batcher::TooManyDeadLetters const& failure);

/// Nothing but rows in the dead letters is left of a backfill of its: `bellows resume` alone would
/// find just that again. Also of one that was cut off while it tried them again.
bool only_letters_are_left(postgres::Session& session, MigrationRow const& row);

/// What to type for one that has failed, or was cut off.
std::string how_to_go_on(postgres::Session& session, MigrationRow const& row);

}  // namespace bellows::runner
