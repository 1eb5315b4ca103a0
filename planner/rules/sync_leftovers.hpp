#pragma once

#include "planner/rules/sync_trigger.hpp"
#include "planner/sql/identifier.hpp"

#include <optional>
#include <string>
#include <vector>

/// A rename's triggers whose ledger is lost: what they are about is found by their names. Pure.
namespace bellows::rules {

/// A pair of which no more is known than its names.
SyncPair pair_of_names(sql::QualifiedName const& table, sql::Identifier const& from,
                       sql::Identifier const& to);

/// The pair of the table's columns whose sync trigger is called so; nothing where none is.
std::optional<SyncPair> pair_of_trigger(sql::QualifiedName const& table,
                                        std::vector<sql::Identifier> const& columns,
                                        sql::Identifier const& trigger);

/// The statements that take away all that expand has made for the pair, in order; the old column is
/// left as it is. `touched`: triggers of the user's go by the new column.
std::vector<std::string> drop_leftovers(SyncPair const& pair, bool touched);

}  // namespace bellows::rules
