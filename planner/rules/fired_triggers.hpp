#pragma once

#include "planner/catalog/model.hpp"
#include "planner/plan/plan.hpp"
#include "planner/rules/rule.hpp"

#include <string>
#include <vector>

/// The user's own triggers that fire for each row of a backfill: to PostgreSQL its batches are
/// writes like any other.
namespace bellows::rules {

struct Fired {
  sql::Identifier trigger;
  sql::QualifiedName function;  // empty where the source does not tell
  std::string does;             // as far as its body tells: "sets updated_at"; else empty
  bool operator==(Fired const&) const = default;
};

/// Of the batch's table, or the one that it copies into, and of what is below that; by name. A
/// column that is not there yet counts as written all the same.
std::vector<Fired> fired_by(catalog::Catalog const& catalog, plan::Batch const& batch);

/// "trigger touch (public.stamp() sets updated_at), trigger audit (public.keep())"; empty for none.
std::string describe(std::vector<Fired> const& fired);

extern Rule const backfill_fires_triggers;

}  // namespace bellows::rules
