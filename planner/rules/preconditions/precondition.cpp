#include "planner/rules/preconditions/precondition.hpp"

#include "planner/catalog/replay.hpp"
#include "planner/rules/hazard_signs.hpp"
#include "planner/rules/preconditions/written_rows.hpp"
#include "planner/rules/refused.hpp"
#include "planner/sql/refused_form.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

namespace bellows::rules {

namespace preconditions {

namespace {

constexpr std::array themes{
    of_relations,  of_objects,   of_functions, of_missing,      of_views,        of_created,
    of_type_names, of_types,     of_typed,     of_columns,      of_identities,   of_members,
    of_enums,      of_values,    of_indexes,   of_constraints,  of_foreign_keys, of_partitions,
    of_bounds,     of_sequences, of_triggers,  of_publications, of_options,      of_repack};

void fill(std::string& text, std::string_view placeholder, std::string const& value) {
  for (auto at = text.find(placeholder); at != std::string::npos;
       at = text.find(placeholder, at + value.size())) {
    text.replace(at, placeholder.size(), value);
  }
}

std::string filled(std::string_view text, Facts const& facts, Breach const& breach) {
  std::string result(text);
  fill(result, "{table}", facts.target().display());
  fill(result, "{what}", breach.what);
  fill(result, "{other}", breach.other);
  return result;
}

using Rows = std::vector<Precondition const*>;

std::size_t place_of(sql::Subjects one) {
  return static_cast<std::size_t>(std::countr_zero(static_cast<std::uint32_t>(one)));
}

/// Those that are asked of a subject: most statements are asked a tenth of all.
Rows const& rows_about(sql::Subjects one) {
  static std::array<Rows, 32> const by_subject = [] {
    std::array<Rows, 32> all;
    for (std::uint32_t at = 0; at < all.size(); ++at) {
      std::ranges::copy_if(all_rows(), std::back_inserter(all[at]), [&](Precondition const* row) {
        return meet(row->asked_of, static_cast<sql::Subjects>(1U << at));
      });
    }
    return all;
  }();
  return by_subject[place_of(one)];
}

std::optional<Finding> broken_by(Facts const& facts) {
  int const version = facts.catalog.server_version;
  for (Precondition const* row : rows_about(sql::subject_of(facts.statement, facts.command))) {
    MaybeBreach const breach =
        row->since <= version && version <= row->until ? row->broken(facts) : std::nullopt;
    if (breach) {
      return refused(statement_fails.id, row->state, filled(row->because, facts, *breach),
                     filled(row->remedy, facts, *breach));
    }
  }
  return std::nullopt;
}

/// In which of its passes PostgreSQL runs a sub-command (tablecmds.c, AlterTablePass).
int pass_of(sql::AlterTableCommand const& command) {
  using sql::AlterAction;
  switch (command.action) {
    case AlterAction::DropColumn:
    case AlterAction::DropConstraint:
    case AlterAction::DropNotNull:
    case AlterAction::DropIdentity:
    case AlterAction::DropExpression:
    case AlterAction::DropDefault:
      return 0;
    case AlterAction::AlterType:
      return 1;
    case AlterAction::SetExpression:
      return 2;
    case AlterAction::AddColumn:
      return 3;
    case AlterAction::SetNotNull:
      return 4;
    case AlterAction::AddConstraint:
      return command.constraint.form == sql::ConstraintForm::ForeignKey ? 7 : 5;
    case AlterAction::AddIdentity:
    case AlterAction::SetDefault:
      return 6;
    case AlterAction::ValidateConstraint:
    case AlterAction::AttachPartition:
    case AlterAction::DetachPartition:
    case AlterAction::Other:
      return 8;
  }
  return 8;
}

/// The catalog as the sub-commands before this one leave it.
catalog::Catalog before(Question const& question, sql::AlterTable const& alter) {
  catalog::Catalog world = question.catalog;
  sql::Statement first;
  first.raw = question.statement.raw;
  first.kind = question.statement.kind;
  first.body = alter;
  auto& commands = std::get<sql::AlterTable>(first.body).commands;
  commands.clear();
  int const pass = pass_of(*question.command);
  for (sql::AlterTableCommand const& command : alter.commands) {
    int const other = pass_of(command);
    if (other < pass || (other == pass && &command < question.command)) {
      commands.push_back(command);
    }
  }
  std::ranges::stable_sort(commands, {}, pass_of);
  catalog::replay(world, first);
  return world;
}

}  // namespace

std::span<Precondition const* const> all_rows() {
  static Rows const rows = [] {
    Rows all;
    for (auto const& theme : themes) {
      for (Precondition const& row : theme()) {
        all.push_back(&row);
      }
    }
    return all;
  }();
  return rows;
}

std::optional<Finding> refusal(Question const& question) {
  if (sql::refused_form(question.statement, question.catalog.server_version) != nullptr) {
    return std::nullopt;  // the grammar refuses it before anything is looked at: syntax-error
  }
  auto const* alter = std::get_if<sql::AlterTable>(&question.statement.body);
  if (alter == nullptr) {
    Facts const facts{
        question.statement, question.catalog, question.effects.targets, nullptr, nullptr,
        question.table};
    auto finding = broken_by(facts);
    return finding ? finding : insert_refusal(facts);
  }
  if (question.command == nullptr) {
    std::optional<Finding> finding;
    for (sql::AlterTableCommand const& command : alter->commands) {
      Question one = question;
      one.command = &command;
      finding = finding ? finding : refusal(one);
    }
    return finding;
  }
  if (alter->commands.size() == 1) {
    return broken_by({question.statement, question.catalog, question.effects.targets, alter,
                      question.command, question.table});
  }
  catalog::Catalog const world = before(question, *alter);
  return broken_by(
      {question.statement, world, question.effects.targets, alter, question.command, nullptr});
}

}  // namespace preconditions

Rule const statement_fails{"statement-fails", preconditions::refusal, nullptr};

}  // namespace bellows::rules
