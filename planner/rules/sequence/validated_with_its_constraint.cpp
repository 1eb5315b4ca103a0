#include "planner/rules/sequence/sequence.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

namespace bellows::rules {

namespace {

struct AddedConstraint {
  std::size_t statement;
  sql::QualifiedName table;
  sql::Identifier constraint;
  bool reads_wait;  // a foreign key is added under SHARE ROW EXCLUSIVE, the others lock all out
};

bool is_old(catalog::Catalog const& catalog, Reviewed const& reviewed,
            sql::QualifiedName const& table) {
  auto const& effects = reviewed.effects.relations;
  auto const effect = std::ranges::find(effects, catalog.resolve(table), &locks::Effect::relation);
  return effect == effects.end() || !effect->on_new;
}

/// Outside of BEGIN … COMMIT bellows gives VALIDATE a transaction of its own; who else runs the
/// file may make one of all of it, where nobody has said who that is.
Finding finding(AddedConstraint const& added, bool together, Sequence const& sequence) {
  bool const other_file = added.statement < sequence.earlier.size();
  std::string const waits = fmt::format(
      "the lock that added {} to {} is still held while every row is checked: {} wait all the "
      "while, as without NOT VALID.",
      added.constraint.quoted(), added.table.display(),
      added.reads_wait ? "reads and writes" : "writes");
  if (together) {
    return {"validate-in-same-migration", Severity::Error,
            fmt::format("In one transaction with {}, {}",
                        other_file ? sequence.earlier[added.statement] : "it", waits),
            fmt::format("VALIDATE CONSTRAINT in {}.", own_migration(sequence.conduct))};
  }
  return {
      "validate-in-same-migration", Severity::Warning,
      "`bellows up` validates in a transaction of its own; where a runner makes one of the whole "
      "file, " +
          waits,
      "VALIDATE CONSTRAINT in a migration of its own."};
}

}  // namespace

std::vector<SequenceFinding> validated_with_its_constraint(Sequence const& sequence) {
  std::vector<AddedConstraint> added;
  std::vector<SequenceFinding> found;
  bool const shared = is_bracketed(sequence) || !sequence.conduct.by_bellows();
  bool const said = sequence.conduct.runner != nullptr;
  each_command(sequence, [&](std::size_t at, sql::AlterTable const& alter,
                             sql::AlterTableCommand const& command) {
    sql::QualifiedName const table = sequence.catalog.resolve(alter.table);
    bool const adds = command.action == sql::AlterAction::AddConstraint;
    if (adds && command.constraint.not_valid &&
        is_old(sequence.catalog, sequence.statements[at], table)) {
      added.push_back({at, table, command.constraint.name,
                       command.constraint.form != sql::ConstraintForm::ForeignKey});
    }
    auto const match = std::ranges::find_if(added, [&](AddedConstraint const& one) {
      return command.action == sql::AlterAction::ValidateConstraint && one.table == table &&
             (one.constraint == command.name || one.constraint.empty());
    });
    if (match == added.end()) {
      return;
    }
    bool const together = shared || match->statement == at;
    if (together || !said) {
      found.push_back({at, finding({match->statement, table, command.name, match->reads_wait},
                                   together, sequence)});
    }
  });
  return found;
}

}  // namespace bellows::rules
