#include "planner/sql/parse_parts.hpp"
#include "planner/sql/type_name.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

/// ALTER TABLE's sub-commands: what gram.y calls them, and in words.
struct SubCommand {
  PgQuery__AlterTableType type;
  AlterAction action;
  std::string_view words;
};

#define BELLOWS_AT(name) PG_QUERY__ALTER_TABLE_TYPE__AT_##name
constexpr SubCommand sub_commands[] = {
    {BELLOWS_AT(AddColumn), AlterAction::AddColumn, "ADD COLUMN"},
    {BELLOWS_AT(DropColumn), AlterAction::DropColumn, "DROP COLUMN"},
    {BELLOWS_AT(ColumnDefault), AlterAction::SetDefault, "SET DEFAULT"},
    {BELLOWS_AT(SetNotNull), AlterAction::SetNotNull, "SET NOT NULL"},
    {BELLOWS_AT(DropNotNull), AlterAction::DropNotNull, "DROP NOT NULL"},
    {BELLOWS_AT(AlterColumnType), AlterAction::AlterType, "ALTER COLUMN TYPE"},
    {BELLOWS_AT(AddConstraint), AlterAction::AddConstraint, "ADD CONSTRAINT"},
    {BELLOWS_AT(DropConstraint), AlterAction::DropConstraint, "DROP CONSTRAINT"},
    {BELLOWS_AT(ValidateConstraint), AlterAction::ValidateConstraint, "VALIDATE CONSTRAINT"},
    {BELLOWS_AT(AddIdentity), AlterAction::AddIdentity, "ADD IDENTITY"},
    {BELLOWS_AT(DropIdentity), AlterAction::DropIdentity, "DROP IDENTITY"},
    {BELLOWS_AT(SetIdentity), AlterAction::Other, "SET IDENTITY"},
    {BELLOWS_AT(DropExpression), AlterAction::DropExpression, "DROP EXPRESSION"},
    {BELLOWS_AT(AttachPartition), AlterAction::AttachPartition, "ATTACH PARTITION"},
    {BELLOWS_AT(DetachPartition), AlterAction::DetachPartition, "DETACH PARTITION"},
    {BELLOWS_AT(DetachPartitionFinalize), AlterAction::DetachPartition,
     "DETACH PARTITION FINALIZE"},
    {BELLOWS_AT(AlterConstraint), AlterAction::Other, "ALTER CONSTRAINT"},
    {BELLOWS_AT(SetStatistics), AlterAction::Other, "SET STATISTICS"},
    {BELLOWS_AT(SetOptions), AlterAction::Other, "SET COLUMN OPTIONS"},
    {BELLOWS_AT(ResetOptions), AlterAction::Other, "RESET COLUMN OPTIONS"},
    {BELLOWS_AT(SetStorage), AlterAction::Other, "SET STORAGE"},
    {BELLOWS_AT(SetCompression), AlterAction::Other, "SET COMPRESSION"},
    {BELLOWS_AT(ChangeOwner), AlterAction::Other, "OWNER TO"},
    {BELLOWS_AT(ClusterOn), AlterAction::Other, "CLUSTER ON"},
    {BELLOWS_AT(DropCluster), AlterAction::Other, "SET WITHOUT CLUSTER"},
    {BELLOWS_AT(SetLogged), AlterAction::Other, "SET LOGGED"},
    {BELLOWS_AT(SetUnLogged), AlterAction::Other, "SET UNLOGGED"},
    {BELLOWS_AT(SetAccessMethod), AlterAction::Other, "SET ACCESS METHOD"},
    {BELLOWS_AT(SetTableSpace), AlterAction::Other, "SET TABLESPACE"},
    {BELLOWS_AT(SetRelOptions), AlterAction::Other, "SET OPTIONS"},
    {BELLOWS_AT(ResetRelOptions), AlterAction::Other, "RESET OPTIONS"},
    {BELLOWS_AT(EnableTrig), AlterAction::Other, "ENABLE TRIGGER"},
    {BELLOWS_AT(EnableAlwaysTrig), AlterAction::Other, "ENABLE ALWAYS TRIGGER"},
    {BELLOWS_AT(EnableReplicaTrig), AlterAction::Other, "ENABLE REPLICA TRIGGER"},
    {BELLOWS_AT(DisableTrig), AlterAction::Other, "DISABLE TRIGGER"},
    {BELLOWS_AT(EnableTrigAll), AlterAction::Other, "ENABLE TRIGGER ALL"},
    {BELLOWS_AT(DisableTrigAll), AlterAction::Other, "DISABLE TRIGGER ALL"},
    {BELLOWS_AT(EnableTrigUser), AlterAction::Other, "ENABLE TRIGGER USER"},
    {BELLOWS_AT(DisableTrigUser), AlterAction::Other, "DISABLE TRIGGER USER"},
    {BELLOWS_AT(EnableRule), AlterAction::Other, "ENABLE RULE"},
    {BELLOWS_AT(EnableAlwaysRule), AlterAction::Other, "ENABLE ALWAYS RULE"},
    {BELLOWS_AT(EnableReplicaRule), AlterAction::Other, "ENABLE REPLICA RULE"},
    {BELLOWS_AT(DisableRule), AlterAction::Other, "DISABLE RULE"},
    {BELLOWS_AT(AddInherit), AlterAction::Other, "INHERIT"},
    {BELLOWS_AT(DropInherit), AlterAction::Other, "NO INHERIT"},
    {BELLOWS_AT(AddOf), AlterAction::Other, "OF"},
    {BELLOWS_AT(DropOf), AlterAction::Other, "NOT OF"},
    {BELLOWS_AT(ReplicaIdentity), AlterAction::Other, "REPLICA IDENTITY"},
    {BELLOWS_AT(EnableRowSecurity), AlterAction::Other, "ENABLE ROW LEVEL SECURITY"},
    {BELLOWS_AT(DisableRowSecurity), AlterAction::Other, "DISABLE ROW LEVEL SECURITY"},
    {BELLOWS_AT(ForceRowSecurity), AlterAction::Other, "FORCE ROW LEVEL SECURITY"},
    {BELLOWS_AT(NoForceRowSecurity), AlterAction::Other, "NO FORCE ROW LEVEL SECURITY"},
    {BELLOWS_AT(GenericOptions), AlterAction::Other, "OPTIONS"},
    {BELLOWS_AT(AlterColumnGenericOptions), AlterAction::Other, "ALTER COLUMN OPTIONS"},
};
#undef BELLOWS_AT

constexpr SubCommand unknown_command{PG_QUERY__ALTER_TABLE_TYPE__ALTER_TABLE_TYPE_UNDEFINED,
                                     AlterAction::Other, "OTHER"};

std::string words_for(ConstraintDefinition const& constraint) {
  std::string const by_index = constraint.using_index.empty() ? "" : " USING INDEX";
  std::string const later = constraint.not_valid ? " NOT VALID" : "";
  switch (constraint.form) {
    case ConstraintForm::Check:
      return "ADD CHECK" + later;
    case ConstraintForm::ForeignKey:
      return "ADD FOREIGN KEY" + later;
    case ConstraintForm::Unique:
      return "ADD UNIQUE" + by_index;
    case ConstraintForm::PrimaryKey:
      return "ADD PRIMARY KEY" + by_index;
    case ConstraintForm::Exclude:
      return "ADD EXCLUDE";
    case ConstraintForm::NotNull:
      return "ADD NOT NULL" + later;
    case ConstraintForm::Null:
    case ConstraintForm::Default:
    case ConstraintForm::Generated:
    case ConstraintForm::Identity:
      return "ADD CONSTRAINT";
  }
  return "ADD CONSTRAINT";
}

std::string option_name(PgQuery__Node const& node) {
  if (node.node_case != PG_QUERY__NODE__NODE_DEF_ELEM) {
    return "";
  }
  std::string const space = node.def_elem->defnamespace;
  return space.empty() ? node.def_elem->defname : space + "." + node.def_elem->defname;
}

/// Of `column`, whatever table is named in front of it; outermost first.
std::optional<std::vector<TypeName>> casts_of(PgQuery__Node const* computed,
                                              Identifier const& column) {
  std::vector<TypeName> casts;
  while (computed != nullptr && computed->node_case != PG_QUERY__NODE__NODE_COLUMN_REF) {
    if (computed->node_case == PG_QUERY__NODE__NODE_TYPE_CAST) {
      casts.push_back(type_name(*computed->type_cast->type_name));
      computed = computed->type_cast->arg;
    } else if (computed->node_case == PG_QUERY__NODE__NODE_COLLATE_CLAUSE) {
      computed = computed->collate_clause->arg;  // the rows stay as they are
    } else {
      return std::nullopt;
    }
  }
  PgQuery__ColumnRef const* own = computed == nullptr ? nullptr : computed->column_ref;
  bool const is_it =
      own == nullptr || tree::text_of(own->fields[own->n_fields - 1]) == column.raw();
  return is_it ? std::optional(std::move(casts)) : std::nullopt;
}

/// ALTER COLUMN … TYPE, ADD COLUMN: both carry a column's definition.
void take_column(AlterTableCommand& command, PgQuery__ColumnDef& column) {
  if (command.action == AlterAction::AlterType) {
    command.type = type_name(*column.type_name);
    command.using_text = text_of_expression(column.raw_default);
    command.casts = casts_of(column.raw_default, command.name);
    if (command.casts) {
      std::ranges::reverse(*command.casts);
    }
    if (column.coll_clause != nullptr) {
      command.column.collation = column_definition(column).collation;
    }
  } else {
    command.column = column_definition(column);
    command.name = command.column.name;
  }
}

void take_constraint(AlterTableCommand& command, PgQuery__Constraint const& constraint) {
  command.constraint = constraint_definition(constraint, Identifier());
  if (command.action == AlterAction::AddConstraint) {
    command.kind = words_for(command.constraint);
    command.name = command.constraint.name;
  } else if (command.name.empty()) {
    command.name = command.constraint.name;
  }
  if (command.action == AlterAction::AddIdentity) {
    for (PgQuery__Node const* option : nodes(constraint.options, constraint.n_options)) {
      command.options.push_back(option_name(*option));
    }
  }
}

void take_definition(AlterTableCommand& command, PgQuery__Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_COLUMN_DEF:
      take_column(command, *node.column_def);
      break;
    case PG_QUERY__NODE__NODE_CONSTRAINT:
      take_constraint(command, *node.constraint);
      break;
    case PG_QUERY__NODE__NODE_TYPE_NAME:
      command.type = type_name(*node.type_name);
      break;
    case PG_QUERY__NODE__NODE_RANGE_VAR:
      command.other = tree::qualified(*node.range_var);
      break;
    case PG_QUERY__NODE__NODE_STRING:
      command.value = tree::text_of(&node);
      break;
    case PG_QUERY__NODE__NODE_REPLICA_IDENTITY_STMT:
      command.value = node.replica_identity_stmt->identity_type;
      command.name = Identifier(node.replica_identity_stmt->name);
      break;
    case PG_QUERY__NODE__NODE_PARTITION_CMD:
      command.other = tree::qualified(*node.partition_cmd->name);
      if (node.partition_cmd->bound != nullptr) {
        command.bounds = partition_bounds(*node.partition_cmd->bound);
      }
      if (node.partition_cmd->concurrent != 0) {
        command.kind += " CONCURRENTLY";
      }
      break;
    case PG_QUERY__NODE__NODE_LIST:
      for (PgQuery__Node const* item : nodes(node.list->items, node.list->n_items)) {
        command.options.push_back(option_name(*item));
        if (command.options.back() == "generated") {  // SET GENERATED: 'a' or 'd', as a number
          command.value = std::string(1, static_cast<char>(item->def_elem->arg->integer->ival));
        }
      }
      break;
    default:  // PostgreSQL's enum of every node there is; only a DEFAULT is an expression
      if (command.action == AlterAction::SetDefault) {
        command.expression = tree::deparse_expression(node);
      }
  }
}

AlterTableCommand alter_command(PgQuery__AlterTableCmd& raw) {
  auto const* const found = std::ranges::find(sub_commands, raw.subtype, &SubCommand::type);
  SubCommand const& known = found == std::end(sub_commands) ? unknown_command : *found;
  AlterTableCommand command;
  command.action = known.action;
  command.kind = known.words;
  command.name = Identifier(raw.name);
  command.cascade = raw.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
  command.if_exists = raw.missing_ok != 0;
  if (command.action == AlterAction::SetDefault && raw.def == nullptr) {
    command.action = AlterAction::DropDefault;
    command.kind = "DROP DEFAULT";
  }
  bool const is_default = command.action == AlterAction::SetDefault;
  if (is_default) {
    command.expression = tree::deparse_expression(*raw.def);
  } else if (raw.def != nullptr) {
    take_definition(command, *raw.def);
  }
  if (known.type == PG_QUERY__ALTER_TABLE_TYPE__AT_SetTableSpace ||
      known.type == PG_QUERY__ALTER_TABLE_TYPE__AT_SetAccessMethod) {
    command.value = raw.name;
  }
  return command;
}

void take_element(CreateTable& table, PgQuery__Node& element) {
  if (element.node_case == PG_QUERY__NODE__NODE_COLUMN_DEF) {
    table.columns.push_back(column_definition(*element.column_def));
  } else if (element.node_case == PG_QUERY__NODE__NODE_CONSTRAINT) {
    table.constraints.push_back(constraint_definition(*element.constraint, Identifier()));
  } else if (element.node_case == PG_QUERY__NODE__NODE_TABLE_LIKE_CLAUSE) {
    table.like.push_back(tree::qualified(*element.table_like_clause->relation));
    table.takes_more = table.takes_more || element.table_like_clause->options != 0;
  }
}

}  // namespace

CreateTable create_table(PgQuery__CreateStmt& statement) {
  CreateTable table;
  table.table = tree::qualified(*statement.relation);
  table.if_not_exists = statement.if_not_exists != 0;
  table.unlogged = is_unlogged(*statement.relation);
  if (statement.partspec != nullptr) {
    table.partition_key = partition_key(*statement.partspec);
  }
  if (statement.of_typename != nullptr) {
    table.of_type = tree::qualified(statement.of_typename->names, statement.of_typename->n_names);
  }
  for (PgQuery__Node* element : nodes(statement.table_elts, statement.n_table_elts)) {
    take_element(table, *element);
  }
  for (PgQuery__Node* constraint : nodes(statement.constraints, statement.n_constraints)) {
    take_element(table, *constraint);
  }
  for (PgQuery__Node const* parent : nodes(statement.inh_relations, statement.n_inh_relations)) {
    QualifiedName const name = tree::qualified(*parent->range_var);
    if (statement.partbound != nullptr) {
      table.partition_of = name;
      table.bounds = partition_bounds(*statement.partbound);
    } else {
      table.inherits.push_back(name);
    }
  }
  return table;
}

AlterTable alter_table(PgQuery__AlterTableStmt& statement) {
  AlterTable alter;
  alter.table = tree::qualified(*statement.relation);
  alter.on = object_type(statement.objtype).kind;
  alter.only = statement.relation->inh == 0;
  alter.if_exists = statement.missing_ok != 0;
  for (PgQuery__Node* command : nodes(statement.cmds, statement.n_cmds)) {
    alter.commands.push_back(alter_command(*command->alter_table_cmd));
  }
  return alter;
}

}  // namespace bellows::sql
