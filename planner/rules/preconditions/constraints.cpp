#include "planner/catalog/edit.hpp"
#include "planner/catalog/references.hpp"
#include "planner/rules/preconditions/parts.hpp"

#include <algorithm>
#include <array>

// Source: tablecmds.c, ATExecValidateConstraint(), ATExecAlterConstraint(),
// ATAddCheckNNConstraint(), ATPrepAddPrimaryKey(), rename_constraint_internal(); parse_utilcmd.c,
// transformIndexConstraint(); pg_constraint.c, AdjustNotNullInheritance(); indexcmds.c,
// DefineIndex().
namespace bellows::rules::preconditions {

namespace {

Constraint const* constraint_of(Facts const& facts) {
  Table const* table = facts.table();
  return table == nullptr || facts.command == nullptr ? nullptr
                                                      : table->constraint(facts.command->name);
}

bool is_enforced(Constraint const& constraint) {
  return constraint.definition.find("NOT ENFORCED") == std::string::npos;
}

Constraint const* unvalidated_not_null(Table const& table, Identifier const& column) {
  auto const found = std::ranges::find_if(table.constraints, [&](Constraint const& constraint) {
    return constraint.kind == ConstraintKind::NotNull && constraint.columns.front() == column;
  });
  return found == table.constraints.end() ? nullptr : &*found;
}

// --- VALIDATE and ALTER CONSTRAINT ---

MaybeBreach validates_key(Facts const& facts) {
  Constraint const* constraint =
      is(facts, AlterAction::ValidateConstraint) ? constraint_of(facts) : nullptr;
  return constraint != nullptr && !constraint->index.empty()
             ? std::optional(breach(constraint->name.quoted()))
             : std::nullopt;
}

MaybeBreach validates_unenforced(Facts const& facts) {
  Constraint const* constraint =
      is(facts, AlterAction::ValidateConstraint) ? constraint_of(facts) : nullptr;
  return constraint != nullptr && !is_enforced(*constraint)
             ? std::optional(breach(constraint->name.quoted()))
             : std::nullopt;
}

MaybeBreach alters_other_than_reference(Facts const& facts) {
  Constraint const* constraint = is(facts, "ALTER CONSTRAINT") ? constraint_of(facts) : nullptr;
  return constraint != nullptr && constraint->kind != ConstraintKind::ForeignKey
             ? std::optional(breach(constraint->name.quoted()))
             : std::nullopt;
}

/// The constraint that is to be enforced from now on, or not to be.
Constraint const* with_altered_enforcement(Facts const& facts) {
  bool const asks =
      is(facts, "ALTER CONSTRAINT ENFORCED") || is(facts, "ALTER CONSTRAINT NOT ENFORCED");
  return asks ? constraint_of(facts) : nullptr;
}

MaybeBreach enforces_other_than_reference(Facts const& facts) {
  Constraint const* constraint = with_altered_enforcement(facts);
  return constraint != nullptr && constraint->kind != ConstraintKind::ForeignKey
             ? std::optional(breach(constraint->name.quoted()))
             : std::nullopt;
}

MaybeBreach alters_partitioned_alone(Facts const& facts) {
  Table const* table = facts.table();
  bool const alone = table != nullptr && table->kind == TableKind::Partitioned &&
                     facts.command != nullptr && facts.alter->only &&
                     facts.command->kind.starts_with("ALTER CONSTRAINT");
  return alone ? std::optional(breach(facts.command->name.quoted())) : std::nullopt;
}

MaybeBreach enforces_a_key(Facts const& facts) {
  Constraint const* constraint = with_altered_enforcement(facts);
  return constraint != nullptr && constraint->kind != ConstraintKind::Check
             ? enforces_other_than_reference(facts)
             : std::nullopt;
}

MaybeBreach enforces_alone(Facts const& facts) {
  Constraint const* constraint = with_altered_enforcement(facts);
  bool const alone =
      constraint != nullptr && constraint->kind == ConstraintKind::Check && facts.alter->only;
  bool const inherited =
      alone && std::ranges::any_of(catalog::with_children(facts.catalog, facts.target(), false),
                                   [&](QualifiedName const& name) {
                                     Table const* table = facts.catalog.table(name);
                                     return name != facts.target() && table != nullptr &&
                                            table->constraint(constraint->name) != nullptr;
                                   });
  return inherited ? std::optional(breach(constraint->name.quoted())) : std::nullopt;
}

/// A parent's CHECK holds for its children, as long as it is enforced there.
MaybeBreach gives_up_inherited(Facts const& facts) {
  Constraint const* constraint =
      is(facts, "ALTER CONSTRAINT NOT ENFORCED") ? with_altered_enforcement(facts) : nullptr;
  if (constraint == nullptr || constraint->kind != ConstraintKind::Check) {
    return std::nullopt;
  }
  std::vector<QualifiedName> parents = facts.table()->inherits;
  parents.push_back(facts.table()->partition_of);
  for (QualifiedName const& name : parents) {
    Table const* parent = facts.catalog.tables.find(name);
    Constraint const* above = parent == nullptr ? nullptr : parent->constraint(constraint->name);
    if (above != nullptr && above->kind == ConstraintKind::Check && is_enforced(*above)) {
      return breach(constraint->name.quoted(), name.display());
    }
  }
  return std::nullopt;
}

MaybeBreach inherits_other_than_not_null(Facts const& facts) {
  bool const asks =
      is(facts, "ALTER CONSTRAINT INHERIT") || is(facts, "ALTER CONSTRAINT NO INHERIT");
  Constraint const* constraint = asks ? constraint_of(facts) : nullptr;
  return constraint != nullptr && constraint->kind != ConstraintKind::NotNull
             ? std::optional(breach(constraint->name.quoted()))
             : std::nullopt;
}

// --- keys ---

sql::ConstraintDefinition const* added_key(Facts const& facts) {
  auto const* primary = added(facts, ConstraintForm::PrimaryKey);
  return primary != nullptr ? primary : added(facts, ConstraintForm::Unique);
}

bool adds_primary(Facts const& facts) {
  auto const& of_column = facts.command == nullptr ? std::vector<sql::ConstraintDefinition>{}
                                                   : facts.command->column.constraints;
  bool const with_column = is(facts, AlterAction::AddColumn) &&
                           std::ranges::find(of_column, ConstraintForm::PrimaryKey,
                                             &sql::ConstraintDefinition::form) != of_column.end();
  return with_column || added(facts, ConstraintForm::PrimaryKey) != nullptr;
}

MaybeBreach second_primary(Facts const& facts) {
  Table const* table = facts.table();
  if (table == nullptr || !adds_primary(facts)) {
    return std::nullopt;
  }
  bool const added_before =
      is(facts, AlterAction::AddColumn) && table->column(facts.command->name) != nullptr;
  auto const primary =
      std::ranges::find(table->constraints, ConstraintKind::PrimaryKey, &Constraint::kind);
  return primary == table->constraints.end() || added_before
             ? std::nullopt
             : std::optional(breach(primary->name.quoted()));
}

MaybeBreach names_twice(Facts const& facts) {
  auto const* key = added_key(facts);
  for (std::size_t i = 1; key != nullptr && i < key->columns.size(); ++i) {
    auto const end = key->columns.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(key->columns.begin(), end, key->columns[i]) != end) {
      return breach(key->columns[i].quoted());
    }
  }
  return std::nullopt;
}

/// What a key is to be over: its columns, or those of its index.
std::vector<Identifier> key_columns(Facts const& facts) {
  auto const* key = added(facts, ConstraintForm::PrimaryKey);
  Table const* table = facts.table();
  if (key == nullptr || table == nullptr || key->using_index.empty()) {
    return key == nullptr ? std::vector<Identifier>{} : key->columns;
  }
  Index const* index = table->index(key->using_index);
  return index == nullptr
             ? std::vector<Identifier>{}
             : std::vector<Identifier>(
                   index->columns.begin(),
                   index->columns.begin() + static_cast<std::ptrdiff_t>(index->key_columns));
}

MaybeBreach key_over_unvalidated(Facts const& facts) {
  Table const* table = facts.table();
  std::vector<Identifier> columns = key_columns(facts);
  if (is(facts, AlterAction::AddIdentity)) {
    columns = {facts.command->name};
  }
  for (Identifier const& column : columns) {
    Constraint const* later = table == nullptr ? nullptr : unvalidated_not_null(*table, column);
    if (later != nullptr) {
      return breach(column.quoted(), later->name.quoted());
    }
  }
  return std::nullopt;
}

MaybeBreach keyed_virtual(Facts const& facts) {
  Table const* table = facts.table();
  constexpr std::array forms{ConstraintForm::PrimaryKey, ConstraintForm::Unique,
                             ConstraintForm::Exclude, ConstraintForm::ForeignKey};
  for (ConstraintForm const form : forms) {
    auto const* constraint = added(facts, form);
    if (table == nullptr || constraint == nullptr) {
      continue;
    }
    std::vector<Identifier> names = constraint->columns;
    names.insert(names.end(), constraint->include.begin(), constraint->include.end());
    for (Identifier const& name : names) {
      Column const* column = table->column(name);
      if (column != nullptr && column->virtual_column) {
        return breach(name.quoted());
      }
    }
  }
  return std::nullopt;
}

// --- NOT NULL as a constraint (18) ---

MaybeBreach second_not_null(Facts const& facts) {
  auto const* constraint = added(facts, ConstraintForm::NotNull);
  Table const* table = facts.table();
  if (constraint == nullptr || table == nullptr || constraint->columns.empty()) {
    return std::nullopt;
  }
  Constraint const* there = unvalidated_not_null(*table, constraint->columns.front());
  bool const other_name =
      there != nullptr && !constraint->name.empty() && constraint->name != there->name;
  bool const validates = there != nullptr && !constraint->not_valid;
  return other_name || validates
             ? std::optional(breach(constraint->columns.front().quoted(), there->name.quoted()))
             : std::nullopt;
}

/// ADD … NOT NULL of a partitioned table does not validate a partition's own one.
MaybeBreach not_null_over_unvalidated(Facts const& facts) {
  auto const* constraint = added(facts, ConstraintForm::NotNull);
  bool const asks = constraint != nullptr && !constraint->not_valid && !constraint->columns.empty();
  if (!asks || facts.alter->only) {
    return std::nullopt;
  }
  for (QualifiedName const& name : catalog::with_children(facts.catalog, facts.target(), false)) {
    Table const* below = facts.catalog.tables.find(name);
    Constraint const* later = below == nullptr || name == facts.target()
                                  ? nullptr
                                  : unvalidated_not_null(*below, constraint->columns.front());
    if (later != nullptr) {
      return breach(later->name.quoted(), name.display());
    }
  }
  return std::nullopt;
}

// --- CHECK, names, inheritance ---

MaybeBreach alone_on_partitioned(Facts const& facts) {
  auto const* check = added(facts, ConstraintForm::Check);
  Table const* table = facts.table();
  return check != nullptr && check->no_inherit && table != nullptr &&
                 table->kind == TableKind::Partitioned
             ? std::optional(breach(""))
             : std::nullopt;
}

MaybeBreach added_to_the_whole_alone(Facts const& facts) {
  auto const* check = added(facts, ConstraintForm::Check);
  Table const* table = facts.table();
  return check != nullptr && !check->no_inherit && facts.alter->only && table != nullptr &&
                 has_children(facts.catalog, *table)
             ? std::optional(breach(""))
             : std::nullopt;
}

bool is_inherited(Constraint const& constraint) {
  return constraint.kind == ConstraintKind::Check &&
         constraint.definition.find(" NO INHERIT") == std::string::npos;
}

Constraint const* renamed_check(Facts const& facts) {
  auto const* rename = facts.body<sql::RenameObject>();
  Table const* table = facts.table();
  Constraint const* check = rename == nullptr || rename->what != "CONSTRAINT" || table == nullptr
                                ? nullptr
                                : table->constraint(rename->part);
  return check != nullptr && is_inherited(*check) ? check : nullptr;
}

MaybeBreach renames_inherited(Facts const& facts) {
  Constraint const* check = renamed_check(facts);
  if (check == nullptr) {
    return std::nullopt;
  }
  std::vector<QualifiedName> parents = facts.table()->inherits;
  parents.push_back(facts.table()->partition_of);
  for (QualifiedName const& name : parents) {
    Table const* parent = facts.catalog.tables.find(name);
    Constraint const* above = parent == nullptr ? nullptr : parent->constraint(check->name);
    if (above != nullptr && is_inherited(*above)) {
      return breach(check->name.quoted(), name.display());
    }
  }
  return std::nullopt;
}

constexpr Precondition constraints_rows[] = {
    {"42701", names_twice, of::add_constraint, "{what} stands twice in the key", "Name it once."},
    {"42P16", second_primary, of::add_column | of::add_constraint,
     "{table} has a primary key already, {what}",
     "ALTER TABLE {table} DROP CONSTRAINT {what} in the same ALTER TABLE, or make it UNIQUE."},
    {"0A000", keyed_virtual, of::add_constraint,
     "{what} of {table} is a virtual column: no row holds its values",
     "Use an ordinary column, or a STORED one.", 18},
    {"55000", key_over_unvalidated, of::add_constraint | of::add_identity,
     "the NOT NULL of {what}, {other}, is NOT VALID",
     "ALTER TABLE {table} VALIDATE CONSTRAINT {other} first, in a migration of its own; a CHECK "
     "does not do instead.",
     18},
    {"55000", second_not_null, of::add_constraint,
     "{what} has a NOT NULL already, {other}, which is NOT VALID",
     "ALTER TABLE {table} VALIDATE CONSTRAINT {other}.", 18},
    {"55000", not_null_over_unvalidated, of::add_constraint,
     "the NOT NULL of {other}, {what}, is NOT VALID",
     "ALTER TABLE {other} VALIDATE CONSTRAINT {what} first, in a migration of its own.", 18},
    {"42809", validates_key, of::validate_constraint, "{what} is a key, and holds for all rows",
     "Leave it out: only CHECK, FOREIGN KEY and NOT NULL are validated."},
    {"55000", validates_unenforced, of::validate_constraint,
     "{what} is NOT ENFORCED, and is not validated",
     "ALTER TABLE {table} ALTER CONSTRAINT {what} ENFORCED (of a foreign key; of a CHECK, drop it "
     "and add it NOT VALID).",
     18, 18},
    {"55000", validates_unenforced, of::validate_constraint,
     "{what} is NOT ENFORCED, and is not validated",
     "Drop it and add it NOT VALID, which reads no row; then VALIDATE it in a migration of its "
     "own. ALTER CONSTRAINT {what} ENFORCED does both under the strong lock.",
     19},
    {"42P16", alters_partitioned_alone, of::other_command,
     "{table} is partitioned, and its partitions have {what}, too", "Leave out ONLY.", 18},
    {"42809", alters_other_than_reference, of::other_command, "{what} is no foreign key",
     "Drop the constraint and add it as it should be."},
    {"42809", enforces_other_than_reference, of::other_command, "{what} is no foreign key",
     "Drop the constraint and add it as it should be.", 18, 18},
    {"42809", enforces_a_key, of::other_command, "{what} is neither a foreign key nor a CHECK",
     "Drop the constraint and add it as it should be.", 19},
    {"42P16", enforces_alone, of::other_command,
     "what inherits from {table} has the CHECK {what}, too", "Leave out ONLY.", 19},
    {"42P17", gives_up_inherited, of::other_command,
     "{table} has the CHECK {what} from {other}, where it is enforced",
     "ALTER TABLE {other} ALTER CONSTRAINT {what} NOT ENFORCED.", 19},
    {"42809", inherits_other_than_not_null, of::other_command, "{what} is no NOT NULL",
     "Drop the constraint and add it as it should be.", 18},
    {"42P16", alone_on_partitioned, of::add_constraint,
     "{table} is partitioned, and its partitions have all its CHECKs", "Leave out NO INHERIT."},
    {"42P16", added_to_the_whole_alone, of::add_constraint,
     "what inherits from {table} must have its CHECKs, too", "Leave out ONLY, or add NO INHERIT."},
    {"42P16", renames_inherited, of::rename_object, "{what} is inherited from {other}",
     "Rename it on {other}, which does it here as well."},
};

}  // namespace

std::span<Precondition const> of_constraints() {
  return constraints_rows;
}

}  // namespace bellows::rules::preconditions
