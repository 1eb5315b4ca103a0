#pragma once

#include "planner/catalog/model.hpp"
#include "planner/plan/plan.hpp"
#include "planner/sql/migration.hpp"

#include <optional>
#include <string>
#include <vector>

/// Between expand and contract a rename's new name is a copy, which contract drops and replaces by
/// the renamed original. What another migration builds on the copy meanwhile would hold contract
/// back for ever, and what it sets there would be lost. Pure.
namespace bellows::plan {

struct Transition {
  sql::QualifiedName table;
  sql::Identifier from;
  sql::Identifier to;  // the copy
};

/// Nothing where the plan's contract drops no copy.
std::optional<Transition> transition_of(Plan const& plan);

/// What the migration, run on `before`, makes on the copy or does to it: "index by_name", "a change
/// of the column itself". Empty: nothing.
std::vector<std::string> touches_copy(Transition const& transition, sql::Migration const& migration,
                                      catalog::Catalog const& before);

}  // namespace bellows::plan
