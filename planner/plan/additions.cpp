#include "planner/plan/additions.hpp"

#include "planner/catalog/publications.hpp"
#include "planner/rules/fired_triggers.hpp"
#include "planner/rules/subscribers.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::plan {
namespace {

using sql::QualifiedName;

/// The table of the statement where it adds columns; of a rename, where its split does.
QualifiedName const* grown_table(Step const& step, sql::Statement const& statement) {
  if (auto const* rename = std::get_if<sql::RenameColumn>(&statement.body)) {
    return rename->on == sql::ObjectKind::Table && adds_column(step) ? &rename->table : nullptr;
  }
  auto const* alter = std::get_if<sql::AlterTable>(&statement.body);
  bool const adds = alter != nullptr && alter->on == sql::ObjectKind::Table &&
                    std::ranges::any_of(alter->commands, [](auto const& command) {
                      return command.action == sql::AlterAction::AddColumn;
                    });
  return adds ? &alter->table : nullptr;
}

/// Made by the migration itself.
bool is_new(rules::Question const& question, QualifiedName const& table) {
  return std::ranges::any_of(question.effects.relations, [&](locks::Effect const& effect) {
    return effect.on_new &&
           question.catalog.resolve(effect.relation) == question.catalog.resolve(table);
  });
}

void note_trial(Step& step, rules::Question const& question) {
  QualifiedName const* table = grown_table(step, question.statement);
  bool const alone = std::get<RunSql>(step.action).alone;
  if (table == nullptr || alone || question.directives.find<sql::NoTrial>() != nullptr) {
    return;
  }
  QualifiedName const name = question.catalog.resolve(*table);
  if (!is_new(question, *table) && std::ranges::find(step.trial, name) == step.trial.end()) {
    step.trial.push_back(name);
  }
}

void note_subscribers(Plan& plan, Step& step, rules::Question const& question) {
  auto change = rules::sent_change(question);
  if (!change || is_new(question, change->table)) {
    return;
  }
  change->table = question.catalog.resolve(change->table);
  auto const* said = question.directives.find<sql::Subscriber>();
  if (said == nullptr) {
    step.requirements.push_back(rules::nobody_subscribes(*change));
  } else if (said->ready) {
    std::string const later =
        change->at_end.empty() ? "" : fmt::format("; after contract: {}", change->at_end);
    plan.application.emplace_back("subscribers",
                                  fmt::format("before expand: {}{}", change->first, later));
  }
}

}  // namespace

bool adds_column(Step const& step) {
  auto const* run = std::get_if<RunSql>(&step.action);
  return run != nullptr && std::ranges::any_of(run->statements, [](std::string const& text) {
           return text.starts_with("ALTER TABLE ") &&
                  text.find(" ADD COLUMN ") != std::string::npos;
         });
}

void note_additions(Plan& plan, Step& step, rules::Question const& question) {
  note_trial(step, question);
  note_subscribers(plan, step, question);
}

void note_fired(Plan& plan, catalog::Catalog const& catalog) {
  for (Step const& step : plan.backfill) {
    auto const* batch = std::get_if<Batch>(&step.action);
    auto const fired =
        batch == nullptr ? std::vector<rules::Fired>() : rules::fired_by(catalog, *batch);
    if (!fired.empty()) {
      plan.application.emplace_back("for_each_row", "fires " + rules::describe(fired));
    }
  }
}

}  // namespace bellows::plan
