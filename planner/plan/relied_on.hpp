#pragma once

#include <string>
#include <vector>

#include "planner/catalog/model.hpp"

namespace bellows::plan {

/// "sha256:…" over the facts of these tables that a plan depends on: columns with their types and
/// nullability, keys, index and constraint and trigger names. Not defaults, comments or sizes. A
/// replayed catalog and the live one of the same database give the same hash; a plan made for
/// another world gets another one and is refused.
std::string relied_on(catalog::Catalog const& catalog, std::vector<sql::QualifiedName> const& tables);

}  // namespace bellows::plan
