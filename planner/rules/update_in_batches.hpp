#pragma once

#include "planner/rules/rule.hpp"

/// UPDATE of a table that has rows: one statement locks every row it writes until it commits, holds
/// back vacuum for the whole time, and loses everything when it fails near the end. Split: the same
/// UPDATE in batches.
namespace bellows::rules {

extern Rule const update_in_batches;

}  // namespace bellows::rules
