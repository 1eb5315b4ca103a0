#include "planner/plan/standing.hpp"

#include "planner/plan/relied_on.hpp"

namespace bellows::plan {

Standing standing(Plan const& plan, sql::Migration const& migration,
                  catalog::Catalog const& before) {
  if (plan.migration != migration.name) {
    return Standing::OtherMigration;
  }
  if (plan.source_meaning != migration.meaning) {
    return Standing::OtherText;
  }
  return plan.catalog == relied_on(before, plan.relies_on) ? Standing::Current
                                                           : Standing::OtherWorld;
}

}  // namespace bellows::plan
