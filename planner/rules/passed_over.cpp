#include "planner/rules/passed_over.hpp"

#include "planner/catalog/edit.hpp"
#include "planner/rules/index_there.hpp"
#include "planner/rules/preconditions/parts.hpp"
#include "planner/rules/preconditions/type_names.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::rules {

namespace {

using sql::Identifier;
using sql::QualifiedName;

constexpr std::string_view passed_over_rule = "passed-over";

/// Those of a statement with IF EXISTS that looks for relations; nothing of any other.
std::vector<QualifiedName> looked_for(sql::Statement const& statement) {
  if (auto const* drop = std::get_if<sql::Drop>(&statement.body)) {
    return drop->if_exists && preconditions::is_relation(drop->kind) ? drop->names
                                                                     : std::vector<QualifiedName>{};
  }
  if (auto const* alter = std::get_if<sql::AlterTable>(&statement.body)) {
    return alter->if_exists && preconditions::is_relation(alter->on) ? std::vector{alter->table}
                                                                     : std::vector<QualifiedName>{};
  }
  if (auto const* rename = std::get_if<sql::RenameColumn>(&statement.body)) {
    return rename->if_exists && preconditions::is_relation(rename->on)
               ? std::vector{rename->table}
               : std::vector<QualifiedName>{};
  }
  auto const* rename = std::get_if<sql::RenameObject>(&statement.body);
  return rename != nullptr && rename->if_exists && preconditions::is_relation(rename->kind)
             ? std::vector{rename->name}
             : std::vector<QualifiedName>{};
}

// --- what is no relation ---

/// The catalog tells all that stands on the table.
catalog::Table const* told_whole(catalog::Catalog const& catalog, QualifiedName const& name) {
  catalog::Table const* table = catalog.table(name);
  return table == nullptr || table->partial || !table->unseen.empty() ? nullptr : table;
}

bool is_no_function(catalog::Catalog const& catalog, QualifiedName const& name) {
  return !catalog.extended && catalog.functions.named(catalog.resolve(name)).empty() &&
         name.schema.raw() != "pg_catalog";
}

bool is_no_schema(catalog::Catalog const& catalog, Identifier const& name) {
  return !catalog.schemas.empty() && !catalog.schemas.contains(name) &&
         !name.raw().starts_with("pg_") && name.raw() != "information_schema";
}

bool has_trigger(catalog::Table const& table, Identifier const& name) {
  return std::ranges::find(table.triggers, name, &catalog::Trigger::name) != table.triggers.end();
}

bool has_dependent(catalog::Table const& table, catalog::DependentKind kind,
                   Identifier const& name) {
  return std::ranges::any_of(table.dependents, [&](catalog::Dependent const& one) {
    return one.kind == kind && one.name.name == name;
  });
}

/// A DROP's object, which the catalog would tell.
bool is_nowhere(sql::Drop const& drop, QualifiedName const& name, catalog::Catalog const& catalog) {
  switch (drop.kind) {
    case sql::ObjectKind::Type:
    case sql::ObjectKind::Domain:
      return preconditions::is_missing_type(catalog, catalog::type_text(catalog, name));
    case sql::ObjectKind::Function:
      return is_no_function(catalog, name);
    case sql::ObjectKind::Schema:
      return is_no_schema(catalog, name.name);
    default:
      break;  // on a table, or not told
  }
  bool const trigger = drop.kind == sql::ObjectKind::Trigger;
  bool const policy = drop.what == "POLICY";
  if (!trigger && !policy && drop.what != "RULE") {
    return false;
  }
  catalog::Table const* table = told_whole(catalog, drop.on_table);
  auto const kind = policy ? catalog::DependentKind::Policy : catalog::DependentKind::Rule;
  return table == nullptr ? preconditions::is_missing(catalog, drop.on_table)
         : trigger        ? !has_trigger(*table, name.name)
                          : !has_dependent(*table, kind, name.name);
}

/// Its objects, where it is an IF EXISTS that finds none of them.
std::vector<QualifiedName> missing_objects(sql::Statement const& statement,
                                           catalog::Catalog const& catalog) {
  auto const* drop = std::get_if<sql::Drop>(&statement.body);
  bool const asks = drop != nullptr && drop->if_exists && !drop->names.empty() &&
                    !preconditions::is_relation(drop->kind);
  bool const none = asks && std::ranges::all_of(drop->names, [&](QualifiedName const& name) {
                      return is_nowhere(*drop, name, catalog);
                    });
  return none ? drop->names : std::vector<QualifiedName>{};
}

Finding nothing_there(std::string const& what) {
  return {std::string(passed_over_rule), Severity::Note,
          fmt::format("There is no {}: IF EXISTS passes over it, with a notice.", what),
          "Check the name, where something is meant that is there."};
}

std::optional<Finding> of_index(sql::CreateIndex const& create, catalog::Catalog const& catalog) {
  auto const there =
      create.if_not_exists && !create.concurrently ? index_there(create, catalog) : std::nullopt;
  bool const another = there && (there->what == There::Else || there->what == There::Different);
  if (!another) {
    return std::nullopt;
  }
  std::string const name = create.name.quoted();
  return Finding{
      std::string(passed_over_rule), Severity::Warning,
      there->what == There::Else
          ? fmt::format(
                "The name {} is that of {}: IF NOT EXISTS passes over it with a notice, and "
                "no index is made.",
                name, there->words)
          : fmt::format("{} is there and is another index: {}. IF NOT EXISTS passes over it with a "
                        "notice, and this one is not made.",
                        name, there->words),
      "Give the index another name; where what is there is what you want, leave the statement "
      "out."};
}

std::optional<Finding> recognise_passed_over(Question const& question) {
  sql::Statement const& statement = question.statement;
  if (auto const* create = std::get_if<sql::CreateIndex>(&statement.body)) {
    return of_index(*create, question.catalog);
  }
  if (finds_nothing(statement, question.catalog)) {
    auto const names = looked_for(statement);
    return nothing_there(
        (names.empty() ? missing_objects(statement, question.catalog) : names).front().display());
  }
  auto const* alter = std::get_if<sql::AlterTable>(&statement.body);
  if (alter == nullptr || alter->commands.empty()) {
    return std::nullopt;
  }
  auto const& command = question.command != nullptr ? *question.command : alter->commands.front();
  return finds_nothing(*alter, command, question.catalog)
             ? std::optional(nothing_there(
                   fmt::format("column {} of {}", command.name.quoted(), alter->table.display())))
             : std::nullopt;
}

}  // namespace

bool finds_nothing(sql::Statement const& statement, catalog::Catalog const& catalog) {
  if (!catalog.complete) {
    return false;
  }
  auto const names = looked_for(statement);
  bool const no_relation =
      !names.empty() && std::ranges::all_of(names, [&](QualifiedName const& name) {
        return preconditions::is_missing(catalog, name);
      });
  return no_relation || !missing_objects(statement, catalog).empty();
}

bool finds_nothing(sql::AlterTable const& alter, sql::AlterTableCommand const& command,
                   catalog::Catalog const& catalog) {
  bool const lenient = command.action == sql::AlterAction::DropColumn && command.if_exists;
  catalog::Table const* table = lenient ? catalog.table(alter.table) : nullptr;
  return table != nullptr && !table->partial && table->column(command.name) == nullptr;
}

Rule const passed_over{
    .id = passed_over_rule, .recognise = recognise_passed_over, .split = nullptr};

}  // namespace bellows::rules
