#pragma once

#include "planner/catalog/model.hpp"

#include <string>
#include <string_view>

/// The CHECK that spares PostgreSQL the look at every row when a partition comes. It is tried on
/// the very proof by which the finding is made: what is advised here makes the finding go.
namespace bellows::rules {

/// What to do first, as a sentence. `table`: whose rows would be read; with `inside`, all of them
/// are to belong to the bounds, else none. `rule` is the finding's.
std::string check_that_spares(catalog::Table const& parent, catalog::Table const& table,
                              sql::PartitionBounds const& bounds, bool inside,
                              std::string_view rule);

}  // namespace bellows::rules
