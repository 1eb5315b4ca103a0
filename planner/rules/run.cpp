#include "planner/rules/run.hpp"

#include "planner/rules/brackets.hpp"
#include "planner/rules/sequence/sequence.hpp"

#include <algorithm>
#include <iterator>

namespace bellows::rules {

namespace {

bool matters_by_kind(sql::Statement const& statement) {
  constexpr std::string_view kinds[] = {"CREATE TYPE", "ALTER TYPE ADD VALUE",
                                        "ALTER TYPE RENAME VALUE"};
  auto const* drop = std::get_if<sql::Drop>(&statement.body);
  bool const drops_view = drop != nullptr && drop->kind == sql::ObjectKind::View;
  return drops_view ||
         std::ranges::find(kinds, std::string_view(statement.kind)) != std::end(kinds);
}

bool checks_bodies(sql::Statement const& statement) {
  if (!statement.kind.starts_with("SET")) {
    return false;
  }
  auto const words = words_of(statement);
  return std::ranges::find(words, "CHECK_FUNCTION_BODIES") != words.end();
}

bool adds_unchecked(sql::Statement const& statement) {
  auto const* alter = std::get_if<sql::AlterTable>(&statement.body);
  return alter != nullptr &&
         std::ranges::any_of(alter->commands, [](sql::AlterTableCommand const& command) {
           return command.action == sql::AlterAction::AddConstraint && command.constraint.not_valid;
         });
}

bool is_held(Run const& run, locks::Effect const& effect) {
  return std::ranges::any_of(run.held, [&](Reviewed const& earlier) {
    return std::ranges::any_of(earlier.effects.relations, [&](locks::Effect const& other) {
      return !other.on_new && other.relation == effect.relation && other.lock >= effect.lock;
    });
  });
}

/// Holds what no earlier one holds: a lock that others wait for, or rows.
bool holds_more(Run const& run, Reviewed const& reviewed) {
  return std::ranges::any_of(reviewed.effects.relations, [&](locks::Effect const& effect) {
    bool const counts = is_strong(effect) || effect.lock == locks::Mode::RowExclusive;
    return counts && !effect.on_new && !is_held(run, effect);
  });
}

/// What is new keeps being so under another name.
void follow(std::set<sql::QualifiedName>& made, sql::Statement const& statement) {
  auto const* rename = std::get_if<sql::RenameObject>(&statement.body);
  if (rename == nullptr || rename->kind != sql::ObjectKind::Table || rename->to.empty()) {
    return;
  }
  auto const found = std::ranges::find(made, rename->name.name, &sql::QualifiedName::name);
  if (found != made.end()) {
    made.insert({found->schema, rename->to});
  }
}

bool ends(sql::Statement const& statement) {
  return closes(statement) || statement.kind == "ROLLBACK";
}

}  // namespace

void keep(Run& run, std::span<Reviewed const> statements, std::string const& file,
          std::span<sql::QualifiedName const> made) {
  run.made.insert(made.begin(), made.end());
  run.over = run.over || std::ranges::any_of(statements, [](Reviewed const& reviewed) {
               return ends(reviewed.statement);
             });
  if (run.over) {
    run.held.clear();
    run.files.clear();
    run.pending = {};
    return;
  }
  for (Reviewed const& reviewed : statements) {
    Reviewed kept;
    kept.statement = reviewed.statement;
    kept.effects = reviewed.effects;
    follow(run.made, kept.statement);
    for (locks::Effect& effect : kept.effects.relations) {
      effect.on_new = effect.on_new || run.made.contains(effect.relation);
    }
    sql::Statement const& statement = kept.statement;
    if (matters_by_kind(statement) || checks_bodies(statement) || adds_unchecked(statement) ||
        holds_more(run, kept)) {
      run.held.push_back(std::move(kept));
      run.files.push_back(file);
    }
  }
}

}  // namespace bellows::rules
