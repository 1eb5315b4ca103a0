#include "planner/rules/asked_rules.hpp"
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
#include "planner/rules/passed_over.hpp"
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

#include <algorithm>
#include <iterator>

namespace bellows::rules {

namespace of = sql::of;

std::vector<AskedRule> const& asked_rules() {
  static std::vector<AskedRule> const rules = [] {
    std::vector<AskedRule> all{
        {syntax_error, of::anything},
        {newer_syntax, of::unparsed},
        {psql_command, of::unparsed},
        {copy_through_client, of::data},
        {rename_column, of::rename_column},
        {update_in_batches, of::update},
        {delete_in_batches, of::data},
        {insert_in_batches, of::data},
        {delete_scans_referencing, of::data},
        {delete_cascades, of::data},
        {concurrently_if_not_exists, of::create_index},
        {passed_over, of::create_index | of::drop | of::alter_table | of::drop_column |
                          of::rename_column | of::rename_object},
        {statement_fails, of::anything},
        {may_fail, of::anything},
        {unvalidated_not_null, of::set_not_null | of::other_command},
        {blocked_by_dependents, of::alter_table | of::drop | of::data},
        {rows_elsewhere, of::anything},
        {partition_key, of::alter_type | of::drop_column},
        {inherited_column, of::rename_column | of::add_column | of::drop_column | of::alter_type |
                               of::drop_constraint},
        {drops_along, of::drop | of::alter_table},
        {identity_refused, of::add_identity | of::drop_identity | of::other_command},
        {partitioned_table,
         of::create_index | of::drop | of::add_column | of::add_constraint | of::detach_partition},
        {attach_scan, of::attach_partition},
        {default_partition_scan, of::create_table | of::attach_partition},
        {whole_row_trigger, of::rename_column | of::add_column},
        {published_column, of::rename_column | of::alter_table},
        {written_without_identity, of::anything},
        {backfill_fires_triggers, of::rename_column | of::update | of::data},
        {repack_concurrently, of::other},
    };
    all.insert(all.end(), hazard_rules().begin(), hazard_rules().end());
    return all;
  }();
  return rules;
}

std::vector<Rule> const& all_rules() {
  static std::vector<Rule> const rules = [] {
    std::vector<Rule> all;
    std::ranges::transform(asked_rules(), std::back_inserter(all), &AskedRule::rule);
    return all;
  }();
  return rules;
}

}  // namespace bellows::rules
