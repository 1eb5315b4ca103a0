#pragma once

#include "planner/plan/make_plan.hpp"

#include <optional>

namespace bellows::plan {

/// Why there is no plan for it, whatever its statements become: it has directives that are not
/// understood, and what is done would not be what they were written for. Nothing: it has none.
/// Pure.
std::optional<NoPlan> mistaken_directives(sql::Migration const& migration);

}  // namespace bellows::plan
