#pragma once

#include "planner/plan/plan.hpp"
#include "runner/rollout/run.hpp"

#include <string>

namespace bellows::runner {

/// One statement of a step outside of any transaction (ddl::run_alone), its progress, what holds it
/// and what the server says told. Throws as that does.
void run_statement_alone(Run& run, std::string const& migration, plan::Step const& step,
                         std::string const& statement);

}  // namespace bellows::runner
