#pragma once

#include "planner/rules/rule.hpp"

#include <string>
#include <variant>
#include <vector>

namespace bellows::rules {

/// The key that batches of this table go by, one that every row has: the author's `-- bellows:
/// key`, else the table's best; or why there is none.
std::variant<std::vector<sql::Identifier>, Refusal> batch_key(catalog::Table const& table,
                                                              sql::Directives const& directives);

/// The same for a batch that `where` tells the rows of that are due, such that none is once it is
/// written: then rows without a key can be reached by their pages. So it may also be the columns of
/// a unique index that allow NULL, or none at all. With an empty `where` as above.
std::variant<std::vector<sql::Identifier>, Refusal> batch_key_where(
    catalog::Table const& table, sql::Directives const& directives, std::string const& where);

/// Every row has one: no column of it may be NULL, and there is one.
bool every_row_has(catalog::Table const& table, std::vector<sql::Identifier> const& key);

/// What a step's `about` says of how its rows are reached: "key range by key range".
std::string way_of_batches(catalog::Table const& table, std::vector<sql::Identifier> const& key);

}  // namespace bellows::rules
