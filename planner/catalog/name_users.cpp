#include "planner/catalog/name_users.hpp"

#include "planner/sql/mentions.hpp"

#include <algorithm>
#include <optional>

namespace bellows::catalog {

namespace {

bool is_ours(Trigger const& trigger) {
  return trigger.function.name.raw().starts_with("bellows_sync_");
}

/// A view's own columns keep their names: NEW.title of its triggers is no matter.
std::optional<Says> says(Catalog const& catalog, Table const& relation, Trigger const& trigger,
                         Identifier const& column, QualifiedName const& table) {
  if (std::ranges::find(trigger.arguments, column.raw()) != trigger.arguments.end()) {
    return Says::Argument;
  }
  Function const* function = catalog.functions.of_trigger(trigger.function);
  if (function == nullptr) {  // PostgreSQL's own, an extension's, or not known
    bool const told = catalog.complete || trigger.function.schema.raw() == "pg_catalog";
    return told ? std::nullopt : std::optional(Says::Unread);
  }
  if (!function->body) {
    return Says::Unread;
  }
  auto const found = sql::mentions(*function->body, function->language, column, table);
  if (found.of_row && relation.kind != TableKind::View) {
    return Says::Row;
  }
  return found.as_word ? std::optional(Says::Word) : std::nullopt;
}

}  // namespace

std::vector<QualifiedName> related_by_triggers(Catalog const& catalog, Table const& table) {
  std::vector<QualifiedName> related{table.name};
  auto const add = [&](QualifiedName const& name) {
    if (std::ranges::find(related, name) == related.end()) {
      related.push_back(name);
    }
  };
  for (std::size_t i = 0; i < related.size(); ++i) {
    QualifiedName const at = related[i];
    for (auto const& [name, other] : catalog.tables) {
      bool const inherits = std::ranges::find(other.inherits, at) != other.inherits.end();
      if (inherits || other.partition_of == at) {
        add(name);
      }
    }
    Table const* relation = catalog.table(at);
    for (Dependent const& dependent :
         relation == nullptr ? std::vector<Dependent>() : relation->dependents) {
      if (dependent.kind == DependentKind::View) {
        add(dependent.name);
      }
    }
  }
  return related;
}

std::vector<NameUser> name_users(Catalog const& catalog, Table const& table,
                                 Identifier const& column) {
  std::vector<NameUser> users;
  for (QualifiedName const& name : related_by_triggers(catalog, table)) {
    Table const* relation = catalog.table(name);
    if (relation == nullptr) {
      continue;
    }
    for (Trigger const& trigger : relation->triggers) {
      if (is_ours(trigger)) {
        continue;
      }
      if (auto const how = says(catalog, *relation, trigger, column, table.name)) {
        users.push_back({name, &trigger, *how});
      }
    }
  }
  return users;
}

}  // namespace bellows::catalog
