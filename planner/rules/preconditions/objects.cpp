#include "planner/catalog/edit.hpp"
#include "planner/catalog/functions.hpp"
#include "planner/catalog/names.hpp"
#include "planner/catalog/sequences.hpp"
#include "planner/rules/preconditions/index_text.hpp"
#include "planner/rules/preconditions/parts.hpp"
#include "planner/sql/expression.hpp"
#include "planner/sql/text.hpp"

#include <cstdlib>
#include <stdexcept>

// Source: schemacmds.c, CreateSchemaCommand(); typecmds.c, DefineDomain(), AlterDomain…();
// rewriteDefine.c; tablecmds.c, ATExecSetStatistics(), AlterTableNamespace(); sequence.c,
// process_owned_by().
namespace bellows::rules::preconditions {

namespace {

using sql::ObjectKind;

/// The name that stands behind the first `words` words of the statement: CREATE SCHEMA name.
QualifiedName name_behind(std::string const& statement, std::size_t words) {
  std::string text;
  bool dot = true;
  std::size_t seen = 0;
  for (sql::Token const& token : sql::scan(statement)) {
    std::string const here = statement.substr(token.offset, token.length);
    if (token.kind == sql::Token::Kind::Comment || seen++ < words) {
      continue;
    }
    if (dot == (here == ".")) {
      break;
    }
    text += here;
    dot = here == ".";
  }
  try {
    return sql::parse_qualified_name(text);
  } catch (std::invalid_argument const&) {
    return {};
  }
}

// --- schemas ---

/// Of one that is empty nothing is known.
bool holds_something(Catalog const& catalog, Identifier const& schema) {
  auto const inside = [&](QualifiedName const& name) { return name.schema == schema; };
  for (auto const& [name, table] : catalog.tables) {
    if (inside(name)) {
      return true;
    }
  }
  for (auto const& [name, overloads] : catalog.functions) {
    if (inside(name)) {
      return true;
    }
  }
  return std::ranges::any_of(catalog.other_relations, inside);
}

MaybeBreach schema_is_there(Facts const& facts) {
  std::string const& text = facts.statement.raw.text;
  if (facts.statement.kind != "CREATE SCHEMA" || says_if_not_exists(text)) {
    return std::nullopt;
  }
  Identifier const name = name_behind(text, 2).name;
  bool const there = facts.catalog.schemas.contains(name) || holds_something(facts.catalog, name);
  return there ? std::optional(breach(name.quoted())) : std::nullopt;
}

/// Where something is to be made, or moved to.
Identifier schema_wanted(Facts const& facts) {
  if (auto const* rename = facts.body<sql::RenameObject>()) {
    return rename->to_schema;
  }
  if (auto const* create = facts.body<sql::CreateTable>()) {
    return create->table.schema;
  }
  auto const* other = facts.body<sql::Other>();
  constexpr std::string_view making[] = {"CREATE VIEW", "CREATE MATERIALIZED VIEW",
                                         "CREATE TABLE AS", "CREATE SEQUENCE"};
  bool const makes =
      other != nullptr && !other->relations.empty() &&
      std::ranges::find(making, std::string_view(facts.statement.kind)) != std::end(making);
  return makes                                                       ? other->relations[0].schema
         : other != nullptr && facts.statement.kind == "CREATE TYPE" ? other->object.schema
                                                                     : Identifier();
}

MaybeBreach wants_missing_schema(Facts const& facts) {
  Identifier const schema = schema_wanted(facts);
  std::string const& name = schema.raw();
  bool const told = facts.catalog.complete && !facts.catalog.schemas.empty();
  bool const own = name.empty() || name.starts_with("pg_") || name == "information_schema" ||
                   name == sql::temporary_schema;
  return told && !own && !facts.catalog.schemas.contains(schema)
             ? std::optional(breach(schema.quoted()))
             : std::nullopt;
}

MaybeBreach renames_to_schema(Facts const& facts) {
  auto const* rename = facts.body<sql::RenameObject>();
  bool const asks = rename != nullptr && rename->kind == ObjectKind::Schema &&
                    facts.catalog.schemas.contains(rename->name.name);
  return asks && facts.catalog.schemas.contains(rename->to)
             ? std::optional(breach(rename->to.quoted()))
             : std::nullopt;
}

// --- types and domains ---

bool is_type(Catalog const& catalog, QualifiedName const& name) {
  std::string const text = name.quoted();
  return catalog.domains.contains(text) || catalog.composites.contains(text) ||
         catalog.enums.contains(text) || catalog.other_types.contains(text) ||
         catalog.tables.contains(name);
}

MaybeBreach type_is_there(Facts const& facts) {
  auto const* domain = facts.body<sql::DomainChange>();
  bool const makes_type = facts.statement.kind == "CREATE TYPE";
  if (!makes_type && (domain == nullptr || !domain->creates)) {
    return std::nullopt;
  }
  QualifiedName const name =
      facts.catalog.resolve(makes_type ? name_behind(facts.statement.raw.text, 2) : domain->domain);
  return is_type(facts.catalog, name) ? std::optional(breach(name.display())) : std::nullopt;
}

MaybeBreach type_name_is_taken(Facts const& facts) {
  auto const* rename = facts.body<sql::RenameObject>();
  bool const renames = rename != nullptr && (facts.statement.kind == "ALTER TYPE RENAME TO" ||
                                             facts.statement.kind == "ALTER DOMAIN RENAME TO");
  QualifiedName to = renames ? facts.catalog.resolve(rename->name) : QualifiedName();
  bool const known = renames && is_type(facts.catalog, to);
  if (renames) {
    to.name = rename->to;
  }
  return known && is_type(facts.catalog, to) ? std::optional(breach(to.display())) : std::nullopt;
}

/// A composite type is a relation as well.
MaybeBreach composite_is_taken(Facts const& facts) {
  auto const* body = facts.statement.kind == "CREATE TYPE" ? facts.body<sql::Other>() : nullptr;
  if (body == nullptr || body->attributes.empty()) {
    return std::nullopt;
  }
  QualifiedName const name = facts.catalog.resolve(body->object);
  return catalog::relation_taken(facts.catalog, name) ? std::optional(breach(name.display()))
                                                      : std::nullopt;
}

/// A domain without any constraint has none of that name.
MaybeBreach domain_has_no_constraint(Facts const& facts) {
  auto const* change = facts.body<sql::DomainChange>();
  auto const* rename = facts.body<sql::RenameObject>();
  bool const asks = facts.statement.kind == "ALTER DOMAIN DROP CONSTRAINT" ||
                    facts.statement.kind == "ALTER DOMAIN VALIDATE CONSTRAINT";
  bool const renames = facts.statement.kind == "ALTER DOMAIN CONSTRAINT RENAME TO";
  if ((!asks || change == nullptr) && (!renames || rename == nullptr)) {
    return std::nullopt;
  }
  std::string const name =
      catalog::type_text(facts.catalog, change != nullptr ? change->domain : rename->name);
  auto const domain = facts.catalog.domains.find(name);
  std::string const& text = facts.statement.raw.text;
  bool const lenient = asks && (text.find("IF EXISTS") != std::string::npos ||
                                text.find("if exists") != std::string::npos);
  return !lenient && domain != facts.catalog.domains.end() && !domain->second.constrained
             ? std::optional(breach(name))
             : std::nullopt;
}

MaybeBreach drops_no_domain(Facts const& facts) {
  auto const* drop = facts.body<sql::Drop>();
  bool const asks = drop != nullptr && drop->kind == ObjectKind::Domain && !drop->if_exists;
  if (!asks || !facts.catalog.complete) {
    return std::nullopt;
  }
  for (QualifiedName const& name : drop->names) {
    auto const same = [&](auto const& domain) {  // also of a schema that is searched behind
      return sql::parse_qualified_name(domain.first).name == name.name;
    };
    if (std::ranges::none_of(facts.catalog.domains, same)) {
      return breach(name.display());
    }
  }
  return std::nullopt;
}

// --- rules ---

MaybeBreach rule_is_there(Facts const& facts) {
  bool const makes =
      facts.statement.kind == "CREATE RULE" && !says_replace(facts.statement.raw.text);
  Table const* table = makes ? facts.table() : nullptr;
  auto const same = [&](catalog::Dependent const& one) {
    return one.kind == catalog::DependentKind::Rule &&
           one.name.name == facts.body<sql::Other>()->part;
  };
  return table != nullptr && std::ranges::any_of(table->dependents, same)
             ? std::optional(breach(facts.body<sql::Other>()->part.quoted()))
             : std::nullopt;
}

// --- indexes and sequences where others are meant ---

MaybeBreach is_index(Facts const& facts) {
  constexpr std::string_view kinds[] = {"CREATE INDEX",
                                        "CREATE INDEX CONCURRENTLY",
                                        "CREATE POLICY",
                                        "CREATE RULE",
                                        "CREATE TRIGGER",
                                        "CREATE STATISTICS",
                                        "REFRESH MATERIALIZED VIEW"};
  bool const asks =
      std::ranges::find(kinds, std::string_view(facts.statement.kind)) != std::end(kinds) &&
      !facts.targets.empty() && facts.table() == nullptr;
  return asks && facts.catalog.table_of_index(facts.target()) != nullptr
             ? std::optional(breach(facts.target().display()))
             : std::nullopt;
}

MaybeBreach is_index_of_another(Facts const& facts) {
  bool const asks = is(facts, "CLUSTER ON") || is(facts, "REPLICA IDENTITY");
  Table const* table = asks ? facts.table() : nullptr;
  if (table == nullptr || facts.command->name.empty() ||
      table->index(facts.command->name) != nullptr) {
    return std::nullopt;
  }
  Table const* owner = facts.catalog.table_of_index({table->name.schema, facts.command->name});
  return owner == nullptr
             ? std::nullopt
             : std::optional(breach(facts.command->name.quoted(), owner->name.display()));
}

Index const* counted_index(Facts const& facts) {
  bool const asks =
      facts.alter != nullptr && facts.alter->on == ObjectKind::Index && is(facts, "SET STATISTICS");
  QualifiedName const name = asks ? facts.catalog.resolve(facts.alter->table) : QualifiedName();
  Table const* owner = asks ? facts.catalog.table_of_index(name) : nullptr;
  return owner == nullptr ? nullptr : owner->index(name.name);
}

MaybeBreach counts_behind_the_last(Facts const& facts) {
  Index const* index = counted_index(facts);
  auto const columns = index == nullptr ? std::nullopt : column_count(index->definition);
  return columns && std::strtoul(facts.command->value.c_str(), nullptr, 10) > *columns
             ? std::optional(breach(facts.command->value, index->name.quoted()))
             : std::nullopt;
}

MaybeBreach counts_plain_column(Facts const& facts) {
  Index const* index = counted_index(facts);
  bool const plain =
      index != nullptr &&
      (!index->has_expressions ||
       is_plain_column(index->definition, std::strtoul(facts.command->value.c_str(), nullptr, 10)));
  return plain ? std::optional(breach(facts.command->value, index->name.quoted())) : std::nullopt;
}

/// It goes where its column's table goes.
MaybeBreach moves_owned(Facts const& facts) {
  auto const* rename = facts.body<sql::RenameObject>();
  bool const moves =
      rename != nullptr && rename->kind == ObjectKind::Sequence && !rename->to_schema.empty();
  QualifiedName const name = moves ? facts.catalog.resolve(rename->name) : QualifiedName();
  Table const* owner = moves ? catalog::owner_of_sequence(facts.catalog, name) : nullptr;
  return owner == nullptr ? std::nullopt
                          : std::optional(breach(name.display(), owner->name.display()));
}

MaybeBreach owned_in_another_schema(Facts const& facts) {
  auto const* other = facts.body<sql::Other>();
  bool const asks = other != nullptr && other->owner && !other->owner->table.name.empty() &&
                    !other->relations.empty();
  Table const* owner = asks ? facts.catalog.table(other->owner->table) : nullptr;
  if (owner == nullptr) {
    return std::nullopt;
  }
  QualifiedName const name = facts.catalog.resolve(other->relations.front());
  return name.schema != owner->name.schema
             ? std::optional(breach(name.display(), owner->name.display()))
             : std::nullopt;
}

// --- rows ---

/// A column in the WHERE of one table's DELETE or UPDATE.
MaybeBreach where_has_no_column(Facts const& facts) {
  auto const* update = facts.body<sql::Update>();
  auto const* data = facts.body<sql::DataStatement>();
  std::string const* where = update != nullptr && update->simple ? &update->where
                             : data != nullptr && data->deletion && data->deletion->obstacle.empty()
                                 ? &data->deletion->where
                                 : nullptr;
  Table const* table = where == nullptr ? nullptr : facts.table();
  if (table == nullptr || where->empty() || !facts.catalog.complete || table->partial) {
    return std::nullopt;
  }
  try {
    sql::Expression const condition = sql::Expression::parse(*where);
    for (sql::ColumnReference const& one : condition.columns()) {
      bool const systems = one.path[0].raw() == "ctid" || one.path[0].raw() == "xmin" ||
                           one.path[0].raw() == "tableoid";
      bool const row = one.path[0] == table->name.name;
      if (one.path.size() == 1 && !systems && !row && table->column(one.path[0]) == nullptr) {
        return breach(one.path[0].quoted());
      }
    }
  } catch (sql::SyntaxError const&) {
    return std::nullopt;
  }
  return std::nullopt;
}

// --- DROP EXPRESSION, INHERITS ---

/// ONLY a parent, or one whose children have children: the server looks no deeper.
MaybeBreach drops_expression_of_parent(Facts const& facts) {
  Table const* table = is(facts, AlterAction::DropExpression) ? facts.table() : nullptr;
  if (table == nullptr) {
    return std::nullopt;
  }
  if (facts.alter->only) {
    return has_children(facts.catalog, *table) ? std::optional(breach(table->name.display()))
                                               : std::nullopt;
  }
  for (QualifiedName const& name : catalog::with_children(facts.catalog, table->name, false)) {
    Table const* below = facts.catalog.table(name);
    if (below != nullptr && below != table && has_children(facts.catalog, *below)) {
      return breach(below->name.display());
    }
  }
  return std::nullopt;
}

MaybeBreach drops_inherited_expression(Facts const& facts) {
  Column const* column = is(facts, AlterAction::DropExpression) ? column_of(facts) : nullptr;
  if (column == nullptr) {
    return std::nullopt;
  }
  std::vector<QualifiedName> parents = facts.table()->inherits;
  parents.push_back(facts.table()->partition_of);
  for (QualifiedName const& name : parents) {
    Table const* parent = name.name.empty() ? nullptr : facts.catalog.table(name);
    if (parent != nullptr && parent->column(column->name) != nullptr) {
      return breach(column->name.quoted(), parent->name.display());
    }
  }
  return std::nullopt;
}

MaybeBreach inherits_partitioned(Facts const& facts) {
  auto const* create = facts.body<sql::CreateTable>();
  for (QualifiedName const& name :
       create == nullptr ? std::vector<QualifiedName>{} : create->inherits) {
    Table const* parent = facts.catalog.table(name);
    if (parent != nullptr &&
        (parent->kind == TableKind::Partitioned || !parent->partition_of.name.empty())) {
      return breach(parent->name.display());
    }
  }
  return std::nullopt;
}

constexpr std::string_view other_object_name = "Choose another name.";
constexpr std::string_view check_object_name = "Check the name.";

constexpr Precondition objects_rows[] = {
    {"3F000", wants_missing_schema, of::create_table | of::rename_object | of::other,
     "there is no schema {what}", "CREATE SCHEMA {what} first, or check the name."},
    {"42P06", schema_is_there, of::other, "there is a schema {what} already",
     "Leave it out, or say IF NOT EXISTS."},
    {"42710", type_is_there, of::domain_change | of::other, "there is a type {what} already",
     other_object_name},
    {"42710", type_name_is_taken, of::rename_object,
     "there is a type {what} already (a table is one as well)", other_object_name},
    {"42P06", renames_to_schema, of::rename_object, "there is a schema {what} already",
     other_object_name},
    {"42P07", composite_is_taken, of::other,
     "there is a relation {what} already, and a composite type is one as well", other_object_name},
    {"42704", domain_has_no_constraint, of::domain_change | of::rename_object,
     "{what} has no constraint", check_object_name},
    {"42704", drops_no_domain, of::drop, "there is no domain {what}",
     "Check the name, or say IF EXISTS."},
    {"42710", rule_is_there, of::other, "{table} has a rule {what} already",
     "CREATE OR REPLACE RULE, or choose another name."},
    {"42809", is_index, of::create_index | of::create_trigger | of::other, "{what} is an index",
     "Name the table."},
    {"42809", is_index_of_another, of::other_command, "{what} is an index of {other}",
     "Name one of {table}'s."},
    {"42703", counts_behind_the_last, of::other_command, "{other} has no column number {what}",
     "Count its columns from 1: `\\d {other}` shows them."},
    {"0A000", counts_plain_column, of::other_command, "column {what} of {other} is no expression",
     "ALTER TABLE … ALTER COLUMN … SET STATISTICS."},
    {"0A000", moves_owned, of::rename_object,
     "{what} belongs to a column of {other}, and moves with it", "ALTER TABLE {other} SET SCHEMA."},
    {"55000", owned_in_another_schema, of::other, "{what} is in another schema than {other}",
     "Make it in the table's schema."},
    {"42703", where_has_no_column, of::update | of::data, "{table} has no column {what}",
     check_object_name},
    {"0A000", drops_expression_of_parent, of::drop_expression,
     "what inherits from {what} would keep its expression",
     "Leave out ONLY; a hierarchy of several levels has to be taken apart first (DETACH PARTITION, "
     "NO INHERIT)."},
    {"42P16", drops_inherited_expression, of::drop_expression, "{what} is inherited from {other}",
     "Do it on {other}, which does it to all that inherit from it."},
    {"42809", inherits_partitioned, of::create_table,
     "{what} is partitioned or a partition, and is not inherited from",
     "Make a partition of it, or a table LIKE it."},
};

}  // namespace

std::span<Precondition const> of_objects() {
  return objects_rows;
}

}  // namespace bellows::rules::preconditions
