#include "planner/catalog/names.hpp"
#include "planner/rules/nearest.hpp"
#include "planner/rules/preconditions/missing_column.hpp"
#include "planner/rules/preconditions/parts.hpp"

#include <fmt/core.h>

#include <array>

// Source: tablecmds.c, ATExecDropColumn(), check_for_column_name_collision(),
// ATExecDropConstraint(), ATExecValidateConstraint(); trigger.c, CreateTrigger(),
// EnableDisableTrigger(); index.c, index_create().
namespace bellows::rules::preconditions {

namespace {

// --- columns ---

/// What is not there can be said where the source has told everything. Files have not: a DO block
/// may have made it.
bool tells_all(Facts const& facts, Table const* table) {
  return facts.catalog.complete && table != nullptr && !table->partial;
}

/// With what may have been meant.
std::string or_meant(Table const& table, Identifier const& column) {
  std::vector<std::string> known;
  for (Column const& one : table.columns) {
    known.push_back(one.name.quoted());
  }
  bool const telling = column.raw().size() > 3;  // of a, nearly everything is near
  auto const near = telling ? nearest(column.quoted(), known) : std::nullopt;
  return near ? fmt::format("{} (is {} meant?)", column.quoted(), *near) : column.quoted();
}

MaybeBreach column_is_not_there(Facts const& facts) {
  auto const missing = missing_column(facts, [](Catalog const& catalog, Table const& table) {
    return catalog.complete && !table.partial;
  });
  return missing ? std::optional(breach(or_meant(*missing->table, missing->column),
                                        missing->table->name.display()))
                 : std::nullopt;
}

MaybeBreach referenced_is_not_there(Facts const& facts) {
  auto const look = [&](sql::ConstraintDefinition const& one) -> MaybeBreach {
    Table const* table =
        one.form == ConstraintForm::ForeignKey ? facts.catalog.table(one.references) : nullptr;
    for (Identifier const& column : one.referenced_columns) {
      if (tells_all(facts, table) && lacks(*table, column)) {
        return breach(column.quoted(), table->name.display());
      }
    }
    return std::nullopt;
  };
  if (facts.command == nullptr) {
    return std::nullopt;
  }
  MaybeBreach found = look(facts.command->constraint);
  for (sql::ConstraintDefinition const& one : facts.command->column.constraints) {
    found = found ? found : look(one);
  }
  return found;
}

MaybeBreach adds_twice(Facts const& facts) {
  Table const* table = is(facts, AlterAction::AddColumn) ? facts.table() : nullptr;
  bool const there =
      table != nullptr && !facts.command->if_exists &&
      (table->column(facts.command->name) != nullptr || is_systems(facts.command->name));
  return there ? std::optional(breach(facts.command->name.quoted())) : std::nullopt;
}

MaybeBreach renames_to_another(Facts const& facts) {
  auto const* rename = facts.body<sql::RenameColumn>();
  Table const* table = rename == nullptr ? nullptr : facts.table();
  return table != nullptr && (table->column(rename->to) != nullptr || is_systems(rename->to))
             ? std::optional(breach(rename->to.quoted()))
             : std::nullopt;
}

MaybeBreach makes_twice(Facts const& facts) {
  auto const* create = facts.body<sql::CreateTable>();
  bool const skipped = create == nullptr || (create->if_not_exists && facts.table() != nullptr);
  for (std::size_t i = 1; !skipped && i < create->columns.size(); ++i) {
    auto const end = create->columns.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find_if(create->columns.begin(), end, [&](sql::ColumnDefinition const& one) {
          return one.name == create->columns[i].name;
        }) != end) {
      return breach(create->columns[i].name.quoted());
    }
  }
  return std::nullopt;
}

// --- constraints and indexes ---

/// From 18 on a NOT NULL has a name; not every source tells it.
bool may_be_not_null(Facts const& facts, Table const& table, Identifier const& name) {
  return facts.catalog.server_version >= 18 &&
         std::ranges::any_of(table.columns, [&](Column const& column) {
           return column.not_null && (column.not_null_name.empty() || column.not_null_name == name);
         });
}

MaybeBreach constraint_is_not_there(Facts const& facts) {
  Table const* table = facts.table();
  auto const* rename = facts.body<sql::RenameObject>();
  bool const drops = is(facts, AlterAction::DropConstraint) && !facts.command->if_exists;
  bool const asks =
      drops || is(facts, AlterAction::ValidateConstraint) ||
      (facts.command != nullptr && facts.command->kind.starts_with("ALTER CONSTRAINT"));
  Identifier const name = asks                                                ? facts.command->name
                          : rename != nullptr && rename->what == "CONSTRAINT" ? rename->part
                          : facts.statement.kind == "COMMENT ON CONSTRAINT"
                              ? facts.body<sql::Other>()->part
                              : Identifier();
  bool const missing = tells_all(facts, table) && !name.empty() &&
                       table->constraint(name) == nullptr && !may_be_not_null(facts, *table, name);
  return missing ? std::optional(breach(name.quoted())) : std::nullopt;
}

/// Of a column: from 18 on it is a constraint.
bool is_not_null(Facts const& facts, Table const& table, Identifier const& name) {
  return facts.catalog.server_version >= 18 &&
         std::ranges::any_of(table.columns, [&](Column const& column) {
           return column.not_null && column.not_null_name == name;
         });
}

/// What a NOT NULL is called may be said of it again.
MaybeBreach constraint_is_there(Facts const& facts) {
  Table const* table = is(facts, AlterAction::AddConstraint) ? facts.table() : nullptr;
  Identifier const name = table == nullptr ? Identifier() : facts.command->constraint.name;
  if (name.empty()) {
    return std::nullopt;
  }
  Constraint const* there = table->constraint(name);
  bool const not_null =
      there != nullptr ? there->kind == ConstraintKind::NotNull : is_not_null(facts, *table, name);
  bool const again = not_null && facts.command->constraint.form == ConstraintForm::NotNull;
  return (there != nullptr || not_null) && !again ? std::optional(breach(name.quoted()))
                                                  : std::nullopt;
}

/// A key is an index as well.
MaybeBreach key_name_is_taken(Facts const& facts) {
  Table const* table = is(facts, AlterAction::AddConstraint) ? facts.table() : nullptr;
  if (table == nullptr) {
    return std::nullopt;
  }
  sql::ConstraintDefinition const& made = facts.command->constraint;
  bool const key = made.form == ConstraintForm::PrimaryKey || made.form == ConstraintForm::Unique ||
                   made.form == ConstraintForm::Exclude;
  bool const renames = !made.using_index.empty() && made.name == made.using_index;
  return key && !made.name.empty() && !renames &&
                 catalog::relation_taken(facts.catalog, {table->name.schema, made.name})
             ? std::optional(breach(QualifiedName{table->name.schema, made.name}.display()))
             : std::nullopt;
}

Constraint const* renamed_constraint(Facts const& facts) {
  auto const* rename = facts.body<sql::RenameObject>();
  Table const* table = rename != nullptr && rename->what == "CONSTRAINT" ? facts.table() : nullptr;
  return table == nullptr ? nullptr : table->constraint(rename->part);
}

MaybeBreach renames_key_to_taken(Facts const& facts) {
  Constraint const* key = renamed_constraint(facts);
  if (key == nullptr || key->index.empty()) {
    return std::nullopt;
  }
  QualifiedName const to{facts.target().schema, facts.body<sql::RenameObject>()->to};
  return catalog::relation_taken(facts.catalog, to) ? std::optional(breach(to.display()))
                                                    : std::nullopt;
}

MaybeBreach renames_constraint_to_taken(Facts const& facts) {
  Constraint const* constraint = renamed_constraint(facts);
  Identifier const to = constraint == nullptr ? Identifier() : facts.body<sql::RenameObject>()->to;
  return constraint != nullptr && constraint->index.empty() &&
                 facts.table()->constraint(to) != nullptr
             ? std::optional(breach(to.quoted()))
             : std::nullopt;
}

/// ONLY the table, of what its children have from it.
MaybeBreach renames_inherited_alone(Facts const& facts) {
  auto const* rename = facts.body<sql::RenameObject>();
  bool const asks =
      rename != nullptr && rename->what == "CONSTRAINT" && says_only(facts.statement.raw.text);
  Table const* table = asks ? facts.table() : nullptr;
  if (table == nullptr || !has_children(facts.catalog, *table)) {
    return std::nullopt;
  }
  Constraint const* constraint = table->constraint(rename->part);
  bool const check = constraint != nullptr && constraint->kind == ConstraintKind::Check &&
                     constraint->definition.find("NO INHERIT") == std::string::npos;
  bool const not_null = facts.catalog.server_version >= 18 &&
                        std::ranges::find(table->columns, rename->part, &Column::not_null_name) !=
                            table->columns.end();
  return check || not_null ? std::optional(breach(rename->part.quoted())) : std::nullopt;
}

MaybeBreach index_is_not_there(Facts const& facts) {
  Table const* table = facts.table();
  bool const asks = is(facts, "CLUSTER ON") || is(facts, "REPLICA IDENTITY");
  Identifier name = asks ? facts.command->name : Identifier();
  for (ConstraintForm const form : {ConstraintForm::PrimaryKey, ConstraintForm::Unique}) {
    if (auto const* key = added(facts, form)) {
      name = key->using_index;
    }
  }
  bool const missing = tells_all(facts, table) && !name.empty() && table->index(name) == nullptr &&
                       facts.catalog.table_of_index({table->name.schema, name}) == nullptr;
  return missing ? std::optional(breach(name.quoted())) : std::nullopt;
}

// --- triggers, policies, publications ---

bool has_trigger(Table const& table, Identifier const& name) {
  return std::ranges::find(table.triggers, name, &catalog::Trigger::name) != table.triggers.end();
}

bool has_policy(Table const& table, Identifier const& name) {
  return std::ranges::any_of(table.dependents, [&](catalog::Dependent const& dependent) {
    return dependent.kind == catalog::DependentKind::Policy && dependent.name.name == name;
  });
}

MaybeBreach trigger_is_not_there(Facts const& facts) {
  constexpr std::string_view switching[] = {"ENABLE TRIGGER", "ENABLE ALWAYS TRIGGER",
                                            "ENABLE REPLICA TRIGGER", "DISABLE TRIGGER"};
  auto const* drop = facts.body<sql::Drop>();
  auto const* rename = facts.body<sql::RenameObject>();
  Identifier name;
  if (facts.command != nullptr &&
      std::ranges::find(switching, std::string_view(facts.command->kind)) != std::end(switching)) {
    name = facts.command->name;
  } else if (drop != nullptr && drop->kind == sql::ObjectKind::Trigger && !drop->if_exists) {
    name = drop->names.front().name;
  } else if (rename != nullptr && rename->kind == sql::ObjectKind::Trigger) {
    name = rename->part;
  }
  Table const* table = facts.table();
  return tells_all(facts, table) && !name.empty() && !has_trigger(*table, name)
             ? std::optional(breach(name.quoted()))
             : std::nullopt;
}

MaybeBreach trigger_is_there(Facts const& facts) {
  auto const* trigger = facts.body<sql::CreateTrigger>();
  Table const* table = trigger == nullptr || trigger->replace ? nullptr : facts.table();
  return table != nullptr && has_trigger(*table, trigger->name)
             ? std::optional(breach(trigger->name.quoted()))
             : std::nullopt;
}

MaybeBreach policy_is_there(Facts const& facts) {
  Table const* table = facts.statement.kind == "CREATE POLICY" ? facts.table() : nullptr;
  return table != nullptr && has_policy(*table, facts.body<sql::Other>()->part)
             ? std::optional(breach(facts.body<sql::Other>()->part.quoted()))
             : std::nullopt;
}

MaybeBreach renames_to_policy(Facts const& facts) {
  auto const* rename = facts.body<sql::RenameObject>();
  Table const* table = rename != nullptr && rename->what == "POLICY" ? facts.table() : nullptr;
  return table != nullptr && has_policy(*table, rename->to)
             ? std::optional(breach(rename->to.quoted()))
             : std::nullopt;
}

MaybeBreach policy_is_not_there(Facts const& facts) {
  auto const* drop = facts.body<sql::Drop>();
  auto const* altered = facts.statement.kind == "ALTER POLICY" ? facts.body<sql::Other>() : nullptr;
  Identifier const name = drop != nullptr && drop->what == "POLICY" && !drop->if_exists
                              ? drop->names.front().name
                          : altered != nullptr ? altered->part
                                               : Identifier();
  Table const* table = facts.table();
  return tells_all(facts, table) && !name.empty() && !has_policy(*table, name)
             ? std::optional(breach(name.quoted()))
             : std::nullopt;
}

MaybeBreach publication_is_there(Facts const& facts) {
  auto const* made =
      facts.statement.kind == "CREATE PUBLICATION" ? facts.body<sql::Other>() : nullptr;
  return made != nullptr && facts.catalog.publications.contains(made->part)
             ? std::optional(breach(made->part.quoted()))
             : std::nullopt;
}

MaybeBreach publication_is_not_there(Facts const& facts) {
  auto const* drop = facts.body<sql::Drop>();
  auto const* altered =
      facts.statement.kind == "ALTER PUBLICATION" ? facts.body<sql::Other>() : nullptr;
  Identifier const name = drop != nullptr && drop->what == "PUBLICATION" && !drop->if_exists
                              ? drop->names.front().name
                          : altered != nullptr ? altered->part
                                               : Identifier();
  return facts.catalog.complete && !name.empty() && !facts.catalog.publications.contains(name)
             ? std::optional(breach(name.quoted()))
             : std::nullopt;
}

MaybeBreach statistics_are_not_there(Facts const& facts) {
  auto const* drop = facts.body<sql::Drop>();
  if (drop == nullptr || drop->what != "STATISTICS" || drop->if_exists || !facts.catalog.complete) {
    return std::nullopt;
  }
  QualifiedName const name = facts.catalog.resolve(drop->names.front());
  return facts.catalog.statistics.contains(name) ? std::nullopt
                                                 : std::optional(breach(name.display()));
}

constexpr std::string_view check_name = "Check the name.";
constexpr std::string_view check_or_if_exists = "Check the name, or say IF EXISTS.";
constexpr std::string_view other_name = "Choose another name.";

constexpr Precondition members_rows[] = {
    {"42703", column_is_not_there, of::anything, "{other} has no column {what}", check_name},
    {"42703", referenced_is_not_there, of::add_column | of::add_constraint,
     "{other} has no column {what}", check_name},
    {"42701", adds_twice, of::add_column, "{table} has a column {what} already",
     "Choose another name, or leave it out (IF NOT EXISTS keeps whatever is there)."},
    {"42701", renames_to_another, of::rename_column, "{table} has a column {what} already",
     other_name},
    {"42701", makes_twice, of::create_table, "{what} stands twice among the columns",
     "Name it once."},
    {"42P07", key_name_is_taken, of::add_constraint,
     "there is a relation {what} already, and a key is an index", other_name},
    {"42710", constraint_is_there, of::add_constraint, "{table} has a constraint {what} already",
     other_name},
    {"42P07", renames_key_to_taken, of::rename_object,
     "there is a relation {what} already, and a key is an index", other_name},
    {"42710", renames_constraint_to_taken, of::rename_object,
     "{table} has a constraint {what} already", other_name},
    {"42P16", renames_inherited_alone, of::rename_object,
     "what inherits from {table} has {what} from it", "Leave out ONLY."},
    {"42704", constraint_is_not_there,
     of::drop_constraint | of::validate_constraint | of::other_command | of::rename_object |
         of::other,
     "{table} has no constraint {what}", check_or_if_exists},
    {"42704", index_is_not_there, of::add_constraint | of::other_command,
     "{table} has no index {what}", check_name},
    {"42704", trigger_is_not_there, of::drop | of::rename_object | of::other_command,
     "{table} has no trigger {what}", check_or_if_exists},
    {"42710", trigger_is_there, of::create_trigger, "{table} has a trigger {what} already",
     "CREATE OR REPLACE TRIGGER (since 14), or choose another name."},
    {"42704", policy_is_not_there, of::drop | of::other, "{table} has no policy {what}",
     check_or_if_exists},
    {"42710", renames_to_policy, of::rename_object, "{table} has a policy {what} already",
     other_name},
    {"42710", policy_is_there, of::other, "{table} has a policy {what} already",
     "ALTER POLICY, or choose another name."},
    {"42704", publication_is_not_there, of::drop | of::other, "there is no publication {what}",
     check_or_if_exists},
    {"42710", publication_is_there, of::other, "there is a publication {what} already",
     "ALTER PUBLICATION, or choose another name."},
    {"42704", statistics_are_not_there, of::drop, "there are no statistics {what}",
     check_or_if_exists},
};

}  // namespace

std::span<Precondition const> of_members() {
  return members_rows;
}

}  // namespace bellows::rules::preconditions
