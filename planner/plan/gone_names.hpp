#pragma once

#include "planner/plan/plan.hpp"

#include <optional>
#include <vector>

namespace bellows::plan {

/// A table, a view, or one of its columns.
struct GoneName {
  sql::QualifiedName relation;
  std::optional<sql::Identifier> column;

  bool operator==(GoneName const&) const = default;
};

/// What the plan's own statements take away or give another name, in their order: what an
/// application that was written before it may still say; not what they have made themselves. Some
/// of it may be there again afterwards, made by the same plan or a later one; only a database
/// tells. Pure.
std::vector<GoneName> gone_names(Plan const& plan);

}  // namespace bellows::plan
