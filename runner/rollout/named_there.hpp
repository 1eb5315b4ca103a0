#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/plan/plan.hpp"

namespace bellows::runner {

/// What a plan's own statements name and no schema has: roles that are granted something, own or
/// are let in (unless the plan makes them, or `roles` is false: something before it may), and
/// extensions that the server has no files of. Throws StepFailed (nothing_changed) for the first
/// that is not there. Reads the catalog.
void refuse_not_there(postgres::Session& session, plan::Plan const& plan, bool roles = true);

}  // namespace bellows::runner
