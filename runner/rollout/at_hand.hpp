#pragma once

#include "planner/plan/plan.hpp"
#include "runner/ledger/store.hpp"

#include <map>
#include <string>

namespace bellows::runner {

/// The step of that phase which a migration is at, as far as the ledger and its runner tell;
/// nullptr where none is left. `said`: the id that the run itself told, by what holds it or by how
/// it ended; may be empty. Gates are not journaled, so without that word one is at hand until a
/// step behind it has begun. Pure; points into `plan`.
plan::Step const* step_at_hand(plan::Plan const& plan, Phase phase,
                               std::map<std::string, StepState> const& journaled,
                               std::string const& said);

}  // namespace bellows::runner
