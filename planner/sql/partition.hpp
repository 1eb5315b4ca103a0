#pragma once

#include "planner/sql/identifier.hpp"

#include <string>
#include <vector>

/// How a table is cut into partitions, and which rows belong to one of them.
namespace bellows::sql {

/// PARTITION BY.
struct PartitionKey {
  std::string strategy;             // "list", "range", "hash"; empty: not partitioned
  std::vector<Identifier> columns;  // plain ones in their order, then those that expressions name
  bool has_expressions = false;
  bool operator==(PartitionKey const&) const = default;
};

/// FOR VALUES … of a partition, or DEFAULT. A value is its canonical text ("'2026-01-01'", "5");
/// MINVALUE and MAXVALUE are empty.
struct PartitionBounds {
  std::string strategy;  // "list", "range", "hash"; empty for DEFAULT and where nothing is said
  bool is_default = false;
  std::vector<std::string> list;
  std::vector<std::string> lower;
  std::vector<std::string> upper;  // exclusive
  int modulus = 0;                 // hash
  int remainder = 0;
  bool operator==(PartitionBounds const&) const = default;
};

}  // namespace bellows::sql
