#pragma once

#include "planner/rules/rule.hpp"

namespace bellows::rules {

/// ATTACH PARTITION goes through the rows that come; a partition that comes makes PostgreSQL go
/// through the DEFAULT one. Constraints that say so beforehand spare both.
extern Rule const attach_scan;
extern Rule const default_partition_scan;

/// What PostgreSQL does to plain tables only: the statement fails on a partitioned one.
extern Rule const partitioned_table;

}  // namespace bellows::rules
