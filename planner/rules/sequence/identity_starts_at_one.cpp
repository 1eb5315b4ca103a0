#include "planner/rules/sequence/sequence.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

// Source: manual, CREATE TABLE, GENERATED … AS IDENTITY; a new sequence knows nothing of the rows.
namespace bellows::rules {

namespace {

bool has_option(sql::AlterTableCommand const& command, std::string_view option) {
  return std::ranges::find(command.options, option) != command.options.end();
}

/// Whoever chooses where it starts has thought of the rows.
bool says_where(sql::AlterTableCommand const& command) {
  constexpr std::array<std::string_view, 3> options{"start", "restart", "minvalue"};
  return std::ranges::any_of(options,
                             [&](std::string_view option) { return has_option(command, option); });
}

bool restarts(sql::AlterTable const& alter, sql::Identifier const& column) {
  return std::ranges::any_of(alter.commands, [&](sql::AlterTableCommand const& command) {
    return command.kind == "SET IDENTITY" && command.name == column &&
           has_option(command, "restart");
  });
}

bool moves_sequence(Sequence const& sequence, sql::Statement const& statement,
                    sql::QualifiedName const& table, sql::Identifier const& column) {
  if (auto const* alter = std::get_if<sql::AlterTable>(&statement.body)) {
    return sequence.catalog.resolve(alter->table) == table && restarts(*alter, column);
  }
  std::vector<std::string> const words = words_of(statement);
  bool const of_sequence =
      statement.kind == "ALTER SEQUENCE" && std::ranges::find(words, "RESTART") != words.end();
  return of_sequence || statement.raw.text.find("setval") != std::string::npos ||
         std::ranges::find(words, "SETVAL") != words.end();
}

}  // namespace

// A warning: whether the table has rows, and with which numbers, only the rows tell.
std::vector<SequenceFinding> identity_starts_at_one(Sequence const& sequence) {
  std::vector<SequenceFinding> found;
  each_command(sequence, [&](std::size_t at, sql::AlterTable const& alter,
                             sql::AlterTableCommand const& command) {
    auto const& effects = sequence.statements[at].effects.relations;
    bool const is_new = std::ranges::all_of(effects, &locks::Effect::on_new);
    if (command.action != sql::AlterAction::AddIdentity || is_new || says_where(command)) {
      return;
    }
    sql::QualifiedName const table = sequence.catalog.resolve(alter.table);
    auto const later = sequence.statements.subspan(at);
    bool const moved = std::ranges::any_of(later, [&](Reviewed const& reviewed) {
      return moves_sequence(sequence, reviewed.statement, table, command.name);
    });
    if (moved) {
      return;
    }
    found.push_back(
        {at,
         {"identity-starts-at-one", Severity::Warning,
          fmt::format(
              "The new sequence of {} starts at 1, whatever numbers {} has already: inserts "
              "fail for duplicate keys (23505), or repeat numbers where nothing forbids it.",
              command.name.quoted(), table.display()),
          "ADD GENERATED … AS IDENTITY (START WITH …) with a number well above them, or RESTART "
          "WITH "
          "one in the same migration."}});
  });
  return found;
}

}  // namespace bellows::rules
