#pragma once

#include "planner/rules/rule.hpp"

namespace bellows::rules {

/// What a DROP takes with it and does not name: what CASCADE finds, and, of a column, the indexes
/// and constraints over several columns.
extern Rule const drops_along;

}  // namespace bellows::rules
