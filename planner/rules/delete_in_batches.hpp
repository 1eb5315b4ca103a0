#pragma once

#include "planner/rules/rule.hpp"

/// DELETE from a table that has rows. In one statement every row that goes stays locked until the
/// last one is gone, and nothing of it counts before. Split: the same DELETE in batches.
namespace bellows::rules {

extern Rule const delete_in_batches;

/// Rows of other tables point to those that go, and no index finds them.
extern Rule const delete_scans_referencing;

/// Rows of other tables go along, in the same batch, however many they are.
extern Rule const delete_cascades;

}  // namespace bellows::rules
