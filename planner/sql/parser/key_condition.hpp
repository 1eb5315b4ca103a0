#pragma once

#include "planner/sql/bounds_proof.hpp"
#include "planner/sql/parser/constant.hpp"

#include <cstdint>
#include <optional>
#include <vector>

/// What constraints and bounds say of the one plain column that a partition key is, in the same
/// terms.
namespace bellows::sql {

enum class Operator : std::uint8_t { Less, AtMost, Equal, AtLeast, Greater, NotEqual };

struct Condition {
  enum class Kind : std::uint8_t { And, Or, Compare, IsNull, IsNotNull, Unknown };
  Kind kind = Kind::Unknown;
  Operator op = Operator::Equal;  // Compare: column op value
  Constant value;
  std::vector<Condition> parts;  // And, Or
};

/// All that the table's constraints say of the column; Unknown for what is not understood. This and
/// the next one throw SyntaxError for a newer server's text.
Condition known_of(KeyFacts const& facts);

/// What a row of the partition is; nothing for hash, DEFAULT, and keys of several columns.
std::optional<Condition> partition_condition(PartitionBounds const& bounds);

Condition negation(Condition condition);

}  // namespace bellows::sql
