#include "planner/rules/rows_elsewhere.hpp"

#include "planner/catalog/distributed.hpp"
#include "planner/catalog/edit.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

// Source: manual, 5.12 Foreign Data, CREATE FOREIGN TABLE; Citus, pg_dist_partition (tried
// on 13.2).
namespace bellows::rules {

namespace {

using catalog::Table;
using catalog::TableKind;
using sql::AlterAction;
using sql::QualifiedName;

/// A relation of the table's tree whose rows this server does not keep.
struct Elsewhere {
  QualifiedName relation;
  std::string kept_by;  // empty: it is a foreign table
};

std::optional<Elsewhere> elsewhere(catalog::Catalog const& catalog, QualifiedName const& name,
                                   bool only = false) {
  for (QualifiedName const& each : catalog::with_children(catalog, name, only)) {
    Table const* table = catalog.table(each);
    if (table != nullptr &&
        (!catalog::kept_by(*table).empty() || table->kind == TableKind::Foreign)) {
      return Elsewhere{table->name, std::string(catalog::kept_by(*table))};
    }
  }
  return std::nullopt;
}

std::string where_text(Elsewhere const& found) {
  return found.kept_by.empty()
             ? fmt::format("{} is a foreign table", found.relation.display())
             : fmt::format("{} keeps the rows of {}", found.kept_by, found.relation.display());
}

Finding kept_by_another(Elsewhere const& found) {
  return {
      std::string(rows_elsewhere.id), Severity::Error,
      fmt::format("{} on other servers; what this one locks, reads and writes of it is an "
                  "empty shell, so nothing that is said of locks, sizes and rows would be true "
                  "of it.",
                  where_text(found)),
      fmt::format("Change it by hand, as {}'s manual says; bellows refuses to run this until it "
                  "knows {}.",
                  found.kept_by, found.kept_by)};
}

std::optional<Finding> kept_by_extension(Question const& question) {
  for (locks::Effect const& effect : question.effects.relations) {
    Table const* table = effect.on_new ? nullptr : question.catalog.table(effect.relation);
    if (table != nullptr && !catalog::kept_by(*table).empty() &&
        effect.lock > locks::Mode::AccessShare) {
      return kept_by_another({table->name, std::string(catalog::kept_by(*table))});
    }
  }
  return std::nullopt;
}

bool other_server_must_follow(sql::AlterTableCommand const& command) {
  return command.action == AlterAction::AddColumn || command.action == AlterAction::AlterType;
}

/// Whose columns change on this server alone; nothing: those of no table.
std::optional<std::pair<QualifiedName, bool>> changes_columns(Question const& question) {
  if (auto const* rename = std::get_if<sql::RenameColumn>(&question.statement.body)) {
    return std::pair{rename->table, false};
  }
  auto const* alter = std::get_if<sql::AlterTable>(&question.statement.body);
  if (alter == nullptr) {
    return std::nullopt;
  }
  bool const follows = question.command != nullptr
                           ? other_server_must_follow(*question.command)
                           : std::ranges::any_of(alter->commands, other_server_must_follow);
  return follows ? std::optional(std::pair{alter->table, alter->only}) : std::nullopt;
}

/// The foreign table alone is changed in the knowledge of what it stands for.
std::optional<Finding> foreign_child(Question const& question) {
  auto const changed = changes_columns(question);
  Table const* table = changed ? question.catalog.table(changed->first) : nullptr;
  if (table == nullptr || table->is_new || table->kind == TableKind::Foreign) {
    return std::nullopt;
  }
  auto const found = elsewhere(question.catalog, table->name, changed->second);
  if (!found || !found->kept_by.empty()) {
    return std::nullopt;
  }
  return Finding{
      std::string(rows_elsewhere.id), Severity::Error,
      fmt::format("{} below {}: its column changes here and not on its server, so statements that "
                  "read or write the column there fail (42703, 42804).",
                  where_text(*found), table->name.display()),
      fmt::format("Change the other server's table first, in the way that suits both; or take {} "
                  "out of the tree (DETACH PARTITION, NO INHERIT) for as long as this lasts.",
                  found->relation.display())};
}

std::optional<Finding> recognise_rows_elsewhere(Question const& question) {
  auto kept = kept_by_extension(question);
  return kept ? kept : foreign_child(question);
}

void add_tables(std::vector<plan::Step> const& steps, std::set<QualifiedName>& tables) {
  for (plan::Step const& step : steps) {
    if (auto const* batch = std::get_if<plan::Batch>(&step.action)) {
      tables.insert(batch->table);
      if (auto const* copy = std::get_if<plan::CopyRows>(&batch->action)) {
        tables.insert(copy->into);
      }
    }
    if (auto const* verify = std::get_if<plan::Verify>(&step.action)) {
      tables.insert(verify->table);
    }
  }
}

std::set<QualifiedName> tables_gone_over(Fragment const& fragment) {
  std::set<QualifiedName> tables;
  for (auto const* steps : {&fragment.expand, &fragment.backfill, &fragment.contract}) {
    add_tables(*steps, tables);
  }
  return tables;
}

}  // namespace

Rule const rows_elsewhere{"rows-elsewhere", recognise_rows_elsewhere, nullptr};

Split split_by(Rule const& rule, Question const& question) {
  Split split = rule.split(question);
  auto const* fragment = std::get_if<Fragment>(&split);
  if (fragment == nullptr) {
    return split;
  }
  for (QualifiedName const& table : tables_gone_over(*fragment)) {
    if (auto const found = elsewhere(question.catalog, table)) {
      return Refusal{
          fmt::format("{}, so its rows have no place on this server, and a batch could not be "
                      "committed together with its checkpoint",
                      where_text(*found)),
          "change the rows where they are kept, with a means of that server"};
    }
  }
  return split;
}

}  // namespace bellows::rules
