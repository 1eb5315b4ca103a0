#pragma once

#include "planner/locks/facts.hpp"
#include "planner/sql/bounds_overlap.hpp"

/// Whether the bounds of a partition that comes fit beside those that are there.
namespace bellows::locks {

/// ATTACH PARTITION, and CREATE TABLE … PARTITION OF: the table that is cut, and the bounds. Null
/// for every other statement, and where the table is not known.
struct Coming {
  catalog::Table const* parent = nullptr;
  sql::PartitionBounds const* bounds = nullptr;
};
Coming coming(Facts const& facts);

/// The types of the parent's key.
std::vector<std::string> key_types(catalog::Table const& parent);

/// The first partition that the bounds overlap, or may overlap. No: none of them.
struct Overlapped {
  sql::Certainty certainty = sql::Certainty::No;
  sql::QualifiedName partition;
};
Overlapped overlapped(Facts const& facts);

}  // namespace bellows::locks
