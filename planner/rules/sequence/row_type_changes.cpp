#include "planner/rules/sequence/sequence.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace bellows::rules {

namespace {

/// What SELECT * of the table gives is another row type afterwards.
bool changes_row(sql::Statement const& statement) {
  using sql::AlterAction;
  if (std::holds_alternative<sql::RenameColumn>(statement.body)) {
    return true;
  }
  auto const* alter = std::get_if<sql::AlterTable>(&statement.body);
  return alter != nullptr &&
         std::ranges::any_of(alter->commands, [](sql::AlterTableCommand const& command) {
           return command.action == AlterAction::AddColumn ||
                  command.action == AlterAction::DropColumn ||
                  command.action == AlterAction::AlterType;
         });
}

/// Whoever has read of the graver thing, or has allowed it, knows.
bool is_graver(Reviewed const& reviewed) {
  return !reviewed.allowed.empty() ||
         std::ranges::any_of(reviewed.findings, [](Finding const& finding) {
           return finding.severity == Severity::Error;
         });
}

}  // namespace

// Said once, for all tables of the migration: every ADD COLUMN has it, and most applications
// survive it by naming their columns.
std::vector<SequenceFinding> row_type_changes(Sequence const& sequence) {
  std::vector<std::string> tables;
  std::optional<std::size_t> where;
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    Reviewed const& reviewed = sequence.statements[at];
    auto const& effects = reviewed.effects.relations;
    if (!changes_row(reviewed.statement) || is_graver(reviewed) || effects.empty() ||
        !is_strong(effects.front())) {
      continue;
    }
    std::string const table = effects.front().relation.display();
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
            fmt::format("Connections that have prepared SELECT * of {} before fail at their next "
                        "use of it (0A000, cached plan must not change result type).",
                        fmt::join(tables, ", ")),
            "Name the columns that are wanted; where a driver prepares SELECT *, let it prepare "
            "anew, or restart its connections after the migration."}}};
}

}  // namespace bellows::rules
