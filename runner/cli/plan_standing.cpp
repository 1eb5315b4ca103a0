#include "runner/cli/plan_standing.hpp"

#include "planner/plan/standing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace bellows::runner {
namespace {

std::string tables_of(plan::Plan const& plan) {
  std::vector<std::string> tables;
  for (plan::ReliedOn const& fact : plan.relies_on) {
    tables.push_back(fact.table.display());
  }
  return fmt::format("{}", fmt::join(tables, ", "));
}

/// The plan was made where the table was known, and here it is not.
bool is_unknown_here(plan::Plan const& plan, catalog::Catalog const& before) {
  return !before.complete && std::ranges::any_of(plan.relies_on, [&](plan::ReliedOn const& fact) {
    return before.table(fact.table) == nullptr;
  });
}

}  // namespace

NotCurrent not_current(plan::Plan const& plan, sql::Migration const& migration,
                       catalog::Catalog const& before) {
  switch (plan::standing(plan, migration, before)) {
    case plan::Standing::Current:
      return {};
    case plan::Standing::OtherMigration:
      return {fmt::format("is the plan of {}", plan.migration)};
    case plan::Standing::OtherText:
      return {fmt::format("is stale: {} says something else by now", migration.file)};
    case plan::Standing::OtherWorld:
      break;
  }
  if (is_unknown_here(plan, before)) {
    return {
        fmt::format("may be current or not, which cannot be told, since no migration here makes "
                    "{}: --catalog SNAPSHOT, or the directory of those that do, or "
                    "--database-url",
                    tables_of(plan)),
        false};
  }
  return {
      fmt::format("is stale: a column, key or index of {} that it relies on is another one by now",
                  tables_of(plan))};
}

}  // namespace bellows::runner
