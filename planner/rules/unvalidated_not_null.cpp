#include "planner/rules/unvalidated_not_null.hpp"

#include "planner/catalog/edit.hpp"
#include "planner/rules/hazard_signs.hpp"

#include <fmt/core.h>

#include <algorithm>

// Source: tablecmds.c, ATExecSetNotNull(), QueueNNConstraintValidation(), ATExecReplicaIdentity();
// tried on 18.4: what is said of rows was seen there.
namespace bellows::rules {

namespace {

using catalog::Constraint;
using catalog::Table;
using signs::Sign;
using sql::Identifier;
using sql::QualifiedName;

Constraint const* unvalidated(Table const& table, Identifier const& column) {
  auto const found = std::ranges::find_if(table.constraints, [&](Constraint const& constraint) {
    return constraint.kind == catalog::ConstraintKind::NotNull &&
           constraint.columns.front() == column;
  });
  return found == table.constraints.end() ? nullptr : &*found;
}

std::string validate(Table const& table, Constraint const& constraint) {
  return fmt::format(
      "ALTER TABLE {} VALIDATE CONSTRAINT {} first, in a migration of its own: reads "
      "and writes go on meanwhile.",
      table.name.quoted(), constraint.name.quoted());
}

Finding finding(std::string message, Table const& table, Constraint const& constraint) {
  return {std::string(unvalidated_not_null.id), Severity::Error, std::move(message),
          validate(table, constraint)};
}

std::optional<Finding> of_set_not_null(Sign const& sign, Table const& table) {
  Identifier const& column = sign.facts.command->name;
  if (Constraint const* own = unvalidated(table, column)) {
    return finding(
        fmt::format("Reads and writes of {} wait while every row is searched for a NULL in {}: its "
                    "NOT NULL {} is NOT VALID, and then no CHECK spares it.",
                    table.name.display(), column.quoted(), own->name.quoted()),
        table, *own);
  }
  for (QualifiedName const& name :
       catalog::with_children(sign.question.catalog, table.name, sign.facts.alter->only)) {
    Table const* below = sign.question.catalog.tables.find(name);
    Constraint const* later = below == nullptr ? nullptr : unvalidated(*below, column);
    if (later != nullptr) {
      return finding(
          fmt::format("PostgreSQL believes afterwards that {} of {} is never NULL, though the NOT "
                      "NULL of {} is NOT VALID: queries, UPDATEs and DELETEs by IS NULL pass over "
                      "the rows where it is.",
                      column.quoted(), table.name.display(), name.display()),
          *below, *later);
    }
  }
  return std::nullopt;
}

/// From 19 on it fails.
std::optional<Finding> of_replica_identity(Sign const& sign, Table const& table) {
  catalog::Index const* index = table.index(sign.facts.command->name);
  for (std::size_t i = 0; index != nullptr && i < index->key_columns; ++i) {
    if (Constraint const* later = unvalidated(table, index->columns[i])) {
      return finding(fmt::format("{} of {} may hold NULLs, since its NOT NULL is NOT VALID: a "
                                 "DELETE of such a row deletes another one on the subscriber.",
                                 index->columns[i].quoted(), table.name.display()),
                     table, *later);
    }
  }
  return std::nullopt;
}

std::optional<Finding> recognise_unvalidated_not_null(Question const& question) {
  for (Sign const& sign : signs::signs_of(question)) {
    Table const* table = sign.facts.command == nullptr ? nullptr : sign.facts.table();
    if (table == nullptr || table->is_new) {
      continue;
    }
    std::optional<Finding> found =
        sign.facts.command->action == sql::AlterAction::SetNotNull ? of_set_not_null(sign, *table)
        : sign.facts.command->kind == "REPLICA IDENTITY" ? of_replica_identity(sign, *table)
                                                         : std::nullopt;
    if (found) {
      return found;
    }
  }
  return std::nullopt;
}

}  // namespace

Rule const unvalidated_not_null{"not-null-not-valid", recognise_unvalidated_not_null, nullptr};

}  // namespace bellows::rules
