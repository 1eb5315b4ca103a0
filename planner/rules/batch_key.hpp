#pragma once

#include "planner/rules/rule.hpp"

#include <variant>
#include <vector>

namespace bellows::rules {

/// The key that batches of this table go by: the author's `-- bellows: key`, which must be NOT NULL
/// and unique, else the table's best key; or why there is none.
std::variant<std::vector<sql::Identifier>, Refusal> batch_key(catalog::Table const& table,
                                                              sql::Directives const& directives);

}  // namespace bellows::rules
