#include "planner/rules/blocked_by_dependents.hpp"
#include "planner/rules/concurrently_if_not_exists.hpp"
#include "planner/rules/delete_in_batches.hpp"
#include "planner/rules/drops_along.hpp"
#include "planner/rules/fired_triggers.hpp"
#include "planner/rules/fixed_columns.hpp"
#include "planner/rules/hazards.hpp"
#include "planner/rules/identity.hpp"
#include "planner/rules/insert_in_batches.hpp"
#include "planner/rules/may_fail.hpp"
#include "planner/rules/partitions.hpp"
#include "planner/rules/preconditions/precondition.hpp"
#include "planner/rules/rename_column.hpp"
#include "planner/rules/repack.hpp"
#include "planner/rules/replica_identity.hpp"
#include "planner/rules/rows_elsewhere.hpp"
#include "planner/rules/rule.hpp"
#include "planner/rules/subscribers.hpp"
#include "planner/rules/unreadable.hpp"
#include "planner/rules/unvalidated_not_null.hpp"
#include "planner/rules/update_in_batches.hpp"
#include "planner/rules/whole_row_trigger.hpp"

namespace bellows::rules {

std::vector<Rule> const& all_rules() {
  static std::vector<Rule> const rules = [] {
    std::vector<Rule> all{syntax_error,
                          newer_syntax,
                          psql_command,
                          copy_through_client,
                          rename_column,
                          update_in_batches,
                          delete_in_batches,
                          insert_in_batches,
                          delete_scans_referencing,
                          delete_cascades,
                          concurrently_if_not_exists,
                          statement_fails,
                          may_fail,
                          unvalidated_not_null,
                          blocked_by_dependents,
                          rows_elsewhere,
                          partition_key,
                          inherited_column,
                          drops_along,
                          identity_refused,
                          partitioned_table,
                          attach_scan,
                          default_partition_scan,
                          whole_row_trigger,
                          published_column,
                          written_without_identity,
                          backfill_fires_triggers,
                          repack_concurrently};
    all.insert(all.end(), hazard_rules().begin(), hazard_rules().end());
    return all;
  }();
  return rules;
}

}  // namespace bellows::rules
