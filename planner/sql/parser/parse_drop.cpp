#include "planner/sql/parser/parse_objects.hpp"

#include <utility>

// DROP, ALTER … RENAME and ALTER … SET SCHEMA, of any object.
namespace bellows::sql {

QualifiedName name_of_object(Node const& node) {
  if (auto const* names = tree::as<List>(&node)) {
    return tree::qualified(names);
  }
  if (auto const* type = tree::as<::TypeName>(&node)) {
    return tree::qualified(type->names);
  }
  if (auto const* function = tree::as<ObjectWithArgs>(&node)) {
    return tree::qualified(function->objname);
  }
  if (auto const* relation = tree::as<RangeVar>(&node)) {
    return tree::qualified(*relation);
  }
  return {Identifier(), identifier(&node)};
}

QualifiedName table_of_part(Node const& node) {
  auto const names = tree::items(tree::as<List>(&node));
  return names.size() > 1 ? tree::qualified(names.first(names.size() - 1)) : QualifiedName();
}

namespace {

bool is_part_of_table(::ObjectType type) {
  return type == OBJECT_TRIGGER || type == OBJECT_POLICY || type == OBJECT_RULE;
}

/// Nothing where the statement does not say it: DROP FUNCTION f.
std::optional<std::size_t> argument_count(Node const& node) {
  auto const* function = tree::as<ObjectWithArgs>(&node);
  bool const said = function != nullptr && !function->args_unspecified;
  return said ? std::optional(tree::items(function->objargs).size()) : std::nullopt;
}

void parse_rename_column(Statement& into, RenameStmt const& statement) {
  ObjectWords const& on = object_type(statement.relationType);
  RenameColumn rename;
  rename.table = tree::qualified(*statement.relation);
  rename.on = on.kind;
  rename.from = identifier(statement.subname);
  rename.to = identifier(statement.newname);
  rename.only = !statement.relation->inh;
  rename.if_exists = statement.missing_ok;
  into.kind = "ALTER " + std::string(on.words) + " RENAME COLUMN";
  into.body = std::move(rename);
}

/// What RENAME TO and SET SCHEMA have in common.
template <typename Raw>
RenameObject renamed(Raw const& statement, ObjectWords const& object) {
  RenameObject rename;
  rename.kind = object.kind;
  rename.what = object.words;
  rename.if_exists = statement.missing_ok;
  if (statement.relation != nullptr) {
    rename.name = tree::qualified(*statement.relation);
  }
  if (statement.object != nullptr) {
    rename.name = name_of_object(*statement.object);
  }
  return rename;
}

}  // namespace

void parse_drop(Statement& into, DropStmt const& statement) {
  ObjectWords const& object = object_type(statement.removeType);
  Drop drop;
  drop.kind = object.kind;
  drop.what = object.words;
  drop.if_exists = statement.missing_ok;
  drop.cascade = statement.behavior == DROP_CASCADE;
  drop.concurrently = statement.concurrent;
  for (Node const* node : tree::items(statement.objects)) {
    drop.names.push_back(name_of_object(*node));
    drop.arguments.push_back(argument_count(*node));
    if (is_part_of_table(statement.removeType)) {
      drop.on_table = table_of_part(*node);
      drop.names.back().schema = Identifier();
    }
  }
  into.kind = "DROP " + std::string(object.words) + (drop.concurrently ? " CONCURRENTLY" : "");
  into.body = std::move(drop);
}

void parse_rename(Statement& into, RenameStmt const& statement) {
  if (statement.renameType == OBJECT_COLUMN) {
    return parse_rename_column(into, statement);
  }
  ObjectWords const& object = object_type(statement.renameType);
  RenameObject rename = renamed(statement, object);
  rename.to = identifier(statement.newname);
  rename.part = identifier(statement.subname);
  if (rename.kind == ObjectKind::Schema) {  // the tree has it where a constraint's name is
    rename.name.name = std::exchange(rename.part, Identifier());
  }
  into.kind = statement.renameType == OBJECT_TABCONSTRAINT
                  ? "ALTER TABLE RENAME CONSTRAINT"
                  : "ALTER " + std::string(object.words) + " RENAME TO";
  into.body = std::move(rename);
}

void parse_set_schema(Statement& into, AlterObjectSchemaStmt const& statement) {
  ObjectWords const& object = object_type(statement.objectType);
  RenameObject move = renamed(statement, object);
  move.to_schema = identifier(statement.newschema);
  into.kind = "ALTER " + std::string(object.words) + " SET SCHEMA";
  into.body = std::move(move);
}

}  // namespace bellows::sql
