#pragma once

#include "planner/rules/rule.hpp"

/// CREATE INDEX CONCURRENTLY IF NOT EXISTS: a build that was interrupted leaves an INVALID index
/// behind, which IF NOT EXISTS then takes for the wanted one (manual, CREATE INDEX, "Building
/// Indexes Concurrently").
namespace bellows::rules {

extern Rule const concurrently_if_not_exists;

}  // namespace bellows::rules
