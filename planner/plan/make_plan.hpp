#pragma once

#include "planner/plan/plan.hpp"
#include "planner/rules/review.hpp"

#include <string>
#include <variant>
#include <vector>

namespace bellows::plan {

/// Why there is no plan, statement by statement.
struct NoPlan {
  struct Reason {
    sql::Position at;
    std::string rule;
    std::string reason;
    std::string remedy;
  };
  std::vector<Reason> reasons;
};

/// `catalog` is the world before the migration. Same input, same plan.
std::variant<Plan, NoPlan> make_plan(sql::Migration const& migration,
                                     catalog::Catalog const& catalog);
/// The same; `after`, a copy of `before`, becomes what a replay of the migration leaves, which is
/// found on the way.
std::variant<Plan, NoPlan> make_plan(sql::Migration const& migration,
                                     catalog::Catalog const& before, catalog::Catalog& after);

}  // namespace bellows::plan
