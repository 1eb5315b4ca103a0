#pragma once

#include "planner/sql/partition.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// Whether two partitions of one table could hold the same row, as partbounds.c compares them,
/// where that is certain without a server.
namespace bellows::sql {

enum class Certainty : std::uint8_t { No, Yes, Unknown };

/// `types` are those of the key's columns, as format_type() prints them; empty for an expression's.
/// Neither is DEFAULT.
Certainty overlap(PartitionBounds const& a, PartitionBounds const& b,
                  std::vector<std::string> const& types);

/// FROM is not below TO.
Certainty is_empty_range(PartitionBounds const& bounds, std::vector<std::string> const& types);

}  // namespace bellows::sql
