#pragma once

#include "planner/plan/plan.hpp"
#include "runner/ledger/store.hpp"
#include "runner/rollout/run.hpp"

#include <map>
#include <string>
#include <vector>

/// What the ways of a migration, forwards and backwards, share in reading and writing the journal.
namespace bellows::runner {

/// In the order in which they are carried out.
std::vector<plan::Step> all_steps(plan::Plan const& plan);

bool is(std::map<std::string, StepState> const& steps, plan::Step const& step, StepState state);

/// Notes where the migration is now, unless it is noted already. Changes `row` along.
void enter(Run& run, MigrationRow& row, State state, Phase phase);

/// Why somebody did what is refused without a reason; an empty one is not noted.
void note_reason(Run& run, MigrationRow const& row, char const* what, std::string const& because);

}  // namespace bellows::runner
