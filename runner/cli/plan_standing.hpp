#pragma once

#include "planner/catalog/model.hpp"
#include "planner/plan/plan.hpp"
#include "planner/sql/migration.hpp"

#include <string>

namespace bellows::runner {

/// Why a committed plan is not current, in the words of check and of plan --check.
struct NotCurrent {
  std::string why{};        // what follows the file's name: "is stale: …"; empty: it is current
  bool by_planning = true;  // `bellows plan` mends it
};

/// `before`: the schema that the migration finds. Pure.
NotCurrent not_current(plan::Plan const& plan, sql::Migration const& migration,
                       catalog::Catalog const& before);

}  // namespace bellows::runner
