#pragma once

#include "planner/rules/rule.hpp"

#include <string>

namespace bellows::rules {

/// REPACK (CONCURRENTLY) of 19, which lets others read and write the table that it writes anew:
/// what it waits for, what it ends with, and who is not to read meanwhile.
extern Rule const repack_concurrently;

/// What to type instead of a VACUUM FULL, CLUSTER or REPACK that keeps others out; empty where the
/// server has nothing.
std::string repacked_beside(Question const& question);

}  // namespace bellows::rules
