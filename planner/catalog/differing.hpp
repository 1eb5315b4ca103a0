#pragma once

#include "planner/catalog/tables.hpp"

#include <vector>

namespace bellows::catalog {

/// Names whose table is not the same object in both: where one is a copy of the other, what was
/// made, edited or taken since.
std::vector<sql::QualifiedName> differing(Tables const& one, Tables const& other);

}  // namespace bellows::catalog
