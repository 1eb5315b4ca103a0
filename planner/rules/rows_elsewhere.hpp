#pragma once

#include "planner/rules/rule.hpp"

#include <optional>

/// Tables that are not what they seem: their rows, or some of them, are not kept by this server.
/// Citus leaves an empty shell of a table on the coordinator; a partition or child may be a foreign
/// table. A walk over such a table's pages finds nothing, its keys and batches are another server's
/// business, and what is committed here is not committed there.
namespace bellows::rules {

/// Every change of a table that an extension keeps elsewhere; a column that is added to, renamed or
/// given another type in a table with foreign partitions or children, which the other server does
/// not hear of.
extern Rule const rows_elsewhere;

/// The rule's split; a Refusal instead where it would carry batches over rows that are elsewhere,
/// or verify them. All splits are asked for through it.
Split split_by(Rule const& rule, Question const& question);

}  // namespace bellows::rules
