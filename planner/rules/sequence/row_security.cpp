#include "planner/rules/sequence/sequence.hpp"

#include <fmt/core.h>

#include <algorithm>

// Source: manual, 5.8 Row Security Policies: without a policy nothing is visible.
namespace bellows::rules {

namespace {

/// In the catalog as the migration leaves it, or made here for a table that the catalog lacks.
bool has_policy(Sequence const& sequence, sql::QualifiedName const& name) {
  catalog::Table const* table = sequence.catalog.table(name);
  bool const known =
      table != nullptr && std::ranges::find(table->dependents, catalog::DependentKind::Policy,
                                            &catalog::Dependent::kind) != table->dependents.end();
  return known || std::ranges::any_of(sequence.statements, [&](Reviewed const& reviewed) {
           auto const* made = std::get_if<sql::Other>(&reviewed.statement.body);
           return made != nullptr && reviewed.statement.kind == "CREATE POLICY" &&
                  !made->relations.empty() &&
                  sequence.catalog.resolve(made->relations.front()) == name;
         });
}

bool is_new(Reviewed const& reviewed) {
  return std::ranges::all_of(reviewed.effects.relations, &locks::Effect::on_new);
}

}  // namespace

// A warning: an application that owns the table reads on, and older snapshots lack the policies
// whose expressions name no column.
std::vector<SequenceFinding> row_security(Sequence const& sequence) {
  std::vector<SequenceFinding> found;
  each_command(sequence, [&](std::size_t at, sql::AlterTable const& alter,
                             sql::AlterTableCommand const& command) {
    sql::QualifiedName const table = sequence.catalog.resolve(alter.table);
    bool const enables =
        command.kind == "ENABLE ROW LEVEL SECURITY" || command.kind == "FORCE ROW LEVEL SECURITY";
    if (!enables || is_new(sequence.statements[at]) || has_policy(sequence, table)) {
      return;
    }
    std::string_view const whom = command.kind.starts_with("FORCE")
                                      ? "its owner, too, if row security is enabled,"
                                      : "whoever does not own it";
    found.push_back(
        {at,
         {"row-security-without-policy", Severity::Warning,
          fmt::format("{} has no policy that bellows knows of: from the moment this commits, {} "
                      "reads no row of it, and cannot write one (42501).",
                      table.display(), whom),
          "CREATE POLICY in the same migration, before this; where the table has one already: -- "
          "bellows: allow row-security-without-policy because …"}});
  });
  return found;
}

}  // namespace bellows::rules
