#include "planner/sql/parser/parse_parts.hpp"
#include "planner/sql/parser/type_name.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

/// ALTER TABLE's sub-commands: what gram.y calls them, and in words.
struct SubCommand {
  AlterTableType type;
  AlterAction action;
  std::string_view words;
};

constexpr SubCommand sub_commands[] = {
    {AT_AddColumn, AlterAction::AddColumn, "ADD COLUMN"},
    {AT_DropColumn, AlterAction::DropColumn, "DROP COLUMN"},
    {AT_ColumnDefault, AlterAction::SetDefault, "SET DEFAULT"},
    {AT_SetNotNull, AlterAction::SetNotNull, "SET NOT NULL"},
    {AT_DropNotNull, AlterAction::DropNotNull, "DROP NOT NULL"},
    {AT_AlterColumnType, AlterAction::AlterType, "ALTER COLUMN TYPE"},
    {AT_AddConstraint, AlterAction::AddConstraint, "ADD CONSTRAINT"},
    {AT_DropConstraint, AlterAction::DropConstraint, "DROP CONSTRAINT"},
    {AT_ValidateConstraint, AlterAction::ValidateConstraint, "VALIDATE CONSTRAINT"},
    {AT_AddIdentity, AlterAction::AddIdentity, "ADD IDENTITY"},
    {AT_DropIdentity, AlterAction::DropIdentity, "DROP IDENTITY"},
    {AT_SetIdentity, AlterAction::Other, "SET IDENTITY"},
    {AT_SetExpression, AlterAction::SetExpression, "SET EXPRESSION"},
    {AT_DropExpression, AlterAction::DropExpression, "DROP EXPRESSION"},
    {AT_AttachPartition, AlterAction::AttachPartition, "ATTACH PARTITION"},
    {AT_DetachPartition, AlterAction::DetachPartition, "DETACH PARTITION"},
    {AT_DetachPartitionFinalize, AlterAction::DetachPartition, "DETACH PARTITION FINALIZE"},
    {AT_AlterConstraint, AlterAction::Other, "ALTER CONSTRAINT"},
    {AT_SetStatistics, AlterAction::Other, "SET STATISTICS"},
    {AT_SetOptions, AlterAction::Other, "SET COLUMN OPTIONS"},
    {AT_ResetOptions, AlterAction::Other, "RESET COLUMN OPTIONS"},
    {AT_SetStorage, AlterAction::Other, "SET STORAGE"},
    {AT_SetCompression, AlterAction::Other, "SET COMPRESSION"},
    {AT_ChangeOwner, AlterAction::Other, "OWNER TO"},
    {AT_ClusterOn, AlterAction::Other, "CLUSTER ON"},
    {AT_DropCluster, AlterAction::Other, "SET WITHOUT CLUSTER"},
    {AT_DropOids, AlterAction::Other, "SET WITHOUT OIDS"},
    {AT_SetLogged, AlterAction::Other, "SET LOGGED"},
    {AT_SetUnLogged, AlterAction::Other, "SET UNLOGGED"},
    {AT_SetAccessMethod, AlterAction::Other, "SET ACCESS METHOD"},
    {AT_SetTableSpace, AlterAction::Other, "SET TABLESPACE"},
    {AT_SetRelOptions, AlterAction::Other, "SET OPTIONS"},
    {AT_ResetRelOptions, AlterAction::Other, "RESET OPTIONS"},
    {AT_EnableTrig, AlterAction::Other, "ENABLE TRIGGER"},
    {AT_EnableAlwaysTrig, AlterAction::Other, "ENABLE ALWAYS TRIGGER"},
    {AT_EnableReplicaTrig, AlterAction::Other, "ENABLE REPLICA TRIGGER"},
    {AT_DisableTrig, AlterAction::Other, "DISABLE TRIGGER"},
    {AT_EnableTrigAll, AlterAction::Other, "ENABLE TRIGGER ALL"},
    {AT_DisableTrigAll, AlterAction::Other, "DISABLE TRIGGER ALL"},
    {AT_EnableTrigUser, AlterAction::Other, "ENABLE TRIGGER USER"},
    {AT_DisableTrigUser, AlterAction::Other, "DISABLE TRIGGER USER"},
    {AT_EnableRule, AlterAction::Other, "ENABLE RULE"},
    {AT_EnableAlwaysRule, AlterAction::Other, "ENABLE ALWAYS RULE"},
    {AT_EnableReplicaRule, AlterAction::Other, "ENABLE REPLICA RULE"},
    {AT_DisableRule, AlterAction::Other, "DISABLE RULE"},
    {AT_AddInherit, AlterAction::Other, "INHERIT"},
    {AT_DropInherit, AlterAction::Other, "NO INHERIT"},
    {AT_AddOf, AlterAction::Other, "OF"},
    {AT_DropOf, AlterAction::Other, "NOT OF"},
    {AT_ReplicaIdentity, AlterAction::Other, "REPLICA IDENTITY"},
    {AT_EnableRowSecurity, AlterAction::Other, "ENABLE ROW LEVEL SECURITY"},
    {AT_DisableRowSecurity, AlterAction::Other, "DISABLE ROW LEVEL SECURITY"},
    {AT_ForceRowSecurity, AlterAction::Other, "FORCE ROW LEVEL SECURITY"},
    {AT_NoForceRowSecurity, AlterAction::Other, "NO FORCE ROW LEVEL SECURITY"},
    {AT_GenericOptions, AlterAction::Other, "OPTIONS"},
    {AT_AlterColumnGenericOptions, AlterAction::Other, "ALTER COLUMN OPTIONS"},
};

constexpr SubCommand unknown_command{AT_ReAddStatistics, AlterAction::Other, "OTHER"};

std::string words_for(ConstraintDefinition const& constraint) {
  std::string const by_index = constraint.period                ? " WITHOUT OVERLAPS"
                               : constraint.using_index.empty() ? ""
                                                                : " USING INDEX";
  std::string const later = constraint.not_enforced ? " NOT ENFORCED"
                            : constraint.not_valid  ? " NOT VALID"
                                                    : "";
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

std::string words_for(ATAlterConstraint const& change) {
  if (change.alterEnforceability) {
    return change.is_enforced ? "ALTER CONSTRAINT ENFORCED" : "ALTER CONSTRAINT NOT ENFORCED";
  }
  if (change.alterInheritability) {
    return change.noinherit ? "ALTER CONSTRAINT NO INHERIT" : "ALTER CONSTRAINT INHERIT";
  }
  return "ALTER CONSTRAINT";
}

std::string option_name(DefElem const& option) {
  std::string const space(tree::text(option.defnamespace));
  return space.empty() ? option.defname : space + "." + option.defname;
}

/// Of `column`, whatever table is named in front of it; outermost first.
std::optional<std::vector<TypeName>> casts_of(Node const* computed, Identifier const& column) {
  std::vector<TypeName> casts;
  while (computed != nullptr && !tree::is<ColumnRef>(computed)) {
    if (auto const* cast = tree::as<TypeCast>(computed)) {
      casts.push_back(type_name(*cast->typeName));
      computed = cast->arg;
    } else if (auto const* collated = tree::as<CollateClause>(computed)) {
      computed = collated->arg;  // the rows stay as they are
    } else {
      return std::nullopt;
    }
  }
  auto const* own = tree::as<ColumnRef>(computed);
  bool const is_it = own == nullptr || last_name(*own) == column.raw();
  return is_it ? std::optional(std::move(casts)) : std::nullopt;
}

/// ALTER COLUMN … TYPE, ADD COLUMN: both carry a column's definition.
void take(AlterTableCommand& command, ColumnDef const& column) {
  if (command.action == AlterAction::AlterType) {
    command.type = type_name(*column.typeName);
    command.using_text = text_of_expression(column.raw_default);
    command.casts = casts_of(column.raw_default, command.name);
    if (command.casts) {
      std::ranges::reverse(*command.casts);
    }
    if (column.collClause != nullptr) {
      command.column.collation = column_definition(column).collation;
    }
    return;
  }
  command.column = column_definition(column);
  command.name = command.column.name;
  if (std::ranges::any_of(command.column.constraints, &ConstraintDefinition::virtual_column)) {
    command.kind += " VIRTUAL";
  }
}

void take(AlterTableCommand& command, Constraint const& constraint) {
  command.constraint = constraint_definition(constraint, Identifier());
  if (command.action == AlterAction::AddConstraint) {
    command.kind = words_for(command.constraint);
    command.name = command.constraint.name;
  } else if (command.name.empty()) {
    command.name = command.constraint.name;
  }
  if (command.action == AlterAction::AddIdentity) {
    for (DefElem const* option : tree::items<DefElem>(constraint.options)) {
      command.options.push_back(option_name(*option));
    }
  }
}

void take(AlterTableCommand& command, PartitionCmd const& partition) {
  command.other = tree::qualified(*partition.name);
  if (partition.bound != nullptr) {
    command.bounds = partition_bounds(*partition.bound);
  }
  if (partition.concurrent) {
    command.kind += " CONCURRENTLY";
  }
}

/// Empty where it is not said, or is no number and no word.
std::string option_value(DefElem const& option) {
  if (auto const* number = tree::as<Integer>(option.arg)) {
    return std::to_string(number->ival);
  }
  if (auto const* number = tree::as<Float>(option.arg)) {
    return number->fval;
  }
  return std::string(tree::text_of(option.arg));
}

/// SET (…), RESET (…), SET GENERATED …
void take(AlterTableCommand& command, List const& options) {
  for (DefElem const* option : tree::items<DefElem>(&options)) {
    command.options.push_back(option_name(*option));
    command.option_values.push_back(option_value(*option));
    if (command.options.back() == "generated") {  // SET GENERATED: 'a' or 'd', as a number
      command.value = std::string(1, static_cast<char>(tree::as<Integer>(option->arg)->ival));
    }
  }
}

void take_definition(AlterTableCommand& command, Node const* node) {
  bool const expression =
      command.action == AlterAction::SetDefault || command.action == AlterAction::SetExpression;
  if (node == nullptr) {
    return;
  }
  if (expression) {
    command.expression = tree::deparse_expression(*node);
  } else if (auto const* column = tree::as<ColumnDef>(node)) {
    take(command, *column);
  } else if (auto const* constraint = tree::as<Constraint>(node)) {
    take(command, *constraint);
  } else if (auto const* change = tree::as<ATAlterConstraint>(node)) {
    command.kind = words_for(*change);
    command.name = identifier(change->conname);
  } else if (auto const* type = tree::as<::TypeName>(node)) {
    command.type = type_name(*type);
  } else if (auto const* relation = tree::as<RangeVar>(node)) {
    command.other = tree::qualified(*relation);
  } else if (auto const* replica = tree::as<ReplicaIdentityStmt>(node)) {
    command.value = std::string(1, replica->identity_type);
    command.name = identifier(replica->name);
  } else if (auto const* partition = tree::as<PartitionCmd>(node)) {
    take(command, *partition);
  } else if (auto const* options = tree::as<List>(node)) {
    take(command, *options);
  } else {
    command.value = tree::text_of(node);
  }
}

AlterTableCommand alter_command(AlterTableCmd const& raw) {
  auto const* const found = std::ranges::find(sub_commands, raw.subtype, &SubCommand::type);
  SubCommand const& known = found == std::end(sub_commands) ? unknown_command : *found;
  AlterTableCommand command;
  command.action = known.action;
  command.kind = known.words;
  command.name = identifier(raw.name);
  command.cascade = raw.behavior == DROP_CASCADE;
  command.if_exists = raw.missing_ok;
  if (command.action == AlterAction::SetDefault && raw.def == nullptr) {
    command.action = AlterAction::DropDefault;
    command.kind = "DROP DEFAULT";
  }
  take_definition(command, raw.def);
  if (known.type == AT_SetTableSpace || known.type == AT_SetAccessMethod) {
    command.value = tree::text(raw.name);
  }
  if (known.type == AT_SetStatistics && raw.num != 0) {
    command.value = std::to_string(raw.num);
  }
  return command;
}

void take_element(CreateTable& table, Node const* element) {
  if (auto const* column = tree::as<ColumnDef>(element)) {
    table.columns.push_back(column_definition(*column));
  } else if (auto const* constraint = tree::as<Constraint>(element)) {
    table.constraints.push_back(constraint_definition(*constraint, Identifier()));
  } else if (auto const* like = tree::as<TableLikeClause>(element)) {
    table.like.push_back(tree::qualified(*like->relation));
    table.takes_more = table.takes_more || like->options != 0;
  }
}

}  // namespace

CreateTable create_table(CreateStmt const& statement) {
  CreateTable table;
  table.table = tree::qualified(*statement.relation);
  table.if_not_exists = statement.if_not_exists;
  table.unlogged = is_unlogged(*statement.relation);
  if (statement.partspec != nullptr) {
    table.partition_key = partition_key(*statement.partspec);
  }
  if (statement.ofTypename != nullptr) {
    table.of_type = tree::qualified(statement.ofTypename->names);
  }
  for (List const* elements : {statement.tableElts, statement.constraints}) {
    for (Node const* element : tree::items(elements)) {
      take_element(table, element);
    }
  }
  for (RangeVar const* parent : tree::items<RangeVar>(statement.inhRelations)) {
    QualifiedName const name = tree::qualified(*parent);
    if (statement.partbound != nullptr) {
      table.partition_of = name;
      table.bounds = partition_bounds(*statement.partbound);
    } else {
      table.inherits.push_back(name);
    }
  }
  return table;
}

AlterTable alter_table(AlterTableStmt const& statement) {
  AlterTable alter;
  alter.table = tree::qualified(*statement.relation);
  alter.on = object_type(statement.objtype).kind;
  alter.only = !statement.relation->inh;
  alter.if_exists = statement.missing_ok;
  for (AlterTableCmd const* command : tree::items<AlterTableCmd>(statement.cmds)) {
    alter.commands.push_back(alter_command(*command));
  }
  return alter;
}

}  // namespace bellows::sql
