#pragma once

#include "batcher/postgres/session.hpp"
#include "runner/rollout/outlook.hpp"
#include "runner/rollout/project.hpp"

namespace bellows::runner {

/// Finds out what outlook() decides by: asks what `up`, `resume` and `contract` would ask, and
/// takes what they would refuse with. Reads the ledger, where there is one, and where something is
/// to begin or to go on, the catalog; writes nothing. `project`: nullptr where there are no files
/// here. Nothing is asked of the migrations while a runner is at work (`at_work`). Throws Failure.
OutlookFacts read_outlook_facts(postgres::Session& session, Project const* project, bool at_work);

}  // namespace bellows::runner
