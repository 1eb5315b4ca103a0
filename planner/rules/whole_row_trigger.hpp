#pragma once

#include "planner/rules/rule.hpp"

namespace bellows::rules {

/// A column is added (by a rename that is split, too) to a table whose trigger takes rows whole, by
/// position.
extern Rule const whole_row_trigger;

}  // namespace bellows::rules
