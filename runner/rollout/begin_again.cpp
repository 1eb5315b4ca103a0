#include "runner/rollout/begin_again.hpp"

#include "planner/plan/mend.hpp"
#include "planner/plan/yaml.hpp"
#include "planner/sql/statement.hpp"
#include "runner/catalog/read_catalog.hpp"
#include "runner/ddl/concurrent.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/ledger/store.hpp"
#include "runner/rollout/journaled.hpp"

#include <algorithm>
#include <set>

namespace bellows::runner {
namespace {

using catalog::Catalog;
using plan::Step;

bool has_columns(Catalog const& now, sql::AlterTable const& alter) {
  catalog::Table const* table = now.table(alter.table);
  return table != nullptr &&
         std::ranges::all_of(alter.commands, [&](sql::AlterTableCommand const& command) {
           return command.action != sql::AlterAction::AddColumn ||
                  table->column(command.column.name) != nullptr;
         });
}

/// Of what is no table, column or index the journal is believed.
bool is_gone(postgres::Session& session, Catalog const& now, std::string const& text) {
  sql::Statement const statement = sql::parse_one(text);
  if (auto const* create = std::get_if<sql::CreateTable>(&statement.body)) {
    return now.table(create->table) == nullptr;
  }
  if (auto const* alter = std::get_if<sql::AlterTable>(&statement.body)) {
    return !has_columns(now, *alter);
  }
  if (auto const* create = std::get_if<sql::CreateIndex>(&statement.body)) {
    if (now.table(create->table) == nullptr) {
      return true;
    }
    auto const built = ddl::built_by(session, text);
    return built && built->state != ddl::IndexState::Valid;
  }
  return false;
}

bool is_gone(postgres::Session& session, Catalog const& now, Step const& step) {
  auto const* run = std::get_if<plan::RunSql>(&step.action);
  return run == nullptr || std::ranges::any_of(run->statements, [&](std::string const& text) {
           return is_gone(session, now, text);
         });
}

/// Up to the first one that is not there any more: what stands behind it was made on it.
std::vector<Step> what_stayed(postgres::Session& session, Catalog const& now,
                              MigrationRow const& row) {
  std::vector<Step> stayed = plan::from_yaml(row.plan).expand;
  auto const journaled = read_steps(session, row.name);
  auto const first_gone = std::ranges::find_if(stayed, [&](Step const& step) {
    return !is(journaled, step, StepState::Done) || is_gone(session, now, step);
  });
  stayed.erase(first_gone, stayed.end());
  return stayed;
}

bool is_of(std::vector<Step> const& stayed, sql::Statement const& statement) {
  return std::ranges::any_of(stayed, [&](Step const& step) {
    auto const& texts = std::get<plan::RunSql>(step.action).statements;
    return std::ranges::find(texts, statement.raw.text) != texts.end();
  });
}

std::vector<std::string> in_the_way(Catalog const& now, sql::Migration const& file,
                                    std::vector<Step> const& stayed) {
  std::vector<std::string> drops;
  for (sql::Statement const& statement : file.up) {
    if (is_of(stayed, statement)) {
      continue;
    }
    if (auto const* table = std::get_if<sql::CreateTable>(&statement.body);
        table != nullptr && now.table(table->table) != nullptr) {
      drops.push_back("DROP TABLE " + table->table.quoted());
    }
    auto const* index = std::get_if<sql::CreateIndex>(&statement.body);
    catalog::Table const* on = index == nullptr ? nullptr : now.table(index->table);
    if (on != nullptr &&
        std::ranges::find(on->indexes, index->name, &catalog::Index::name) != on->indexes.end()) {
      drops.push_back("DROP INDEX CONCURRENTLY " +
                      sql::QualifiedName{on->name.schema, index->name}.quoted());
    }
  }
  return drops;
}

}  // namespace

std::optional<BegunAgain> begun_again(postgres::Session& session, Project const& project,
                                      Project::Entry const& entry) {
  auto const row = ledger_exists(session) ? read_migration_row(session, entry.name) : std::nullopt;
  if (!row || row->state != State::Aborted || project.committed_plan(entry.name)) {
    return std::nullopt;
  }
  Catalog const now = catalog::read_catalog(session);
  std::vector<Step> stayed = what_stayed(session, now, *row);
  std::set<std::string> done;
  std::ranges::transform(stayed, std::inserter(done, done.end()), &Step::id);
  if (done.empty()) {
    return std::nullopt;
  }
  sql::Migration const file = Project::read(entry);
  auto made = plan::mended_plan(plan::from_yaml(row->plan), done, file, now);
  if (std::holds_alternative<plan::CannotMend>(made)) {
    return std::nullopt;
  }
  BegunAgain again;
  if (auto* plan = std::get_if<plan::Plan>(&made)) {
    again.plan = std::move(*plan);
  } else {
    again.plan = std::get<plan::NoPlan>(std::move(made));
    again.in_the_way = in_the_way(now, file, stayed);
  }
  again.stayed = std::move(stayed);
  return again;
}

}  // namespace bellows::runner
