#pragma once

#include "batcher/verify/verify.hpp"
#include "planner/plan/plan.hpp"

#include <string>

namespace bellows::runner {

/// What a plan's verify step asks; the columns that its backfill sets are hashed besides,
/// and whoever steers that backfill steers this.
batcher::VerifySpec verify_spec(std::string const& job, plan::Plan const& plan,
                                plan::Verify const& verify);

/// "3 of 300,000 rows of public.users are out of step, e.g. id = 7, id = 9"
std::string out_of_step(batcher::Verified const& found, sql::QualifiedName const& table);

/// What is said of a verification that let the rollout go on.
std::string verified_text(batcher::Verified const& found, plan::Verify const& verify);

}  // namespace bellows::runner
