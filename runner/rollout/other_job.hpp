#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/plan/plan.hpp"

#include <string>

namespace bellows::runner {

/// What an abort has left of a migration's rows is not gone on with by other statements: throws
/// ProjectError where a batch step of `plan` was begun as something else, before it is begun again.
/// `file`: the migration's, for people.
void refuse_other_job(postgres::Session& session, plan::Plan const& plan, std::string const& file);

}  // namespace bellows::runner
