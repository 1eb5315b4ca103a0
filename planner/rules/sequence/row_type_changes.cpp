#include "planner/rules/sequence/sequence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace bellows::rules {

namespace {

bool has_command(sql::Statement const& statement, sql::AlterAction action) {
  auto const* alter = std::get_if<sql::AlterTable>(&statement.body);
  return alter != nullptr &&
         std::ranges::any_of(alter->commands, [&](sql::AlterTableCommand const& command) {
           return command.action == action;
         });
}

/// Whoever has read of the graver thing, or has allowed it, knows.
bool is_graver(Reviewed const& reviewed) {
  return !reviewed.allowed.empty() ||
         std::ranges::any_of(reviewed.findings, [](Finding const& finding) {
           return finding.severity == Severity::Error;
         });
}

bool is_felt(Reviewed const& reviewed) {
  auto const& effects = reviewed.effects.relations;
  return !is_graver(reviewed) && !effects.empty() && is_strong(effects.front());
}

}  // namespace

bool adds_to_select_star(Reviewed const& reviewed) {
  return has_command(reviewed.statement, sql::AlterAction::AddColumn) && is_felt(reviewed);
}

// A column that comes changes the result of SELECT * alone; most applications name their columns,
// and a finding with every ADD COLUMN would be read by nobody. A type that changes, also where they
// name them. Said once, for all tables of the migration.
std::vector<SequenceFinding> row_type_changes(Sequence const& sequence) {
  std::vector<std::string> tables;
  std::optional<std::size_t> where;
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    Reviewed const& reviewed = sequence.statements[at];
    if (!has_command(reviewed.statement, sql::AlterAction::AlterType) || !is_felt(reviewed)) {
      continue;
    }
    std::string const table = reviewed.effects.relations.front().relation.display();
    if (std::ranges::find(tables, table) == tables.end()) {
      tables.push_back(table);
    }
    where = where.value_or(at);
  }
  if (!where) {
    return {};
  }
  return {{*where,
           {"cached-plans", Severity::Note,
            fmt::format("Connections that have prepared a query which returns the column (of {}) "
                        "fail at its next use, within a transaction for good (0A000, cached plan "
                        "must not change result type).",
                        fmt::join(tables, ", ")),
            "Restart the application's connections, or let its pooler reconnect, right after the "
            "migration."}}};
}

}  // namespace bellows::rules
