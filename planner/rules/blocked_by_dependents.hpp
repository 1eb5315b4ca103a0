#pragma once

#include "planner/rules/rule.hpp"

namespace bellows::rules {

/// ALTER COLUMN TYPE and DROP of something that other objects hold on to: PostgreSQL refuses it.
extern Rule const blocked_by_dependents;

}  // namespace bellows::rules
