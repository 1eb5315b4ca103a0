#pragma once

#include "planner/rules/rule.hpp"

namespace bellows::rules {

/// ALTER COLUMN TYPE and DROP COLUMN of a column that a partition key is made of, of the table or
/// of one below it: PostgreSQL refuses both, and nothing can be dropped to make way (42P16).
extern Rule const partition_key;

/// What only the parent may do to a column, and what it may only do to all (42P16, 42809).
extern Rule const inherited_column;

}  // namespace bellows::rules
