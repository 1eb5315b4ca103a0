#include "planner/rules/fixed_columns.hpp"

#include "planner/catalog/edit.hpp"
#include "planner/rules/has.hpp"
#include "planner/rules/hazard_signs.hpp"
#include "planner/rules/refused.hpp"

#include <fmt/core.h>

// Source: tablecmds.c, ATPrepDropColumn(), ATExecDropColumn(), ATPrepAddColumn(),
// ATPrepAlterColumnType(), renameatt_internal(), ATExecDropConstraint(); tried on 13 to 18.
namespace bellows::rules {

namespace {

using catalog::Catalog;
using catalog::Table;
using signs::Sign;
using sql::AlterAction;
using sql::Identifier;
using sql::QualifiedName;

bool is_action(Sign const& sign, AlterAction action) {
  return sign.facts.command != nullptr && sign.facts.command->action == action;
}

// --- partition keys ---

/// The table in whose partition key the column is: the altered one or one below it.
Table const* partitioned_by(Sign const& sign, Identifier const& column) {
  for (QualifiedName const& name :
       catalog::with_children(sign.question.catalog, sign.facts.target(), sign.facts.alter->only)) {
    Table const* table = sign.question.catalog.table(name);
    if (table != nullptr && has(table->partition_key.columns, column)) {
      return table;
    }
  }
  return nullptr;
}

std::optional<Finding> recognise_key(Question const& question) {
  for (Sign const& sign : signs::signs_of(question)) {
    if (!is_action(sign, AlterAction::AlterType) && !is_action(sign, AlterAction::DropColumn)) {
      continue;
    }
    Identifier const& column = sign.facts.command->name;
    if (Table const* table = partitioned_by(sign, column)) {
      return refused(partition_key.id, "42P16",
                     fmt::format("{} is part of the partition key of {}, and that never changes",
                                 column.quoted(), table->name.display()),
                     "Make a new table with the partition key as it should be, copy the rows in "
                     "batches while a trigger keeps both in step, and swap the names.");
    }
  }
  return std::nullopt;
}

// --- inherited columns ---

/// The first that it inherits from, or is a partition of, and that is `wanted`.
template <typename Wanted>
Table const* parent_where(Catalog const& catalog, Table const& table, Wanted wanted) {
  auto const picked = [&](QualifiedName const& name) -> Table const* {
    Table const* parent = name.name.empty() ? nullptr : catalog.table(name);
    return parent != nullptr && wanted(*parent) ? parent : nullptr;
  };
  for (QualifiedName const& name : table.inherits) {
    if (Table const* parent = picked(name)) {
      return parent;
    }
  }
  return picked(table.partition_of);
}

/// From which the table has the column; nullptr when it is the table's own.
Table const* parent_with(Catalog const& catalog, Table const& table, Identifier const& column) {
  return parent_where(catalog, table,
                      [&](Table const& parent) { return parent.column(column) != nullptr; });
}

/// A CHECK of the parent's that the child has been given with it.
Table const* parent_with_check(Catalog const& catalog, Table const& table, Identifier const& name) {
  auto const is_inherited = [&](Table const& parent) {
    catalog::Constraint const* check = parent.constraint(name);
    return check != nullptr && check->kind == catalog::ConstraintKind::Check &&
           !check->definition.ends_with("NO INHERIT") &&
           !check->definition.ends_with("NO INHERIT NOT VALID");
  };
  return table.constraint(name) == nullptr ? nullptr : parent_where(catalog, table, is_inherited);
}

std::string from_parent(Identifier const& what, Table const& parent) {
  return fmt::format("{} is inherited from {}", what.quoted(), parent.name.display());
}

std::string on_parent(Table const& parent) {
  return fmt::format("Do it on {}, which does it to all that inherit from it.",
                     parent.name.display());
}

Finding inherited(std::string_view state, std::string const& why, std::string const& remedy) {
  return refused(inherited_column.id, state, why, remedy);
}

/// On a child: what is its parent's cannot be changed there.
std::optional<Finding> of_child(Sign const& sign, Table const& table) {
  Catalog const& catalog = sign.question.catalog;
  Identifier const& name = sign.facts.command->name;
  bool const column =
      is_action(sign, AlterAction::AlterType) || is_action(sign, AlterAction::DropColumn);
  Table const* parent = column ? parent_with(catalog, table, name)
                        : is_action(sign, AlterAction::DropConstraint)
                            ? parent_with_check(catalog, table, name)
                            : nullptr;
  if (parent != nullptr) {
    return inherited("42P16", from_parent(name, *parent), on_parent(*parent));
  }
  Table const* whole = catalog.table(table.partition_of);
  if (is_action(sign, AlterAction::AddColumn) && whole != nullptr) {
    return inherited("42809",
                     fmt::format("{} is a partition of {}, and has that table's columns",
                                 table.name.display(), whole->name.display()),
                     fmt::format("Add the column to {}.", whole->name.display()));
  }
  return std::nullopt;
}

/// ONLY on a parent: columns are the same in all that inherit. Dropping one makes it the children's
/// own, except where they are partitions.
std::optional<Finding> of_only(Sign const& sign, Table const& table, bool drops) {
  bool const children = catalog::with_children(sign.question.catalog, table.name, false).size() > 1;
  bool const allowed = drops && table.kind != catalog::TableKind::Partitioned;
  if (!children || allowed) {
    return std::nullopt;
  }
  return inherited("42P16",
                   fmt::format("what inherits from {} has to change as well", table.name.display()),
                   "Leave out ONLY.");
}

std::optional<Finding> of_table_command(Sign const& sign, Table const& table) {
  bool const drops = is_action(sign, AlterAction::DropColumn);
  bool const changes =
      drops || is_action(sign, AlterAction::AddColumn) || is_action(sign, AlterAction::AlterType);
  if (std::optional<Finding> finding = of_child(sign, table)) {
    return finding;
  }
  return sign.facts.alter->only && changes ? of_only(sign, table, drops) : std::nullopt;
}

std::optional<Finding> of_rename(Sign const& sign, sql::RenameColumn const& rename,
                                 Table const& table) {
  if (Table const* parent = parent_with(sign.question.catalog, table, rename.from)) {
    return inherited("42P16", from_parent(rename.from, *parent), on_parent(*parent));
  }
  return rename.only ? of_only(sign, table, false) : std::nullopt;
}

std::optional<Finding> recognise_inherited(Question const& question) {
  for (Sign const& sign : signs::signs_of(question)) {
    Table const* table = sign.facts.table();
    auto const* rename = sign.facts.body<sql::RenameColumn>();
    if (table == nullptr) {
      continue;
    }
    std::optional<Finding> finding = rename != nullptr ? of_rename(sign, *rename, *table)
                                     : sign.facts.command != nullptr
                                         ? of_table_command(sign, *table)
                                         : std::nullopt;
    if (finding) {
      return finding;
    }
  }
  return std::nullopt;
}

}  // namespace

Rule const partition_key{"partition-key", recognise_key, nullptr};
Rule const inherited_column{"inherited-column", recognise_inherited, nullptr};

}  // namespace bellows::rules
