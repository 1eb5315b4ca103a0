#pragma once

#include "planner/rules/rule.hpp"

namespace bellows::rules {

/// What an identity column must be, and the column is not: the statement fails.
extern Rule const identity_refused;

}  // namespace bellows::rules
