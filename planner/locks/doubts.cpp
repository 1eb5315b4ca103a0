#include "planner/locks/doubts.hpp"

#include "planner/catalog/edit.hpp"
#include "planner/catalog/references.hpp"
#include "planner/locks/conditions.hpp"
#include "planner/locks/partitions.hpp"
#include "planner/locks/type_change.hpp"

#include <algorithm>
#include <optional>

namespace bellows::locks {

namespace {

using catalog::Column;
using catalog::Table;
using sql::AlterAction;

using Doubt = std::optional<std::string> (*)(Facts const&);

bool is(Facts const& facts, AlterAction action) {
  return facts.command != nullptr && facts.command->action == action;
}

std::optional<std::string> unknown_default(Facts const& facts) {
  if (!is(facts, AlterAction::AddColumn)) {
    return std::nullopt;
  }
  for (sql::ConstraintDefinition const& constraint : facts.command->column.constraints) {
    if (constraint.form == sql::ConstraintForm::Default && constraint.calls_unknown) {
      return "whether " + constraint.expression +
             " calls a volatile function: then the table is rewritten";
    }
  }
  return std::nullopt;
}

/// A domain with constraints makes ADD COLUMN rewrite the table, even without a default.
std::optional<std::string> added_domain(Facts const& facts) {
  if (!is(facts, AlterAction::AddColumn)) {
    return std::nullopt;
  }
  std::string const type = catalog::qualified_type(facts.catalog, facts.command->column.type);
  if (is_shipped_type(type) || facts.catalog.complete || facts.catalog.domains.contains(type)) {
    return std::nullopt;
  }
  return "whether " + type + " is a domain with constraints: then the table is rewritten";
}

std::optional<std::string> changed_type(Facts const& facts) {
  if (!is(facts, AlterAction::AlterType)) {
    return std::nullopt;
  }
  Table const* table = facts.table();
  Column const* column = table == nullptr ? nullptr : table->column(facts.command->name);
  std::string const name = facts.command->name.quoted();
  if (column == nullptr) {
    return "the type that " + name + " has now: most changes rewrite the table";
  }
  std::string const to = catalog::qualified_type(facts.catalog, facts.command->type);
  switch (conditions::type_change(facts)) {
    case TypeChange::Unknown:
      return "whether " + column->type + " and " + to +
             " are stored alike: if not, the table is "
             "rewritten";
    case TypeChange::ByTimeZone:
      return "the session's TimeZone: only while it is UTC the table is not rewritten";
    case TypeChange::Free:
    case TypeChange::RebuildsIndexes:
    case TypeChange::Rewrites:
      return std::nullopt;
  }
  return std::nullopt;
}

/// Foreign keys, partitions and indexes of a table that the catalog does not have.
std::optional<std::string> unknown_table(Facts const& facts) {
  bool const asks = facts.statement.kind == "DROP TABLE" || is(facts, AlterAction::DropColumn) ||
                    is(facts, AlterAction::DropConstraint) ||
                    is(facts, AlterAction::ValidateConstraint) ||
                    facts.statement.kind == "TRUNCATE CASCADE";
  if (!asks || facts.catalog.complete) {
    return std::nullopt;
  }
  for (sql::QualifiedName const& target : facts.targets) {
    if (facts.catalog.table(target) == nullptr) {
      return "the foreign keys of " + target.display() + ": their other side is locked as well";
    }
  }
  return std::nullopt;
}

std::optional<std::string> unknown_index(Facts const& facts) {
  auto const* drop = facts.body<sql::Drop>();
  if (drop == nullptr || drop->kind != sql::ObjectKind::Index) {
    return std::nullopt;
  }
  for (sql::QualifiedName const& index : facts.targets) {
    if (facts.catalog.table_of_index(index) == nullptr) {
      return "which table " + index.display() + " belongs to: that is locked as well";
    }
  }
  return std::nullopt;
}

/// The index that a statement would drop: that of DROP INDEX, or of the key that DROP CONSTRAINT
/// names.
std::vector<std::pair<Table const*, sql::Identifier>> dropped_indexes(Facts const& facts) {
  std::vector<std::pair<Table const*, sql::Identifier>> all;
  auto const* drop = facts.body<sql::Drop>();
  if (drop != nullptr && drop->kind == sql::ObjectKind::Index && !drop->cascade) {
    for (sql::QualifiedName const& name : facts.targets) {
      all.emplace_back(facts.catalog.table_of_index(name), name.name);
    }
  }
  if (is(facts, AlterAction::DropConstraint) && !facts.command->cascade) {
    Table const* table = facts.table();
    catalog::Constraint const* key =
        table == nullptr ? nullptr : table->constraint(facts.command->name);
    all.emplace_back(table, key == nullptr ? sql::Identifier() : key->index);
  }
  return all;
}

/// A foreign key rests on one of the unique indexes that fit it; which, a dump does not tell.
std::optional<std::string> unknown_support(Facts const& facts) {
  for (auto const& [table, index] : dropped_indexes(facts)) {
    if (table == nullptr || index.empty()) {
      continue;
    }
    for (Table const* other : facts.catalog.referencing(table->name)) {
      for (catalog::Constraint const& key : other->constraints) {
        auto const fitting = catalog::fitting_keys(*table, key.referenced_columns);
        bool const could = key.references == table->name && fitting.size() > 1 &&
                           !catalog::rested_on(*table, key) &&
                           std::ranges::find(fitting, index, [](auto const* one) {
                             return one->name;
                           }) != fitting.end();
        if (could) {
          return "whether the foreign key " + key.name.quoted() + " of " + other->name.display() +
                 " rests on " + index.quoted() +
                 " (pg_constraint.conindid), and not on another unique index of the same columns: "
                 "if so, it fails (2BP01)";
        }
      }
    }
  }
  return std::nullopt;
}

/// ALTER DOMAIN reads every table that has a column of it.
std::optional<std::string> unknown_columns(Facts const& facts) {
  constexpr std::string_view reading[] = {"ALTER DOMAIN ADD CONSTRAINT",
                                          "ALTER DOMAIN SET NOT NULL",
                                          "ALTER DOMAIN VALIDATE CONSTRAINT"};
  bool const asks = std::ranges::find(reading, facts.statement.kind) != std::end(reading);
  if (!asks || facts.catalog.complete) {
    return std::nullopt;
  }
  return "which tables have a column of " +
         facts.catalog.resolve(facts.body<sql::DomainChange>()->domain).display() +
         ": their writers wait while every row is read";
}

/// DROP … CASCADE of what tables are made of, and ALTER DOMAIN's users.
std::optional<std::string> unknown_users(Facts const& facts) {
  auto const* drop = facts.body<sql::Drop>();
  bool const of_columns = drop != nullptr && (drop->kind == sql::ObjectKind::Type ||
                                              drop->kind == sql::ObjectKind::Domain);
  bool const cascade =
      drop != nullptr && drop->cascade &&
      ((of_columns && !facts.catalog.complete) || drop->kind == sql::ObjectKind::Function ||
       drop->kind == sql::ObjectKind::Schema);
  if (!cascade) {
    return std::nullopt;
  }
  return "what depends on it: every table that does is locked ACCESS EXCLUSIVE";
}

std::optional<std::string> persistence(Facts const& facts) {
  bool const asks = facts.command != nullptr &&
                    (facts.command->kind == "SET LOGGED" || facts.command->kind == "SET UNLOGGED");
  if (!asks) {
    return std::nullopt;
  }
  return "whether " + facts.target().display() + " is so already: then nothing is rewritten";
}

/// ATTACH reads every row unless constraints spare it.
std::optional<std::string> unknown_attached(Facts const& facts) {
  if (!is(facts, AlterAction::AttachPartition) || facts.alter->on != sql::ObjectKind::Table) {
    return std::nullopt;
  }
  Table const* parent = facts.table();
  Table const* table = facts.catalog.table(facts.command->other);
  std::string const name = facts.catalog.resolve(facts.command->other).display();
  if (parent == nullptr || table == nullptr) {
    return "whether the constraints of " + name +
           " say that its rows belong there: if not, all are read";
  }
  bool const zone =
      parent->partition_key.columns.size() == 1 &&
      table->column(parent->partition_key.columns.front()) != nullptr &&
      table->column(parent->partition_key.columns.front())->type == "timestamp with time zone";
  bool const could_tell =  // by a CHECK of its own or, partitioned, of its parts
      table->kind == catalog::TableKind::Partitioned ||
      std::ranges::find(table->constraints, catalog::ConstraintKind::Check,
                        &catalog::Constraint::kind) != table->constraints.end();
  if (zone && could_tell && !tells_inside(*parent, *table, facts.command->bounds)) {
    return "the session's TimeZone: it says what bounds without an offset mean, and so whether a "
           "CHECK of " +
           name + " spares reading it";
  }
  return std::nullopt;
}

constexpr Doubt all_doubts[] = {unknown_attached, persistence,    unknown_default, added_domain,
                                changed_type,     unknown_table,  unknown_index,   unknown_users,
                                unknown_columns,  unknown_support};

}  // namespace

std::vector<std::string> doubts(Facts const& facts) {
  std::vector<std::string> result;
  for (Doubt const doubt : all_doubts) {
    if (auto text = doubt(facts)) {
      result.push_back(std::move(*text));
    }
  }
  return result;
}

}  // namespace bellows::locks
