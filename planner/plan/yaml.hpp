#pragma once

#include "planner/plan/plan.hpp"

#include <string>
#include <string_view>

namespace bellows::plan {

/// The plan file (plans/README.md describes it; plans/plan.schema.json for editors). Same plan,
/// same bytes; from_yaml(to_yaml(p)) == p.
std::string to_yaml(Plan const& plan);
/// The same, where in_short(plan) is known.
std::string to_yaml(Plan const& plan, std::string_view in_short);

/// Throws std::invalid_argument with the line and what is wrong there. Unknown keys are errors:
/// a mistyped `undoo` must not be a plan without an undo.
Plan from_yaml(std::string_view text);

}  // namespace bellows::plan
