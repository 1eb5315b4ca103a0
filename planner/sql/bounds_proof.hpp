#pragma once

#include "planner/sql/partition.hpp"

#include <span>
#include <string>
#include <string_view>

/// Whether CHECK constraints tell PostgreSQL where the rows of a table are, so that it need not
/// look. As predtest.c proves it, for one plain column and constants; what is not understood proves
/// nothing.
namespace bellows::sql {

/// What is known of the column that the partition key is.
struct KeyFacts {
  Identifier column;
  std::string type;                     // as format_type() prints it
  bool not_null = false;                // of the table whose rows are asked about
  std::span<std::string const> checks;  // validated ones, as pg_get_constraintdef() prints them
};

/// All rows belong to the partition: ATTACH does not scan the table.
bool proves_inside(KeyFacts const& facts, PartitionBounds const& bounds);

/// No row does: a DEFAULT partition is not scanned.
bool proves_outside(KeyFacts const& facts, PartitionBounds const& bounds);

}  // namespace bellows::sql
