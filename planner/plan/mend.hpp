#pragma once

#include "planner/plan/make_plan.hpp"

#include <set>
#include <string>
#include <variant>

namespace bellows::plan {

/// Why a file that was changed in the midst of its run can't be gone on with.
struct CannotMend {
  std::string why;
};

/// The plan of a migration whose file was mended after a part of it had run: the steps in `done` as
/// they were, and new ones for what stands behind them now. `ran` is the plan that was carried out
/// so far, of one phase; `now` the schema as it stands. Pure.
std::variant<Plan, NoPlan, CannotMend> mended_plan(Plan const& ran,
                                                   std::set<std::string> const& done,
                                                   sql::Migration const& file,
                                                   catalog::Catalog const& now);

}  // namespace bellows::plan
