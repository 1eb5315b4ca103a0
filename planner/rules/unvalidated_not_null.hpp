#pragma once

#include "planner/rules/rule.hpp"

namespace bellows::rules {

/// What is built on a NOT NULL that is NOT VALID (18): PostgreSQL takes it for true in places, and
/// reads the table in others.
extern Rule const unvalidated_not_null;

}  // namespace bellows::rules
