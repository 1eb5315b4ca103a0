#pragma once

#include "planner/locks/facts.hpp"
#include "planner/rules/rule.hpp"

#include <string>
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

bool on_new_table(Sign const& sign);

bool renames_table(Sign const& sign);
bool drops_column(Sign const& sign);
bool drops_table(Sign const& sign);
bool drops_view(Sign const& sign);
bool truncates(Sign const& sign);
bool adds_computed_column(Sign const& sign);
bool adds_stored_column(Sign const& sign);
bool adds_required_column(Sign const& sign);
bool builds_index_blocking(Sign const& sign);
bool drops_index_blocking(Sign const& sign);
bool scans_for_null(Sign const& sign);
bool changes_type(Sign const& sign);
bool refreshes_blocking(Sign const& sign);
bool drops_statistics(Sign const& sign);
bool sets_expression(Sign const& sign);
bool checks_domain(Sign const& sign);
bool adds_checked_reference(Sign const& sign);
bool adds_checked_check(Sign const& sign);
bool adds_key_by_building(Sign const& sign);
bool adds_exclusion(Sign const& sign);
bool renames_enum_value(Sign const& sign);
bool controls_transaction(Sign const& sign);
bool is_unknown(Sign const& sign);
bool is_uncertain(Sign const& sign);
bool holds_long_lock(Sign const& sign);

std::string table_text(Sign const& sign);
std::string name_text(Sign const& sign);
std::string what_text(Sign const& sign);
/// What is worked upon while others wait.
std::string long_text(Sign const& sign);

}  // namespace bellows::rules::signs
