#pragma once

#include "planner/rules/rule.hpp"

/// INSERT … SELECT from a table that has rows: one transaction for as long as that is large. Split:
/// a copy in batches, each row once, by the source's key.
namespace bellows::rules {

extern Rule const insert_in_batches;

}  // namespace bellows::rules
