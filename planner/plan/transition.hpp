#pragma once

#include "planner/catalog/model.hpp"
#include "planner/plan/plan.hpp"

#include <optional>
#include <set>
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

/// What a migration that leaves `after` of `before` makes on the copy or does to it: "index
/// by_name", "a change of the column itself". Empty: nothing.
std::vector<std::string> touches_copy(Transition const& transition, catalog::Catalog const& before,
                                      catalog::Catalog const& after);

/// The tables of whose copies that may be: what the migration has changed and what points from
/// there. `after` was made of a copy of `before`. To ask of each copy that there is takes long.
std::set<sql::QualifiedName> tables_touched(catalog::Catalog const& before,
                                            catalog::Catalog const& after);

}  // namespace bellows::plan
