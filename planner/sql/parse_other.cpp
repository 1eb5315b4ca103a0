#include "planner/sql/calls.hpp"
#include "planner/sql/kinds.hpp"
#include "planner/sql/parse_parts.hpp"

#include <algorithm>
#include <utility>

namespace bellows::sql {

namespace {

QualifiedName name_of(PgQuery__Node const& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_LIST:
      return tree::qualified(node.list->items, node.list->n_items);
    case PG_QUERY__NODE__NODE_TYPE_NAME:
      return tree::qualified(node.type_name->names, node.type_name->n_names);
    case PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS:
      return tree::qualified(node.object_with_args->objname, node.object_with_args->n_objname);
    case PG_QUERY__NODE__NODE_RANGE_VAR:
      return tree::qualified(*node.range_var);
    default:  // PostgreSQL's enum of every node there is
      return {Identifier(), Identifier(std::string(tree::text_of(&node)))};
  }
}

/// A trigger, policy or rule is named schema.table.part: splits the part off.
QualifiedName table_of_part(PgQuery__Node const& node) {
  bool const listed = node.node_case == PG_QUERY__NODE__NODE_LIST && node.list->n_items > 1;
  return listed ? tree::qualified(node.list->items, node.list->n_items - 1) : QualifiedName();
}

bool is_part_of_table(PgQuery__ObjectType type) {
  return type == PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER ||
         type == PG_QUERY__OBJECT_TYPE__OBJECT_POLICY || type == PG_QUERY__OBJECT_TYPE__OBJECT_RULE;
}

/// Nothing where the statement does not say it: DROP FUNCTION f.
std::optional<std::size_t> argument_count(PgQuery__Node const& node) {
  bool const said = node.node_case == PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS &&
                    node.object_with_args->args_unspecified == 0;
  return said ? std::optional(node.object_with_args->n_objargs) : std::nullopt;
}

void parse_drop(Statement& into, PgQuery__DropStmt const& statement) {
  ObjectType const& object = object_type(statement.remove_type);
  Drop drop;
  drop.kind = object.kind;
  drop.what = object.words;
  drop.if_exists = statement.missing_ok != 0;
  drop.cascade = statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
  drop.concurrently = statement.concurrent != 0;
  for (PgQuery__Node const* node : nodes(statement.objects, statement.n_objects)) {
    drop.names.push_back(name_of(*node));
    drop.arguments.push_back(argument_count(*node));
    if (is_part_of_table(statement.remove_type)) {
      drop.on_table = table_of_part(*node);
      drop.names.back().schema = Identifier();
    }
  }
  into.kind = "DROP " + std::string(object.words) + (drop.concurrently ? " CONCURRENTLY" : "");
  into.body = std::move(drop);
}

void parse_rename_column(Statement& into, PgQuery__RenameStmt const& statement) {
  ObjectType const& on = object_type(statement.relation_type);
  RenameColumn rename;
  rename.table = tree::qualified(*statement.relation);
  rename.on = on.kind;
  rename.from = Identifier(statement.subname);
  rename.to = Identifier(statement.newname);
  rename.only = statement.relation->inh == 0;
  rename.if_exists = statement.missing_ok != 0;
  into.kind = "ALTER " + std::string(on.words) + " RENAME COLUMN";
  into.body = std::move(rename);
}

void parse_rename(Statement& into, PgQuery__RenameStmt const& statement) {
  if (statement.rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN) {
    return parse_rename_column(into, statement);
  }
  ObjectType const& object = object_type(statement.rename_type);
  RenameObject rename;
  rename.kind = object.kind;
  rename.what = object.words;
  rename.to = Identifier(statement.newname);
  rename.part = Identifier(statement.subname);
  rename.if_exists = statement.missing_ok != 0;
  if (statement.relation != nullptr) {
    rename.name = tree::qualified(*statement.relation);
  }
  if (statement.object != nullptr) {
    rename.name = name_of(*statement.object);
  }
  if (rename.kind == ObjectKind::Schema) {  // the tree has it where a constraint's name is
    rename.name.name = std::exchange(rename.part, Identifier());
  }
  bool const constraint = statement.rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT;
  into.kind = constraint ? "ALTER TABLE RENAME CONSTRAINT"
                         : "ALTER " + std::string(object.words) + " RENAME TO";
  into.body = std::move(rename);
}

void parse_set_schema(Statement& into, PgQuery__AlterObjectSchemaStmt const& statement) {
  ObjectType const& object = object_type(statement.object_type);
  RenameObject move;
  move.kind = object.kind;
  move.what = object.words;
  move.to_schema = Identifier(statement.newschema);
  move.if_exists = statement.missing_ok != 0;
  if (statement.relation != nullptr) {
    move.name = tree::qualified(*statement.relation);
  }
  if (statement.object != nullptr) {
    move.name = name_of(*statement.object);
  }
  into.kind = "ALTER " + std::string(object.words) + " SET SCHEMA";
  into.body = std::move(move);
}

void parse_trigger(Statement& into, PgQuery__Node& node) {
  PgQuery__CreateTrigStmt const& statement = *node.create_trig_stmt;
  constexpr int before = 2, insert = 4, erase = 8, update = 16, instead = 64;  // pg_trigger.h
  CreateTrigger trigger;
  trigger.name = Identifier(statement.trigname);
  trigger.table = tree::qualified(*statement.relation);
  trigger.on_insert = (statement.events & insert) != 0;
  trigger.on_update = (statement.events & update) != 0;
  trigger.on_delete = (statement.events & erase) != 0;
  trigger.time = statement.timing == before    ? TriggerTime::Before
                 : statement.timing == instead ? TriggerTime::InsteadOf
                                               : TriggerTime::After;
  trigger.row = statement.row != 0;
  trigger.before_row =
      statement.row != 0 && statement.timing == before && (trigger.on_insert || trigger.on_update);
  trigger.replace = statement.replace != 0;
  trigger.update_of = identifiers(nodes(statement.columns, statement.n_columns));
  trigger.columns = trigger.update_of;
  for (PgQuery__Node const* argument : nodes(statement.args, statement.n_args)) {
    trigger.arguments.emplace_back(tree::text_of(argument));
  }
  if (statement.when_clause != nullptr) {
    trigger.when = tree::deparse_expression(*statement.when_clause);
    for (Identifier& column : columns_in(statement.when_clause->base)) {
      trigger.columns.push_back(std::move(column));
    }
  }
  trigger.function = tree::qualified(statement.funcname, statement.n_funcname);
  trigger.definition = tree::deparse(node);
  into.kind = "CREATE TRIGGER";
  into.body = std::move(trigger);
}

// --- INSERT, DELETE, SELECT … ---

PgQuery__RangeVar const* written_by(ProtobufCMessage& message) {
  if (auto* insert = tree::cast<PgQuery__InsertStmt>(message, pg_query__insert_stmt__descriptor)) {
    return insert->relation;
  }
  if (auto* erase = tree::cast<PgQuery__DeleteStmt>(message, pg_query__delete_stmt__descriptor)) {
    return erase->relation;
  }
  if (auto* merge = tree::cast<PgQuery__MergeStmt>(message, pg_query__merge_stmt__descriptor)) {
    return merge->relation;
  }
  if (auto* change = tree::cast<PgQuery__UpdateStmt>(message, pg_query__update_stmt__descriptor)) {
    return change->relation;
  }
  if (auto* copy = tree::cast<PgQuery__CopyStmt>(message, pg_query__copy_stmt__descriptor)) {
    return copy->is_from != 0 ? copy->relation : nullptr;
  }
  return nullptr;
}

bool locks_rows(PgQuery__Node const& statement) {
  return statement.node_case == PG_QUERY__NODE__NODE_SELECT_STMT &&
         statement.select_stmt->n_locking_clause > 0;
}

struct DataKind {
  PgQuery__Node__NodeCase node;
  std::string_view words;
};

constexpr DataKind data_kinds[] = {
    {PG_QUERY__NODE__NODE_INSERT_STMT, "INSERT"},
    {PG_QUERY__NODE__NODE_DELETE_STMT, "DELETE"},
    {PG_QUERY__NODE__NODE_MERGE_STMT, "MERGE"},
    {PG_QUERY__NODE__NODE_SELECT_STMT, "SELECT"},
    {PG_QUERY__NODE__NODE_COPY_STMT, "COPY"},
    {PG_QUERY__NODE__NODE_TRUNCATE_STMT, "TRUNCATE"},
    {PG_QUERY__NODE__NODE_EXPLAIN_STMT, "EXPLAIN"},
    {PG_QUERY__NODE__NODE_DO_STMT, "DO"},
    {PG_QUERY__NODE__NODE_CALL_STMT, "CALL"},
    {PG_QUERY__NODE__NODE_EXECUTE_STMT, "EXECUTE"},
};

std::string data_kind(PgQuery__Node const& node, std::string_view words) {
  if (node.node_case == PG_QUERY__NODE__NODE_COPY_STMT) {
    return node.copy_stmt->is_from != 0 ? "COPY FROM" : "COPY TO";
  }
  bool const cascade = node.node_case == PG_QUERY__NODE__NODE_TRUNCATE_STMT &&
                       node.truncate_stmt->behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
  return std::string(words) + (locks_rows(node) ? " FOR UPDATE" : "") + (cascade ? " CASCADE" : "");
}

bool is_opaque(PgQuery__Node& node) {
  bool const code = node.node_case == PG_QUERY__NODE__NODE_DO_STMT ||
                    node.node_case == PG_QUERY__NODE__NODE_CALL_STMT ||
                    node.node_case == PG_QUERY__NODE__NODE_EXECUTE_STMT;
  return code || !calls_in(node.base).unknown.empty();
}

void parse_data(Statement& into, PgQuery__Node& node, std::string_view words) {
  DataStatement data;
  data.kind = data_kind(node, words);
  data.opaque = is_opaque(node);
  if (node.node_case == PG_QUERY__NODE__NODE_TRUNCATE_STMT) {
    data.writes = relations_in(node.base);
    data.restarts_identity = node.truncate_stmt->restart_seqs != 0;
  } else {
    tree::walk(node.base, [&](ProtobufCMessage& message) {
      if (PgQuery__RangeVar const* target = written_by(message)) {
        data.writes.push_back(tree::qualified(*target));
      }
      return true;
    });
    data.reads = relations_in(node.base);
    std::erase_if(data.reads, [&](QualifiedName const& name) {
      return std::ranges::find(data.writes, name) != data.writes.end();
    });
  }
  if (node.node_case == PG_QUERY__NODE__NODE_COPY_STMT) {
    data.through_client =
        node.copy_stmt->filename == nullptr || node.copy_stmt->filename[0] == '\0';
  }
  if (node.node_case == PG_QUERY__NODE__NODE_DELETE_STMT) {
    data.deletion = deletion(*node.delete_stmt, into.raw.text);
  }
  if (node.node_case == PG_QUERY__NODE__NODE_INSERT_STMT) {
    data.insertion = insertion(*node.insert_stmt, into.raw.text);
  }
  into.kind = data.kind;
  into.body = std::move(data);
  if (node.node_case == PG_QUERY__NODE__NODE_DO_STMT) {
    take_block(into, *node.do_stmt);
  }
}

/// SELECT … INTO makes a table.
bool makes_table(PgQuery__Node const& node) {
  return node.node_case == PG_QUERY__NODE__NODE_SELECT_STMT &&
         node.select_stmt->into_clause != nullptr;
}

// --- everything else ---

/// COMMENT ON and ALTER … name their object by a list of strings, which is no RangeVar.
std::vector<QualifiedName> commented_relation(PgQuery__CommentStmt const& statement) {
  switch (statement.objtype) {
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABLE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_INDEX:
    case PG_QUERY__OBJECT_TYPE__OBJECT_VIEW:
    case PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW:
    case PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE:
    case PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE:
      return {name_of(*statement.object)};
    case PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN:
    case PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT:
    case PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER:
    case PG_QUERY__OBJECT_TYPE__OBJECT_POLICY:
    case PG_QUERY__OBJECT_TYPE__OBJECT_RULE:
      return {table_of_part(*statement.object)};
    default:
      return {};  // PostgreSQL's enum of every object there is; the others are no relations
  }
}

/// What is made comes behind its query in the tree.
void put_first(std::vector<QualifiedName>& names, QualifiedName const& name) {
  std::ranges::stable_partition(names, [&](QualifiedName const& one) { return one == name; });
}

/// What depends on the columns that it names, and keeps their types as they are.
void take_uses(Other& other, PgQuery__Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_VIEW_STMT:
      other.uses = uses_in(node.view_stmt->query->base);
      other.output = output_of(node.view_stmt->query,
                               nodes(node.view_stmt->aliases, node.view_stmt->n_aliases));
      put_first(other.relations, tree::qualified(*node.view_stmt->view));
      break;
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
      other.uses = uses_in(node.create_table_as_stmt->query->base);
      other.output = output_of(node.create_table_as_stmt->query,
                               nodes(node.create_table_as_stmt->into->col_names,
                                     node.create_table_as_stmt->into->n_col_names));
      put_first(other.relations, tree::qualified(*node.create_table_as_stmt->into->rel));
      other.unlogged = is_unlogged(*node.create_table_as_stmt->into->rel);
      break;
    case PG_QUERY__NODE__NODE_RULE_STMT:
      other.uses = uses_in(node.base);
      other.rule = rule_definition(*node.rule_stmt);
      other.part = Identifier(node.rule_stmt->rulename);
      break;
    case PG_QUERY__NODE__NODE_GRANT_STMT:
      if (node.grant_stmt->targtype != PG_QUERY__GRANT_TARGET_TYPE__ACL_TARGET_DEFAULTS) {
        other.grant = grant_change(*node.grant_stmt);
      }
      break;
    case PG_QUERY__NODE__NODE_GRANT_ROLE_STMT:
      other.grant = grant_change(*node.grant_role_stmt);
      break;
    case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
      other.uses = uses_in(node.base);
      other.part = Identifier(node.create_policy_stmt->policy_name);
      break;
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
      other.function = function_definition(*node.create_function_stmt);
      if (node.create_function_stmt->sql_body != nullptr) {
        other.uses = uses_in(node.create_function_stmt->sql_body->base);
      }
      break;
    case PG_QUERY__NODE__NODE_ALTER_FUNCTION_STMT:
      other.function = function_definition(*node.alter_function_stmt);
      break;
    case PG_QUERY__NODE__NODE_CREATE_PUBLICATION_STMT:
      take_publication(other, *node.create_publication_stmt);
      break;
    case PG_QUERY__NODE__NODE_ALTER_PUBLICATION_STMT:
      take_publication(other, *node.alter_publication_stmt);
      break;
    case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT:
      other.no_data = node.refresh_mat_view_stmt->skip_data != 0;
      break;
    case PG_QUERY__NODE__NODE_REINDEX_STMT:
      other.part = Identifier(node.reindex_stmt->name);
      break;
    case PG_QUERY__NODE__NODE_CREATE_STATS_STMT:
      other.object =
          tree::qualified(node.create_stats_stmt->defnames, node.create_stats_stmt->n_defnames);
      break;
    case PG_QUERY__NODE__NODE_ALTER_POLICY_STMT:
      other.uses = uses_in(node.base);
      other.part = Identifier(node.alter_policy_stmt->policy_name);
      break;
    default:
      break;  // PostgreSQL's enum of every node there is
  }
}

void parse_rest(Statement& into, PgQuery__Node& node) {
  Other other;
  other.relations = relations_in(node.base);
  if (node.node_case == PG_QUERY__NODE__NODE_COMMENT_STMT) {
    other.relations = commented_relation(*node.comment_stmt);
  }
  take_uses(other, node);
  if (node.node_case == PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT) {
    PgQuery__CompositeTypeStmt const& type = *node.composite_type_stmt;
    other.object = tree::qualified(*type.typevar);
    other.relations.clear();
    for (PgQuery__Node const* attribute : nodes(type.coldeflist, type.n_coldeflist)) {
      other.attributes.push_back(column_definition(*attribute->column_def));
    }
  }
  if (node.node_case == PG_QUERY__NODE__NODE_CREATE_ENUM_STMT) {
    PgQuery__CreateEnumStmt const& type = *node.create_enum_stmt;
    other.object = tree::qualified(type.type_name, type.n_type_name);
    other.makes_enum = true;
  }
  if (node.node_case == PG_QUERY__NODE__NODE_CREATE_RANGE_STMT) {
    PgQuery__CreateRangeStmt const& type = *node.create_range_stmt;
    other.object = tree::qualified(type.type_name, type.n_type_name);
  }
  if (node.node_case == PG_QUERY__NODE__NODE_CREATE_SEQ_STMT) {
    PgQuery__CreateSeqStmt const& made = *node.create_seq_stmt;
    other.owner = sequence_owner(nodes(made.options, made.n_options));
  }
  if (node.node_case == PG_QUERY__NODE__NODE_ALTER_SEQ_STMT) {
    PgQuery__AlterSeqStmt const& altered = *node.alter_seq_stmt;
    other.if_exists = altered.missing_ok != 0;
    other.owner = sequence_owner(nodes(altered.options, altered.n_options));
  }
  into.kind = makes_table(node) ? "CREATE TABLE AS" : kind_of(node);
  into.body = std::move(other);
}

}  // namespace

void parse_other(Statement& into, PgQuery__Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_DROP_STMT:
      return parse_drop(into, *node.drop_stmt);
    case PG_QUERY__NODE__NODE_RENAME_STMT:
      return parse_rename(into, *node.rename_stmt);
    case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT:
      return parse_set_schema(into, *node.alter_object_schema_stmt);
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
      return parse_trigger(into, node);
    case PG_QUERY__NODE__NODE_CREATE_FOREIGN_TABLE_STMT: {
      CreateTable table = create_table(*node.create_foreign_table_stmt->base_stmt);
      table.foreign = true;
      into.kind = kind_of(node);
      into.body = std::move(table);
      return;
    }
    case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT:
      into.kind = kind_of(node);
      into.body = create_domain(*node.create_domain_stmt);
      return;
    case PG_QUERY__NODE__NODE_ALTER_DOMAIN_STMT:
      into.kind = kind_of(node);
      into.body = alter_domain(*node.alter_domain_stmt);
      return;
    default:
      break;  // PostgreSQL's enum of every node there is
  }
  auto const* const data = std::ranges::find(data_kinds, node.node_case, &DataKind::node);
  if (data != std::end(data_kinds) && !makes_table(node)) {
    return parse_data(into, node, data->words);
  }
  parse_rest(into, node);
}

}  // namespace bellows::sql
