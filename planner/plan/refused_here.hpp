#pragma once

#include "planner/plan/make_plan.hpp"

#include <optional>

namespace bellows::plan {

/// Why the statements cannot be carried out as their plan says, by a catalog that may tell more
/// than the one that it was made from: the server would refuse them, or what they are split into.
/// Nothing where they can, as far as it tells. Pure.
std::optional<NoPlan> refused_here(sql::Migration const& migration, catalog::Catalog const& before);

}  // namespace bellows::plan
