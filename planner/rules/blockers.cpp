#include "planner/rules/blockers.hpp"

#include "planner/catalog/dependents.hpp"
#include "planner/catalog/function_users.hpp"
#include "planner/catalog/references.hpp"
#include "planner/catalog/sequences.hpp"
#include "planner/locks/related.hpp"
#include "planner/rules/has.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::rules {

namespace {

using catalog::Column;
using catalog::Constraint;
using catalog::Dependent;
using catalog::DependentKind;
using catalog::Table;
using signs::Sign;
using sql::AlterAction;
using sql::Identifier;
using sql::ObjectKind;
using sql::QualifiedName;

std::string_view word_of(DependentKind kind) {
  switch (kind) {
    case DependentKind::View:
      return "view";
    case DependentKind::MaterializedView:
      return "materialized view";
    case DependentKind::Rule:
      return "rule";
    case DependentKind::Policy:
      return "policy";
    case DependentKind::Trigger:
      return "trigger";
    case DependentKind::Publication:
      return "publication";
    case DependentKind::Function:
      return "function";
  }
  return "object";
}

void add_users_of_column(Table const& table, Identifier const& column, Blockers& into) {
  for (Dependent const& dependent : table.dependents) {
    if (has(dependent.columns, column)) {
      into.push_back(fmt::format("{} {}", word_of(dependent.kind), dependent.name.display()));
    }
  }
}

void add_computed_columns(Table const& table, Identifier const& column, Blockers& into) {
  for (Column const& other : table.columns) {
    if (catalog::computed_from(other, column)) {
      into.push_back("generated column " + other.name.quoted());
    }
  }
}

/// Foreign keys to the table that `concerns` picks, of tables that are not in `going`.
template <typename Concerns>
void add_references(catalog::Catalog const& catalog, Table const& table,
                    std::vector<QualifiedName> const& going, Concerns concerns, Blockers& into) {
  for (Table const* other : catalog.referencing(table.name)) {
    if (has(going, other->name)) {
      continue;
    }
    for (Constraint const& constraint : other->constraints) {
      if (constraint.references == table.name && concerns(constraint)) {
        into.push_back(
            fmt::format("foreign key {} of {}", constraint.name.quoted(), other->name.display()));
      }
    }
  }
}

/// Those to the whole are to each of its partitions as well.
void add_references_above(Sign const& sign, Table const& table,
                          std::vector<QualifiedName> const& going, Blockers& into) {
  Table const* above = sign.question.catalog.table(table.partition_of);
  while (above != nullptr && !has(going, above->name)) {
    add_references(
        sign.question.catalog, *above, going, [](Constraint const&) { return true; }, into);
    above = sign.question.catalog.table(above->partition_of);
  }
}

bool any(Constraint const&) {
  return true;
}

/// … that rest on the index.
void add_resting(Sign const& sign, Table const& table, Identifier const& index, Blockers& into) {
  add_references(
      sign.question.catalog, table, {},
      [&](Constraint const& constraint) { return catalog::rested_on(table, constraint) == index; },
      into);
}

Blockers of_type_change(Sign const& sign, Table const& table) {
  Blockers blockers;
  add_users_of_column(table, sign.facts.command->name, blockers);
  add_computed_columns(table, sign.facts.command->name, blockers);
  for (sql::AlterTableCommand const& other : sign.facts.alter->commands) {
    if (other.action == AlterAction::DropColumn) {  // goes first, wherever it stands
      std::erase(blockers, "generated column " + other.name.quoted());
    }
  }
  return blockers;
}

Blockers of_drop_column(Sign const& sign, Table const& table) {
  Identifier const& column = sign.facts.command->name;
  Blockers blockers;
  add_users_of_column(table, column, blockers);
  if (sign.question.catalog.server_version >= 15 || sign.facts.command->cascade) {
    add_computed_columns(table, column, blockers);  // before 15 they go along, unasked
  }
  add_references(
      sign.question.catalog, table, {table.name},
      [&](Constraint const& constraint) { return has(constraint.referenced_columns, column); },
      blockers);
  for (Constraint const& own : table.constraints) {  // unless it goes along, of the column as well
    bool const rests = own.references == table.name && has(own.referenced_columns, column);
    if (rests && !has(own.columns, column)) {
      blockers.push_back(
          fmt::format("foreign key {} of {}", own.name.quoted(), table.name.display()));
    }
  }
  return blockers;
}

Blockers of_drop_constraint(Sign const& sign, Table const& table) {
  Blockers blockers;
  Constraint const* key = table.constraint(sign.facts.command->name);
  if (key != nullptr && !key->index.empty()) {
    add_resting(sign, table, key->index, blockers);
  }
  return blockers;
}

void add_readers(Table const& table, std::vector<QualifiedName> const& going, Blockers& into) {
  for (Dependent const& dependent : table.dependents) {
    bool const own =
        dependent.kind == DependentKind::Rule || dependent.kind == DependentKind::Policy ||
        dependent.kind == DependentKind::Trigger || dependent.kind == DependentKind::Publication;
    if (!own && !has(going, dependent.name)) {
      into.push_back(fmt::format("{} {}", word_of(dependent.kind), dependent.name.display()));
    }
  }
}

Blockers of_drop_table(Sign const& sign) {
  Blockers blockers;
  std::vector<QualifiedName> const& going = sign.facts.targets;
  for (QualifiedName const& name : going) {
    Table const* table = sign.question.catalog.table(name);
    if (table == nullptr) {
      continue;
    }
    add_readers(*table, going, blockers);
    add_references(sign.question.catalog, *table, going, any, blockers);
    add_references_above(sign, *table, going, blockers);
    for (QualifiedName const& child : sign.question.catalog.linked(catalog::Link::Below, name)) {
      Table const* below = sign.question.catalog.table(child);
      if (below != nullptr && has(below->inherits, name) && !has(going, child)) {
        blockers.push_back("table " + child.display() + ", which inherits from it");
      }
    }
  }
  return blockers;
}

Blockers of_drop_type(Sign const& sign) {
  Blockers blockers;
  for (QualifiedName const& user : locks::related::type_users(sign.facts)) {
    blockers.push_back("a column of " + user.display());
  }
  return blockers;
}

std::string_view word_of(catalog::FunctionUse use) {
  switch (use) {
    case catalog::FunctionUse::Trigger:
      return "trigger";
    case catalog::FunctionUse::Default:
      return "the default of column";
    case catalog::FunctionUse::GeneratedColumn:
      return "generated column";
    case catalog::FunctionUse::Check:
      return "constraint";
    case catalog::FunctionUse::Index:
      return "index";
  }
  return "object";
}

Blockers of_drop_function(Sign const& sign, sql::Drop const& drop) {
  Blockers blockers;
  for (std::size_t i = 0; i < drop.names.size(); ++i) {
    for (catalog::FunctionUser const& user :
         catalog::users_of_function(sign.question.catalog, drop.names[i], drop.arguments[i])) {
      blockers.push_back(
          fmt::format("{} {} of {}", word_of(user.use), user.name.quoted(), user.table.display()));
    }
  }
  return blockers;
}

Blockers of_drop_index(Sign const& sign) {
  Blockers blockers;
  for (QualifiedName const& index : sign.facts.targets) {
    Table const* table = sign.question.catalog.table_of_index(index);
    auto const behind = table == nullptr
                            ? std::vector<Constraint>::const_iterator()
                            : std::ranges::find(table->constraints, index.name, &Constraint::index);
    if (table != nullptr && behind != table->constraints.end()) {
      blockers.push_back(
          fmt::format("constraint {} of {}", behind->name.quoted(), table->name.display()));
    } else if (table != nullptr) {
      add_resting(sign, *table, index.name, blockers);
    }
  }
  return blockers;
}

/// Columns whose defaults take from it.
Blockers of_drop_sequence(Sign const& sign) {
  Blockers blockers;
  for (QualifiedName const& sequence : sign.facts.targets) {
    for (QualifiedName const& user : catalog::users_of_sequence(sign.question.catalog, sequence)) {
      blockers.push_back("a default of " + user.display());
    }
  }
  return blockers;
}

/// Without CASCADE it has to be empty.
Blockers of_drop_schema(Sign const& sign, sql::Drop const& drop) {
  if (drop.cascade) {
    return of_drop_table(sign);
  }
  Blockers blockers;
  for (QualifiedName const& name : sign.facts.targets) {
    Table const* table = sign.question.catalog.table(name);
    bool const partition = table != nullptr && !table->partition_of.name.empty();
    if (!partition) {
      blockers.push_back(name.display());
    }
  }
  return blockers;
}

/// Foreign keys bring triggers, but for those that are NOT ENFORCED (since 18): where a table has
/// none at all, TRUNCATE does not look for what points to it (heap_truncate_check_FKs()).
bool has_triggers(Sign const& sign, Table const& table) {
  auto const enforced = [](Constraint const& one) {
    return one.kind == catalog::ConstraintKind::ForeignKey &&
           one.definition.find("NOT ENFORCED") == std::string::npos;
  };
  auto const to_it = [&](Table const* other) {
    return std::ranges::any_of(other->constraints, [&](Constraint const& one) {
      return one.references == table.name && enforced(one);
    });
  };
  return table.kind == catalog::TableKind::Partitioned || !table.triggers.empty() ||
         std::ranges::any_of(table.constraints, enforced) ||
         std::ranges::any_of(sign.question.catalog.referencing(table.name), to_it);
}

/// A TRUNCATE does not look at rows: it is refused wherever a foreign key could point to one.
Blockers of_truncate(Sign const& sign) {
  Blockers blockers;
  std::vector<QualifiedName> const going = locks::related::tree(sign.facts);
  for (QualifiedName const& name : going) {
    Table const* table = sign.question.catalog.table(name);
    if (table != nullptr && has_triggers(sign, *table)) {
      add_references(sign.question.catalog, *table, going, any, blockers);
    }
    if (table != nullptr) {
      add_references_above(sign, *table, going, blockers);
    }
  }
  return blockers;
}

Blockers of_drop(Sign const& sign, sql::Drop const& drop) {
  switch (drop.kind) {
    case ObjectKind::Table:
    case ObjectKind::ForeignTable:
    case ObjectKind::View:
    case ObjectKind::MaterializedView:
      return of_drop_table(sign);
    case ObjectKind::Type:
    case ObjectKind::Domain:
      return of_drop_type(sign);
    case ObjectKind::Index:
      return of_drop_index(sign);
    case ObjectKind::Schema:
      return of_drop_schema(sign, drop);
    case ObjectKind::Function:
      return of_drop_function(sign, drop);
    case ObjectKind::Sequence:
      return of_drop_sequence(sign);
    case ObjectKind::Trigger:
    case ObjectKind::Other:
      return {};
  }
  return {};
}

Blockers of_command(Sign const& sign, Table const& table) {
  switch (sign.facts.command->action) {
    case AlterAction::AlterType:
      return of_type_change(sign, table);
    case AlterAction::DropColumn:
      return of_drop_column(sign, table);
    case AlterAction::DropConstraint:
      return of_drop_constraint(sign, table);
    case AlterAction::AddColumn:
    case AlterAction::SetDefault:
    case AlterAction::DropDefault:
    case AlterAction::SetNotNull:
    case AlterAction::DropNotNull:
    case AlterAction::AddConstraint:
    case AlterAction::ValidateConstraint:
    case AlterAction::Other:
    case AlterAction::AddIdentity:
    case AlterAction::DropIdentity:
    case AlterAction::DropExpression:
    case AlterAction::SetExpression:
    case AlterAction::AttachPartition:
    case AlterAction::DetachPartition:
      return {};
  }
  return {};
}

}  // namespace

Blockers dependents_of(Sign const& sign) {
  if (sign.facts.command != nullptr) {
    Table const* table = sign.facts.table();
    return table == nullptr ? Blockers{} : of_command(sign, *table);
  }
  if (sign.question.statement.kind == "TRUNCATE") {
    return of_truncate(sign);
  }
  auto const* drop = sign.facts.body<sql::Drop>();
  return drop == nullptr ? Blockers{} : of_drop(sign, *drop);
}

Blockers built_on(catalog::Catalog const& catalog, Table const& table, Identifier const& column) {
  auto const by_list_alone = [&](Dependent const& dependent) {
    auto const trigger =
        std::ranges::find(table.triggers, dependent.name.name, &catalog::Trigger::name);
    return dependent.kind == DependentKind::Trigger &&
           (trigger == table.triggers.end() || trigger->when.empty());
  };
  Blockers blockers;
  for (Dependent const& dependent : table.dependents) {
    if (has(dependent.columns, column) && !by_list_alone(dependent)) {
      blockers.push_back(fmt::format("{} {}", word_of(dependent.kind), dependent.name.display()));
    }
  }
  add_computed_columns(table, column, blockers);
  add_references(
      catalog, table, {table.name},
      [&](Constraint const& constraint) { return has(constraint.referenced_columns, column); },
      blockers);
  return blockers;
}

bool says_cascade(Sign const& sign) {
  auto const* drop = sign.facts.body<sql::Drop>();
  return drop != nullptr ? drop->cascade
                         : sign.facts.command != nullptr && sign.facts.command->cascade;
}

}  // namespace bellows::rules
