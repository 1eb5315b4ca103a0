#include "planner/locks/doubts.hpp"

#include "planner/catalog/edit.hpp"
#include "planner/catalog/references.hpp"
#include "planner/locks/added_default.hpp"
#include "planner/locks/conditions.hpp"
#include "planner/locks/partition_overlap.hpp"
#include "planner/locks/partitions.hpp"
#include "planner/locks/retyping.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace bellows::locks {

namespace {

using catalog::Table;
using sql::AlterAction;

/// What asks for one kind of doubt. `of_work` as Doubt's.
struct Asked {
  std::optional<std::string> (*text)(Facts const&);
  bool of_work = false;
};

bool is(Facts const& facts, AlterAction action) {
  return facts.command != nullptr && facts.command->action == action;
}

/// It says MINVALUE, MAXVALUE or AS: NO MINVALUE and NO MAXVALUE as well.
bool limits_sequence(std::string_view text) {
  constexpr std::string_view words[] = {"minvalue", "maxvalue", "as"};
  auto const is_limit = [&](sql::Token const& token) {
    std::string word(text.substr(token.offset, token.length));
    std::ranges::transform(word, word.begin(),
                           [](unsigned char one) { return static_cast<char>(std::tolower(one)); });
    return token.kind == sql::Token::Kind::Word &&
           std::ranges::find(words, std::string_view(word)) != std::end(words);
  };
  try {
    return std::ranges::any_of(sql::scan(text), is_limit);
  } catch (sql::SyntaxError const&) {
    return false;
  }
}

std::optional<std::string> unknown_default(Facts const& facts) {
  auto const added = added_default(facts);
  return added && added->per_row == PerRow::Unknown
             ? std::optional("whether " + added->expression +
                             " calls a volatile function: then the table is rewritten")
             : std::nullopt;
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
  std::vector<std::string> const types = types_on_the_way(facts);
  switch (retyping(facts)) {
    case TypeChange::Unknown:
      if (types.front().empty() && facts.table() != nullptr && facts.catalog.complete) {
        return std::nullopt;  // there is no such column: the statement fails
      }
      if (types.front().empty()) {
        return "the type that " + facts.command->name.quoted() +
               " has now: most changes rewrite the table";
      }
      return "whether " + types.front() + " and " + types.back() +
             " are stored alike: if not, the table is rewritten";
    case TypeChange::ByTimeZone:
      return "the session's TimeZone: only while it is UTC the table is not rewritten";
    case TypeChange::Free:
    case TypeChange::RebuildsIndexes:
    case TypeChange::Rewrites:
      return std::nullopt;
  }
  return std::nullopt;
}

/// What is validated or dropped is a constraint that earlier migrations have shown, and no foreign
/// key.
bool is_known_check(Facts const& facts) {
  Table const* table = facts.seen();
  catalog::Constraint const* constraint = table == nullptr || facts.command == nullptr
                                              ? nullptr
                                              : table->constraint(facts.command->name);
  return constraint != nullptr && constraint->kind != catalog::ConstraintKind::ForeignKey;
}

/// Foreign keys, partitions and indexes of a table that the catalog does not have.
std::optional<std::string> unknown_table(Facts const& facts) {
  bool const asks = facts.statement.kind == "DROP TABLE" || is(facts, AlterAction::DropColumn) ||
                    is(facts, AlterAction::DropConstraint) ||
                    is(facts, AlterAction::ValidateConstraint) ||
                    facts.statement.kind == "TRUNCATE CASCADE";
  if (!asks || facts.catalog.complete || is_known_check(facts)) {
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
  if (drop != nullptr && drop->kind == sql::ObjectKind::Index) {
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
                 "if so, it fails (2BP01), or with CASCADE takes that along";
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
  if (!asks || facts.table() != nullptr) {
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

/// The answer is a light one only by what the catalog says of the table.
bool is_light_by_catalog(Facts const& facts) {
  switch (facts.command->action) {
    case AlterAction::SetNotNull:
      return !conditions::needs_null_scan(facts);
    case AlterAction::AlterType:
      return retyping(facts) < TypeChange::ByTimeZone;
    case AlterAction::AddColumn:
      return !conditions::adds_column(facts);
    case AlterAction::AddConstraint:
      return facts.command->kind == "ADD PRIMARY KEY USING INDEX" &&
             !conditions::key_needs_null_scan(facts);
    case AlterAction::AttachPartition:
      return related::attached_and_read(facts).empty();
    default:  // the others read nothing, or always
      return false;
  }
}

std::optional<std::string> unseen_change(Facts const& facts) {
  Table const* table = facts.table();
  bool const asks = table != nullptr && !table->unseen.empty() && facts.command != nullptr;
  if (!asks || !is_light_by_catalog(facts)) {
    return std::nullopt;
  }
  return "what " + table->unseen + " has done: it may have changed " + table->name.display();
}

/// Why the bounds of partitions of such a key are not compared here.
std::string order_unknown(std::vector<std::string> const& types) {
  auto const is_text = [](std::string const& type) {
    return type == "text" || type.starts_with("character");
  };
  if (std::ranges::find(types, "timestamp with time zone") != types.end()) {
    return "the session's TimeZone says what bounds without an offset mean";
  }
  if (std::ranges::any_of(types, is_text)) {
    return "the order of texts is the collation's, which only the server knows";
  }
  std::string const type = types.empty() ? "" : types.front();
  return type.empty() ? "the order of an expression's values is not known here"
                      : "the order of " + type + " in the form written there is not known here";
}

std::optional<std::string> unknown_overlap(Facts const& facts) {
  Overlapped const other = overlapped(facts);
  return other.certainty == sql::Certainty::Unknown
             ? std::optional("whether the bounds overlap those of " + other.partition.display() +
                             ": if so, it fails (42P17); " +
                             order_unknown(key_types(*coming(facts).parent)))
             : std::nullopt;
}

bool calls(catalog::Catalog const& catalog, std::string const& text) {
  for (auto const& [name, overloads] : catalog.functions) {
    if (text.find(name.name.quoted() + "(") != std::string::npos) {
      return true;
    }
  }
  return false;
}

/// What is made of the column anew with its new type: a function of the user's may not take that.
std::optional<std::string> unknown_call(Facts const& facts) {
  Table const* table = is(facts, AlterAction::AlterType) ? facts.table() : nullptr;
  if (table == nullptr) {
    return std::nullopt;
  }
  sql::Identifier const& column = facts.command->name;
  auto const uses = [&](std::vector<sql::Identifier> const& columns) {
    return std::ranges::find(columns, column) != columns.end();
  };
  auto const told = [&](sql::Identifier const& what) {
    return "whether the functions that " + what.quoted() + " calls take the new type of " +
           column.quoted() + ": if not, it fails (42883)";
  };
  for (catalog::Index const& index : table->indexes) {
    if (uses(index.columns) && calls(facts.catalog, index.definition)) {
      return told(index.name);
    }
  }
  for (catalog::Index const& index : table->indexes) {
    bool const special =
        index.method == "gist" || index.method == "gin" || index.method == "spgist";
    if (special && uses(index.columns)) {
      return "whether " + index.method + " has operators for the new type of " + column.quoted() +
             ", which " + index.name.quoted() + " is over: if not, it fails (42704)";
    }
  }
  for (catalog::Constraint const& check : table->constraints) {
    bool const of_column = check.kind == catalog::ConstraintKind::Check && uses(check.columns);
    if (of_column && calls(facts.catalog, check.definition)) {
      return told(check.name);
    }
  }
  return std::nullopt;
}

/// New limits are held against START and the last value, which are no matter of the schema.
std::optional<std::string> unknown_limits(Facts const& facts) {
  auto const* altered =
      facts.statement.kind == "ALTER SEQUENCE" ? facts.body<sql::Other>() : nullptr;
  if (altered == nullptr || !limits_sequence(facts.statement.raw.text)) {
    return std::nullopt;
  }
  return "whether START and the last value of " + facts.target().display() +
         " are within its new limits: if not, it fails (22023)";
}

constexpr Asked all_doubts[] = {
    {unseen_change, true},   {unknown_attached, true}, {persistence, true},
    {unknown_default, true}, {added_domain, true},     {changed_type, true},
    {unknown_table, false},  {unknown_index, false},   {unknown_users, false},
    {unknown_columns, true}, {unknown_support, false}, {unknown_overlap, false},
    {unknown_call, false},   {unknown_limits, false},
};

}  // namespace

std::vector<Doubt> doubts(Facts const& facts) {
  std::vector<Doubt> result;
  for (Asked const& asked : all_doubts) {
    if (auto text = asked.text(facts)) {
      result.push_back({std::move(*text), asked.of_work});
    }
  }
  return result;
}

}  // namespace bellows::locks
