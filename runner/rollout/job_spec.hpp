#pragma once

#include "batcher/job/job.hpp"
#include "planner/plan/plan.hpp"

#include <string>

namespace bellows::runner {

/// The job that carries out a plan's batch step. Pure.
batcher::Spec job_spec(std::string const& migration, plan::Step const& step,
                       plan::Batch const& batch);

}  // namespace bellows::runner
