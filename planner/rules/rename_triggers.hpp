#pragma once

#include "planner/catalog/model.hpp"
#include "planner/rules/rule.hpp"
#include "planner/rules/sync_trigger.hpp"

#include <optional>

namespace bellows::rules {

/// Where no order of firing is right for one of the table's own triggers: which, and why.
std::optional<Refusal> check_triggers(catalog::Catalog const& catalog, catalog::Table const& table,
                                      SyncPair const& pair);

}  // namespace bellows::rules
