#include "planner/rules/sync_leftovers.hpp"

#include "planner/rules/trigger_lists.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::rules {

SyncPair pair_of_names(sql::QualifiedName const& table, sql::Identifier const& from,
                       sql::Identifier const& to) {
  return {.table = table,
          .old_column = from,
          .new_column = to,
          .forward = sql::Expression::parse(from.quoted()),
          .reverse = sql::Expression::parse(to.quoted()),
          .type = "",
          .compare_bytes = false,
          .old_default = std::nullopt,
          .old_fills_itself = false};
}

std::optional<SyncPair> pair_of_trigger(sql::QualifiedName const& table,
                                        std::vector<sql::Identifier> const& columns,
                                        sql::Identifier const& trigger) {
  if (columns.empty()) {
    return std::nullopt;
  }
  SyncPair pair = pair_of_names(table, columns.front(), columns.front());
  for (sql::Identifier const& from : columns) {
    for (sql::Identifier const& to : columns) {
      pair.old_column = from;
      pair.new_column = to;
      auto const names = sync_names(pair).triggers();
      if (from != to && std::ranges::find(names, trigger) != names.end()) {
        return pair_of_names(table, from, to);
      }
    }
  }
  return std::nullopt;
}

std::vector<std::string> drop_leftovers(SyncPair const& pair, bool touched) {
  std::vector<std::string> statements = drop_sync_triggers(pair);
  if (touched) {
    statements.push_back(drop_search_twins(pair));
    statements.push_back(narrow_update_lists(pair, pair.old_column));
  }
  statements.push_back(
      fmt::format("ALTER TABLE {} DROP COLUMN {}", pair.table.quoted(), pair.new_column.quoted()));
  for (std::string& statement : drop_sync_functions(pair)) {
    statements.push_back(std::move(statement));
  }
  return statements;
}

}  // namespace bellows::rules
