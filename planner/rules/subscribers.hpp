#pragma once

#include "planner/plan/plan.hpp"
#include "planner/rules/rule.hpp"

#include <optional>
#include <string>

/// Native replication goes by column names: a subscriber whose table lacks a column that it is sent
/// stops at the next change, and its slot keeps WAL without end (manual, 31.6 and 31.1).
namespace bellows::rules {

/// What a statement does to the columns that a table's subscribers would be sent.
struct SentChange {
  sql::QualifiedName table;
  bool renames = false;
  std::string first;    // what to type on each subscriber before it
  std::string at_end;   // and after contract; empty: nothing
  bool ledger = false;  // bellows' own tables are sent as well, or nobody knows
};

/// Nothing where it neither adds nor renames one that is sent, or the table is the migration's own.
std::optional<SentChange> sent_change(Question const& question);

/// The author has said that the subscribers are ready, or that there are none.
bool says_subscriber(sql::Directives const& directives);

/// Asked before the migration begins, where its author has not said so.
plan::Requirement nobody_subscribes(SentChange const& change);

extern Rule const published_column;

}  // namespace bellows::rules
