#include "planner/plan/transition.hpp"

#include "planner/catalog/tables.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>
#include <string_view>

namespace bellows::plan {
namespace {

using catalog::Catalog;
using catalog::Column;
using catalog::Table;
using sql::Identifier;

bool has(std::vector<Identifier> const& names, Identifier const& name) {
  return std::ranges::find(names, name) != names.end();
}

std::string_view word_of(catalog::DependentKind kind) {
  switch (kind) {
    case catalog::DependentKind::View:
      return "view";
    case catalog::DependentKind::MaterializedView:
      return "materialized view";
    case catalog::DependentKind::Rule:
      return "rule";
    case catalog::DependentKind::Policy:
      return "policy";
    case catalog::DependentKind::Trigger:
      return "trigger";
    case catalog::DependentKind::Publication:
      return "publication";
    case catalog::DependentKind::Function:
      return "function";
  }
  return "object";
}

using Names = std::set<std::string>;

/// What stands on the table itself.
void add_own(Names& users, Table const& table, Identifier const& column) {
  for (catalog::Constraint const& constraint : table.constraints) {
    if (has(constraint.columns, column)) {
      users.insert("constraint " + constraint.name.quoted());
    }
  }
  for (catalog::Index const& index : table.indexes) {
    bool const of_constraint = std::ranges::any_of(
        table.constraints, [&](auto const& one) { return one.index == index.name; });
    if (has(index.columns, column) && !of_constraint) {
      users.insert("index " + index.name.quoted());
    }
  }
  for (Column const& other : table.columns) {
    if (catalog::computed_from(other, column)) {
      users.insert("generated column " + other.name.quoted());
    }
  }
  for (catalog::Dependent const& dependent : table.dependents) {
    if (has(dependent.columns, column)) {
      users.insert(fmt::format("{} {}", word_of(dependent.kind), dependent.name.display()));
    }
  }
}

Names users_of(Catalog const& catalog, sql::QualifiedName const& name, Identifier const& column) {
  Names users;
  Table const* table = catalog.table(name);
  if (table == nullptr) {
    return users;
  }
  add_own(users, *table, column);
  for (Table const* other : catalog.referencing(table->name)) {
    for (catalog::Constraint const& constraint : other->constraints) {
      if (constraint.references == table->name && has(constraint.referenced_columns, column)) {
        users.insert(
            fmt::format("foreign key {} of {}", constraint.name.quoted(), other->name.display()));
      }
    }
  }
  return users;
}

Column const* column_of(Catalog const& catalog, Transition const& transition) {
  Table const* table = catalog.table(transition.table);
  return table == nullptr ? nullptr : table->column(transition.to);
}

void add_referenced(std::set<sql::QualifiedName>& names, Table const* table) {
  if (table == nullptr) {
    return;
  }
  for (catalog::Constraint const& constraint : table->constraints) {
    if (!constraint.references.name.empty()) {
      names.insert(constraint.references);
    }
  }
}

}  // namespace

std::optional<Transition> transition_of(Plan const& plan) {
  if (plan.relies_on.empty() || plan.relies_on.front().columns.size() < 2 ||
      plan.contract.empty()) {
    return std::nullopt;
  }
  ReliedOn const& fact = plan.relies_on.front();
  auto const* swap = std::get_if<RunSql>(&plan.contract.back().action);
  std::string const drop =
      fmt::format("ALTER TABLE {} DROP COLUMN {}", fact.table.quoted(), fact.columns[1].quoted());
  if (swap == nullptr || std::ranges::find(swap->statements, drop) == swap->statements.end()) {
    return std::nullopt;
  }
  return Transition{fact.table, fact.columns[0], fact.columns[1]};
}

std::vector<std::string> touches_copy(Transition const& transition, Catalog const& before,
                                      Catalog const& after) {
  Column const* const was = column_of(before, transition);
  if (was == nullptr) {
    return {};
  }
  std::vector<std::string> touches;
  Column const* const is = column_of(after, transition);
  if (is == nullptr || !(*is == *was)) {
    touches.emplace_back("a change of the column itself");
  }
  Names const known = users_of(before, transition.table, transition.to);
  for (std::string const& user : users_of(after, transition.table, transition.to)) {
    if (!known.contains(user)) {
      touches.push_back(user);
    }
  }
  return touches;
}

std::set<sql::QualifiedName> tables_touched(Catalog const& before, Catalog const& after) {
  std::set<sql::QualifiedName> touched;
  for (sql::QualifiedName const& name : differing(before.tables, after.tables)) {
    touched.insert(name);
    for (Catalog const* catalog : {&before, &after}) {
      add_referenced(touched, catalog->tables.find(name));
    }
  }
  return touched;
}

}  // namespace bellows::plan
