#include "planner/catalog/edit.hpp"
#include "planner/rules/preconditions/parts.hpp"

// Source: tablecmds.c, ATExecAddIdentity(), ATExecSetIdentity(), ATExecDropIdentity(),
// ATExecAddColumn(), ATPrepAlterColumnType(); sequence.c, init_params().
namespace bellows::rules::preconditions {

namespace {

constexpr std::string_view integers[] = {"smallint", "integer", "bigint"};

bool is_integer(std::string_view type) {
  return std::ranges::find(integers, type) != std::end(integers);
}

bool is_identity_command(Facts const& facts) {
  return is(facts, AlterAction::AddIdentity) || is(facts, AlterAction::DropIdentity) ||
         is(facts, "SET IDENTITY");
}

/// From 17 on a partition has its parent's.
MaybeBreach of_partition(Facts const& facts) {
  Table const* table = facts.table();
  bool const partition =
      is_identity_command(facts) && table != nullptr && !table->partition_of.name.empty();
  return partition
             ? std::optional(breach(facts.command->name.quoted(), table->partition_of.display()))
             : std::nullopt;
}

MaybeBreach of_the_whole_alone(Facts const& facts) {
  Table const* table = facts.table();
  bool const only = is_identity_command(facts) && facts.alter->only && table != nullptr &&
                    table->kind == TableKind::Partitioned && has_children(facts.catalog, *table);
  return only ? std::optional(breach(facts.command->name.quoted())) : std::nullopt;
}

/// ADD COLUMN … IDENTITY does not reach what inherits.
MaybeBreach adds_to_parent(Facts const& facts) {
  Table const* table = facts.table();
  if (!is(facts, AlterAction::AddColumn) || table == nullptr || facts.alter->only) {
    return std::nullopt;
  }
  auto const& all = facts.command->column.constraints;
  bool const identity = std::ranges::find(all, ConstraintForm::Identity,
                                          &sql::ConstraintDefinition::form) != all.end();
  bool const inherited =
      table->kind == TableKind::Partitioned && facts.catalog.server_version >= 17;
  return identity && !inherited && has_children(facts.catalog, *table)
             ? std::optional(breach(facts.command->name.quoted()))
             : std::nullopt;
}

MaybeBreach retyped(Facts const& facts) {
  Column const* column = column_of(facts);
  if (!is(facts, AlterAction::AlterType) || column == nullptr ||
      column->identity == catalog::Identity::None) {
    return std::nullopt;
  }
  std::string const type = catalog::qualified_type(facts.catalog, facts.command->type);
  return is_integer(type) ? std::nullopt : std::optional(breach(column->name.quoted(), type));
}

/// The type that the same ALTER TABLE gives it is there before its identity is.
MaybeBreach counts_no_integer(Facts const& facts) {
  Column const* column = is(facts, AlterAction::AddIdentity) ? column_of(facts) : nullptr;
  if (column == nullptr) {
    return std::nullopt;
  }
  for (sql::AlterTableCommand const& other : facts.alter->commands) {
    bool const retypes = other.action == AlterAction::AlterType && other.name == column->name;
    std::string const type =
        retypes ? catalog::qualified_type(facts.catalog, other.type) : std::string();
    if (retypes && !is_integer(type)) {
      return breach(column->name.quoted(), type);
    }
  }
  return std::nullopt;
}

constexpr Precondition identities_rows[] = {
    {"42P16", of_partition, of::add_identity | of::drop_identity | of::other_command,
     "the identity of {what} is that of {other}",
     "Do it on {other}, which does it to all partitions.", 17},
    {"42P16", of_the_whole_alone, of::add_identity | of::drop_identity | of::other_command,
     "the identity of {what} is one for all partitions of {table}", "Leave out ONLY.", 17},
    {"42P16", adds_to_parent, of::add_column,
     "an identity column is not added to {table} while tables inherit from it",
     "ADD COLUMN {what} as a plain integer, then SET DEFAULT nextval(…) of a sequence of its own."},
    {"22023", counts_no_integer, of::add_identity,
     "{what} is to be {other}, and an identity column is a smallint, integer or bigint",
     "Leave the identity out, or give it such a type."},
    {"22023", retyped, of::alter_type,
     "{what} is an identity column, and {other} is no smallint, integer or bigint",
     "ALTER COLUMN {what} DROP IDENTITY first."},
};

}  // namespace

std::span<Precondition const> of_identities() {
  return identities_rows;
}

}  // namespace bellows::rules::preconditions
