#pragma once

#include "planner/rules/rule.hpp"

namespace bellows::rules {

/// What the server may refuse for a reason that no catalog here tells: said as a doubt.
extern Rule const may_fail;

}  // namespace bellows::rules
