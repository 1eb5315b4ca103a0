#pragma once

#include "planner/rules/sync_trigger.hpp"

#include <string>

/// Triggers of the user's that look at which columns a statement SETs: the trigger's own list
/// (UPDATE OF), and tsvector_update_trigger(), which asks the server for the statement's (from 13).
/// A column that a BEFORE trigger changes is not among those, so what the new application sets
/// under its name would pass them by. All of it is read when it runs, not when the plan is made:
/// what the plan's catalog did not know is there as well.
namespace bellows::rules {

/// A DO block: every UPDATE OF list with the old column gets the new one beside it. The trigger is
/// made again from pg_get_triggerdef() (a second one would fire twice where both are set), with its
/// comment and whether it is enabled.
std::string widen_update_lists(SyncPair const& pair);

/// Before one of the two is dropped: lists name the other one alone.
std::string narrow_update_lists(SyncPair const& pair, sql::Identifier const& to);

/// A DO block: each tsvector_update_trigger() over the old column gets a twin that fires right
/// behind it where the new column is SET. In front of the twin the pair is put in step once more,
/// since a trigger between may have changed the old column.
std::string create_search_twins(SyncPair const& pair);
std::string drop_search_twins(SyncPair const& pair);

/// Whether a statement that sets the old column fires the trigger, and one that sets another does
/// not (or lets it do nothing).
bool goes_by_set_list(catalog::Trigger const& trigger, sql::Identifier const& column);

/// A column that a backfill can set to what it is, so that no trigger takes it for a write of the
/// pair: in no list, best in no index. Nothing where the table has none, or needs none.
std::optional<sql::Identifier> column_beside_lists(catalog::Table const& table,
                                                   SyncPair const& pair);

/// A catalog query: there is no trigger that goes by the SET list for the old column.
std::string nobody_goes_by_set_list(SyncPair const& pair);

/// A condition on t, a pg_trigger: one of the sync triggers, a twin, or one with a widened list.
std::string is_of_the_transition(SyncPair const& pair);

}  // namespace bellows::rules
