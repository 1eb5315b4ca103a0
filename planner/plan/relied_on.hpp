#pragma once

#include "planner/catalog/model.hpp"
#include "planner/plan/plan.hpp"

#include <string>
#include <vector>

namespace bellows::plan {

/// "sha256:…" over the facts that a plan depends on: that the tables are there and what they are,
/// the listed columns' types and nullability (or absence), their tables' keys, and the indexes that
/// use a listed column. Not defaults, comments or sizes, and no other column: a plan survives what
/// does not touch it. A replayed catalog and the live one of the same database give the same hash.
std::string relied_on(catalog::Catalog const& catalog, std::vector<ReliedOn> const& facts);

}  // namespace bellows::plan
