#include "planner/catalog/replay_alter.hpp"

#include "planner/catalog/attached_indexes.hpp"
#include "planner/catalog/edit.hpp"
#include "planner/catalog/output.hpp"
#include "planner/catalog/publications.hpp"
#include "planner/catalog/sequences.hpp"
#include "planner/catalog/triggers.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace bellows::catalog {

namespace {

using sql::AlterAction;
using sql::AlterTableCommand;
using sql::ConstraintDefinition;
using sql::ConstraintForm;

int order_of(ConstraintForm form) {
  switch (form) {
    case ConstraintForm::PrimaryKey:
      return 1;
    case ConstraintForm::Unique:
    case ConstraintForm::Exclude:
      return 2;
    case ConstraintForm::ForeignKey:
      return 3;
    case ConstraintForm::Check:
    case ConstraintForm::NotNull:
    case ConstraintForm::Null:
    case ConstraintForm::Default:
    case ConstraintForm::Generated:
    case ConstraintForm::Identity:
      return 0;
  }
  return 0;
}

void alter_type(Catalog const& catalog, Table& table, AlterTableCommand const& command) {
  Column* column = find_column(table, command.name);
  if (column == nullptr) {
    return;
  }
  column->type = qualified_type(catalog, command.type);
  column->collation = command.column.collation;
}

void validate(Table& table, Identifier const& name) {
  Constraint const* found = table.constraint(name);
  if (found != nullptr && found->kind == ConstraintKind::NotNull) {
    Identifier const column = found->columns.front();
    return set_not_null(table, column, true);
  }
  for (Constraint& constraint : table.constraints) {
    if (constraint.name != name) {
      continue;
    }
    constraint.validated = true;
    constexpr std::string_view later = " NOT VALID";
    if (constraint.definition.ends_with(later)) {
      constraint.definition.resize(constraint.definition.size() - later.size());
    }
  }
}

bool alters_enforcement(AlterTableCommand const& command) {
  return command.kind == "ALTER CONSTRAINT ENFORCED" ||
         command.kind == "ALTER CONSTRAINT NOT ENFORCED";
}

/// One that was enforced before stays as it is: NOT VALID, perhaps.
void alter_enforcement(Table& table, AlterTableCommand const& command) {
  constexpr std::string_view off = " NOT ENFORCED";
  bool const enforce = command.kind == "ALTER CONSTRAINT ENFORCED";
  for (Constraint& constraint : table.constraints) {
    bool const enforced = !constraint.definition.ends_with(off);
    bool const key =
        constraint.kind != ConstraintKind::Check && constraint.kind != ConstraintKind::ForeignKey;
    if (constraint.name != command.name || key || enforced == enforce) {
      continue;
    }
    validate(table, constraint.name);
    constraint.validated = enforce;
    if (enforce) {
      constraint.definition.resize(constraint.definition.size() - off.size());
    } else {
      constraint.definition += off;
    }
  }
}

/// What changes one column's properties.
void alter_column(Catalog& catalog, Table& table, Column& column,
                  AlterTableCommand const& command) {
  switch (command.action) {
    case AlterAction::SetDefault:
      column.default_sql = command.expression;
      break;
    case AlterAction::SetExpression:
      column.default_sql = command.expression;
      column.generated = true;
      break;
    case AlterAction::DropDefault:
      column.default_sql.reset();
      break;
    case AlterAction::AddIdentity:
      make_identity(catalog, table, column, command.constraint);
      return catalog.directory.note(table);
    case AlterAction::DropIdentity:
      return drop_identity(column);
    case AlterAction::DropExpression:
      column.generated = false;
      column.default_sql.reset();
      break;
    case AlterAction::SetNotNull:
    case AlterAction::DropNotNull:
    case AlterAction::AddColumn:
    case AlterAction::DropColumn:
    case AlterAction::AlterType:
    case AlterAction::AddConstraint:
    case AlterAction::DropConstraint:
    case AlterAction::ValidateConstraint:
    case AlterAction::AttachPartition:
    case AlterAction::DetachPartition:
    case AlterAction::Other:
      break;
  }
}

void add_one_column(Catalog& catalog, Table& table, AlterTableCommand const& command) {
  if (table.column(command.name) != nullptr) {
    return;
  }
  add_column(catalog, table, command.column);
  add_column_constraints(catalog, table, command.column);
}

/// The server takes no circles, and nobody who goes up along parents ends in one.
bool is_above(Catalog const& catalog, QualifiedName const& name, Table const& table) {
  auto const below = with_children(catalog, name, false);
  return std::ranges::find(below, table.name) != below.end();
}

void attach(Catalog& catalog, Table const& parent, AlterTableCommand const& command) {
  bool const attached = command.action == AlterAction::AttachPartition;
  Table* partition = catalog.table(command.other);
  if (partition == nullptr || (attached && is_above(catalog, command.other, parent))) {
    return;
  }
  partition->partition_of = attached ? parent.name : QualifiedName();
  partition->bounds = attached ? command.bounds : sql::PartitionBounds();
  partition->default_partition = partition->bounds.is_default;
  for (Column& column : partition->columns) {
    Column const* above = parent.column(column.name);
    if (above != nullptr && identities_are_inherited(catalog)) {
      column.identity = attached ? above->identity : Identity::None;
    }
  }
  catalog.directory.note(*partition);
  if (attached) {
    inherit_keys(catalog, *partition);
  } else {
    detach_indexes(*partition);
  }
}

void apply(Catalog& catalog, Table& table, AlterTableCommand const& command) {
  switch (command.action) {
    case AlterAction::AddColumn:
      return add_one_column(catalog, table, command);
    case AlterAction::DropColumn:
      if (command.cascade) {
        drop_views_above(catalog, table, command.name);
      }
      return drop_column(catalog, table, command.name);
    case AlterAction::AlterType:
      return alter_type(catalog, table, command);
    case AlterAction::AddConstraint:
      return add_constraint(catalog, table, command.constraint);
    case AlterAction::DropConstraint:
      return drop_constraint(catalog, table, command.name);
    case AlterAction::ValidateConstraint:
      return validate(table, command.name);
    case AlterAction::AttachPartition:
    case AlterAction::DetachPartition:
      return attach(catalog, table, command);
    case AlterAction::SetNotNull:
    case AlterAction::DropNotNull:
      return set_not_null(table, command.name, command.action == AlterAction::SetNotNull);
    case AlterAction::SetDefault:
    case AlterAction::DropDefault:
    case AlterAction::AddIdentity:
    case AlterAction::DropIdentity:
    case AlterAction::DropExpression:
    case AlterAction::SetExpression:
      if (Column* column = find_column(table, command.name)) {
        alter_column(catalog, table, *column, command);
      }
      return;
    case AlterAction::Other:
      break;
  }
  if (command.kind == "SET IDENTITY" && !command.value.empty()) {
    if (Column* column = find_column(table, command.name)) {
      column->identity = command.value == "a" ? Identity::Always : Identity::ByDefault;
    }
  }
  if (command.kind == "SET LOGGED" || command.kind == "SET UNLOGGED") {
    table.unlogged = command.kind == "SET UNLOGGED";
  }
  if (alters_enforcement(command)) {
    alter_enforcement(table, command);
  }
  Table const* other = command.kind == "INHERIT" ? catalog.table(command.other) : nullptr;
  if (command.kind == "INHERIT" && (other == nullptr || !is_above(catalog, table.name, *other))) {
    table.inherits.push_back(catalog.resolve(command.other));
    catalog.directory.note(table);
  }
  if (command.kind == "OF" || command.kind == "NOT OF") {
    table.of_type = command.kind == "OF" ? qualified_type(catalog, command.type) : "";
  }
  if (command.kind == "REPLICA IDENTITY") {
    set_replica_identity(table, command.value, command.name);
  }
  if (command.kind.ends_with("TRIGGER") || command.kind.find(" TRIGGER ") != std::string::npos) {
    enable_trigger(table, command.kind, command.name);
  }
  if (command.kind == "NO INHERIT") {
    std::erase(table.inherits, catalog.resolve(command.other));
  }
}

/// Keys of a partitioned table are found on its partitions, keys of an inherited one are not.
bool reaches(Catalog const& catalog, AlterTableCommand const& command, Table const& child,
             bool is_target) {
  if (is_target) {
    return true;
  }
  bool const identity = command.action == AlterAction::AddIdentity ||
                        command.action == AlterAction::DropIdentity ||
                        command.kind == "SET IDENTITY";
  if (identity) {
    return !child.partition_of.name.empty() && identities_are_inherited(catalog);
  }
  switch (command.action) {
    case AlterAction::AttachPartition:
    case AlterAction::DetachPartition:
      return false;
    case AlterAction::Other:
      return alters_enforcement(command);
    case AlterAction::AddIdentity:
    case AlterAction::DropIdentity:
    case AlterAction::AddConstraint:
      return !child.partition_of.name.empty() ||
             (command.constraint.form == ConstraintForm::Check && !command.constraint.no_inherit);
    case AlterAction::AddColumn:
    case AlterAction::DropColumn:
    case AlterAction::SetDefault:
    case AlterAction::DropDefault:
    case AlterAction::SetNotNull:
    case AlterAction::DropNotNull:
    case AlterAction::AlterType:
    case AlterAction::DropConstraint:
    case AlterAction::ValidateConstraint:
    case AlterAction::DropExpression:
    case AlterAction::SetExpression:
      return true;
  }
  return true;
}

/// A parent's constraint as its partition is given it: keys under names of their own.
ConstraintDefinition as_parents(Constraint const& constraint) {
  ConstraintDefinition definition;
  definition.columns = constraint.columns;
  definition.text = constraint.definition;
  definition.not_valid = !constraint.validated;
  switch (constraint.kind) {
    case ConstraintKind::PrimaryKey:
      definition.form = ConstraintForm::PrimaryKey;
      break;
    case ConstraintKind::Unique:
      definition.form = ConstraintForm::Unique;
      break;
    case ConstraintKind::ForeignKey:
      definition.form = ConstraintForm::ForeignKey;
      definition.name = constraint.name;
      definition.references = constraint.references;
      definition.referenced_columns = constraint.referenced_columns;
      break;
    case ConstraintKind::Exclude:
      definition.form = ConstraintForm::Exclude;
      break;
    case ConstraintKind::NotNull:
      definition.form = ConstraintForm::NotNull;
      break;
    case ConstraintKind::Check:
      definition.form = ConstraintForm::Check;
      definition.name = constraint.name;
      break;
  }
  return definition;
}

bool has_same(Table const& table, Constraint const& wanted) {
  return std::ranges::any_of(table.constraints, [&](Constraint const& constraint) {
    return constraint.kind == wanted.kind && constraint.columns == wanted.columns &&
           constraint.references == wanted.references;
  });
}

bool has_same(Table const& table, Index const& wanted) {
  return std::ranges::any_of(table.indexes, [&](Index const& index) {
    return index.columns == wanted.columns && index.unique == wanted.unique &&
           index.method == wanted.method && index.partial == wanted.partial;
  });
}

/// A CHECK gets its name on the table that is altered, and the same one below it.
void take_name(AlterTableCommand& command, Table const& table, std::size_t constraints_before) {
  bool const check = command.action == AlterAction::AddConstraint &&
                     command.constraint.form == ConstraintForm::Check;
  if (!check || !command.constraint.name.empty() ||
      table.constraints.size() == constraints_before) {
    return;
  }
  for (Constraint const& constraint : table.constraints) {
    if (constraint.definition == command.constraint.text) {
      command.constraint.name = constraint.name;
    }
  }
}

/// NOT VALID within CREATE TABLE: there are no rows that it could spare.
/// What it says is the column's, and no constraint of the table.
bool is_of_column(ConstraintForm form) {
  switch (form) {
    case ConstraintForm::NotNull:
    case ConstraintForm::Null:
    case ConstraintForm::Default:
    case ConstraintForm::Generated:
    case ConstraintForm::Identity:
      return true;
    case ConstraintForm::Check:
    case ConstraintForm::Unique:
    case ConstraintForm::PrimaryKey:
    case ConstraintForm::ForeignKey:
    case ConstraintForm::Exclude:
      return false;
  }
  return false;
}

void make_valid(ConstraintDefinition& definition) {
  constexpr std::string_view later = " NOT VALID";
  if (definition.not_enforced) {
    return;
  }
  definition.not_valid = false;
  if (definition.text.ends_with(later)) {
    definition.text.resize(definition.text.size() - later.size());
  }
}

void alter_index(Catalog& catalog, sql::AlterTable const& statement) {
  for (AlterTableCommand const& command : statement.commands) {
    if (command.action == AlterAction::AttachPartition) {
      attach_index(catalog, statement.table, command.other);
    }
  }
}

/// ADD COLUMN … serial: the columns below it take their values from the one sequence.
void share_sequence(AlterTableCommand& command, Table const& table) {
  Column const* made = table.column(command.name);
  if (command.action != AlterAction::AddColumn || !command.column.type.serial || made == nullptr) {
    return;
  }
  command.column.type.serial = false;
  ConstraintDefinition definition;
  definition.form = ConstraintForm::Default;
  definition.expression = made->default_sql.value_or("");
  command.column.constraints.push_back(definition);
  definition.form = ConstraintForm::NotNull;
  command.column.constraints.push_back(std::move(definition));
}

/// A NOT NULL is called as that of the table which is altered.
void take_not_null_names(Table& table, Table const& before, Table const& target) {
  for (Column& column : table.columns) {
    Column const* above = target.column(column.name);
    Column const* own = before.column(column.name);
    bool const made = column.not_null && (own == nullptr || !own->not_null);
    if (made && above != nullptr && above->not_null) {
      column.not_null_name = above->not_null_name;
    }
  }
}

}  // namespace

void alter_table(Catalog& catalog, sql::AlterTable const& statement) {
  if (statement.on == sql::ObjectKind::Type) {
    return alter_composite(catalog, statement);
  }
  if (statement.on == sql::ObjectKind::Index) {
    return alter_index(catalog, statement);
  }
  QualifiedName const target = catalog.resolve(statement.table);
  for (AlterTableCommand const& given : statement.commands) {
    std::optional<AlterTableCommand> of_children;
    std::vector<QualifiedName> const names = with_children(catalog, target, statement.only);
    for (QualifiedName const& name : names) {
      Table* table = catalog.table(name);
      AlterTableCommand const& command = of_children ? *of_children : given;
      if (table == nullptr || !reaches(catalog, command, *table, name == target)) {
        continue;
      }
      if (name != target) {
        Table const first = *table;
        apply(catalog, *table, command);
        if (table->constraints.size() > first.constraints.size()) {
          attach_keys(catalog, *table);
        }
        take_not_null_names(*table, first, *std::as_const(catalog).table(target));
        continue;
      }
      std::size_t const before = table->constraints.size();
      apply(catalog, *table, command);
      if (names.size() > 1) {
        of_children = given;
        take_name(*of_children, *table, before);
        share_sequence(*of_children, *table);
      }
    }
  }
}

void add_constraints(Catalog& catalog, Table& table, sql::CreateTable const& statement) {
  std::vector<ConstraintDefinition const*> all;
  auto const take = [&](std::vector<ConstraintDefinition> const& definitions) {
    for (ConstraintDefinition const& one : definitions) {
      if (!is_of_column(one.form)) {
        all.push_back(&one);
      }
    }
  };
  for (sql::ColumnDefinition const& column : statement.columns) {
    take(column.constraints);
  }
  take(statement.constraints);
  std::ranges::stable_sort(all, {}, [](auto const* one) { return order_of(one->form); });
  for (ConstraintDefinition const* one : all) {
    if (!one->not_valid) {
      add_constraint(catalog, table, *one);
      continue;
    }
    ConstraintDefinition definition = *one;
    make_valid(definition);
    add_constraint(catalog, table, definition);
  }
}

void inherit_keys(Catalog& catalog, Table& partition) {
  Table const* parent = catalog.table(partition.partition_of);
  if (parent == nullptr) {
    return;
  }
  for (Index const& index : parent->indexes) {
    bool const of_constraint = parent->constraint(index.name) != nullptr;
    if (of_constraint || has_same(partition, index)) {
      continue;
    }
    sql::Statement const statement = sql::parse_one(index.definition);
    if (auto const* definition = std::get_if<sql::CreateIndex>(&statement.body)) {
      sql::CreateIndex copy = *definition;
      copy.name = Identifier();
      add_index(catalog, partition, copy);
    }
  }
  for (Constraint const& constraint : parent->constraints) {
    if (!has_same(partition, constraint)) {
      add_constraint(catalog, partition, as_parents(constraint));
    }
  }
  for (Index const& index : parent->indexes) {
    attach_matching(partition, parent->name, index);
  }
}

}  // namespace bellows::catalog
