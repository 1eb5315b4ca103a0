#pragma once

#include "planner/locks/facts.hpp"
#include "planner/rules/rule.hpp"

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

/// What the hazards are recognised by: pure yes-or-no questions about one statement, or one
/// sub-command of it.
namespace bellows::rules::signs {

struct Sign {
  Question const& question;
  locks::Facts facts;
};

/// One for each sub-command of an ALTER TABLE; one for any other statement.
std::vector<Sign> signs_of(Question const& question);
/// Whether `holds` of any of them, the first one first. Without the list: a review asks it for
/// every hazard of every statement.
template <typename Holds>
bool any_sign(Question const& question, Holds holds) {
  auto const* alter = std::get_if<sql::AlterTable>(&question.statement.body);
  auto const of = [&](sql::AlterTableCommand const* command) {
    return Sign{question,
                {question.statement, question.catalog, question.effects.targets, alter, command,
                 question.table}};
  };
  if (alter == nullptr || question.command != nullptr) {
    return holds(of(question.command));
  }
  return std::ranges::any_of(
      alter->commands, [&](sql::AlterTableCommand const& command) { return holds(of(&command)); });
}

bool on_new_table(Sign const& sign);

bool renames_table(Sign const& sign);
bool drops_column(Sign const& sign);
bool drops_table(Sign const& sign);
bool drops_view(Sign const& sign);
bool drops_schema(Sign const& sign);  // with what is in it
bool renames_schema(Sign const& sign);
bool drops_database(Sign const& sign);
bool truncates(Sign const& sign);
bool truncates_alone(Sign const& sign);
bool truncates_others(Sign const& sign);  // CASCADE, along foreign keys
bool adds_constrained_domain(Sign const& sign);
bool adds_numbered_column(Sign const& sign);  // serial, identity
bool adds_computed_column(Sign const& sign);  // any other that is no STORED one
bool adds_stored_column(Sign const& sign);
bool adds_required_column(Sign const& sign);
bool builds_index_on_partitioned(Sign const& sign);
bool builds_index_blocking(Sign const& sign);    // on a plain table
bool drops_partitioned_index(Sign const& sign);  // there is no CONCURRENTLY for it
bool drops_several_indexes(Sign const& sign);
bool drops_index_blocking(Sign const& sign);
bool drops_key(Sign const& sign);          // a constraint or an index that keeps rows apart
bool detaches_blocking(Sign const& sign);  // where CONCURRENTLY would do
bool drops_not_null(Sign const& sign);
bool scans_for_null(Sign const& sign);
// Of a change of type that takes long, exactly one:
bool moves_to_utc(Sign const& sign);           // timestamps with and without time zone
bool only_rechecks(Sign const& sign);          // its CHECK constraints
bool only_rebuilds_indexes(Sign const& sign);  // and checks again, perhaps
bool changes_type(Sign const& sign);           // rewrites the table
bool refreshes_blocking(Sign const& sign);
bool drops_statistics(Sign const& sign);
bool changes_values(Sign const& sign);
bool sets_expression(Sign const& sign);
bool checks_domain(Sign const& sign);                  // but for:
bool validates_domain(Sign const& sign);               // VALIDATE CONSTRAINT
bool adds_reference_to_partitioned(Sign const& sign);  // which takes no NOT VALID (before 18)
bool adds_checked_reference(Sign const& sign);         // to any other
bool adds_checked_check(Sign const& sign);
bool adds_key_to_partitioned(Sign const& sign);
bool adds_primary_key_over_nullable(Sign const& sign);
bool adds_key_by_building(Sign const& sign);  // to a plain table
bool adds_exclusion(Sign const& sign);
bool renames_enum_value(Sign const& sign);
bool controls_transaction(Sign const& sign);
bool is_unknown(Sign const& sign);
bool retypes_by_time_zone(Sign const& sign);  // a SET TimeZone decides
bool depends_on_time_zone(Sign const& sign);  // anything else
// For any other reason, exactly one:
bool may_take_long(Sign const& sign);  // rows are rewritten or read, perhaps
bool is_uncertain(Sign const& sign);
// The same where a live database, a snapshot or a whole dump was asked already.
bool may_take_long_though_told(Sign const& sign);
bool is_uncertain_though_told(Sign const& sign);
bool holds_long_lock(Sign const& sign);

std::string table_text(Sign const& sign);
std::string name_text(Sign const& sign);
std::string create_text(Sign const& sign);  // CREATE INDEX, CREATE UNIQUE INDEX
/// The tables that a TRUNCATE … CASCADE empties and does not name.
std::string along_text(Sign const& sign);
std::string what_text(Sign const& sign);
/// What a change of type does to its table: "rewrites public.t and rebuilds 2 indexes".
std::string work_text(Sign const& sign);
/// What values lose by it: "the time of day is cut off"; empty: nothing that is known.
std::string loss_text(Sign const& sign);
/// What is worked upon while others wait.
std::string long_text(Sign const& sign);

}  // namespace bellows::rules::signs
