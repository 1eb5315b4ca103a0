#include "planner/sql/calls.hpp"
#include "planner/sql/parse_parts.hpp"
#include "planner/sql/type_name.hpp"

namespace bellows::sql {

namespace {

/// Nodes made on the stack, for a deparse: the strings stay their owner's.
struct StringNode {
  explicit StringNode(std::string& text) {
    pg_query__string__init(&string);
    pg_query__node__init(&node);
    string.sval = text.data();
    node.node_case = PG_QUERY__NODE__NODE_STRING;
    node.string = &string;
  }
  PgQuery__String string{};
  PgQuery__Node node{};
};

std::string after(std::string const& text, std::string_view prefix) {
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

/// `ALTER TABLE t ADD <constraint>` deparsed, with what is before the constraint cut off.
std::string deparse_constraint(PgQuery__Constraint& constraint) {
  PgQuery__Node definition;
  pg_query__node__init(&definition);
  definition.node_case = PG_QUERY__NODE__NODE_CONSTRAINT;
  definition.constraint = &constraint;
  PgQuery__AlterTableCmd command;
  pg_query__alter_table_cmd__init(&command);
  command.subtype = PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint;
  command.def = &definition;
  command.behavior = PG_QUERY__DROP_BEHAVIOR__DROP_RESTRICT;
  PgQuery__Node command_node;
  pg_query__node__init(&command_node);
  command_node.node_case = PG_QUERY__NODE__NODE_ALTER_TABLE_CMD;
  command_node.alter_table_cmd = &command;
  PgQuery__Node* commands[] = {&command_node};
  PgQuery__RangeVar table;
  pg_query__range_var__init(&table);
  std::string name = "t";
  std::string persistence = "p";
  table.relname = name.data();
  table.relpersistence = persistence.data();
  table.inh = 1;
  PgQuery__AlterTableStmt alter;
  pg_query__alter_table_stmt__init(&alter);
  alter.relation = &table;
  alter.n_cmds = 1;
  alter.cmds = commands;
  alter.objtype = PG_QUERY__OBJECT_TYPE__OBJECT_TABLE;
  PgQuery__Node statement;
  pg_query__node__init(&statement);
  statement.node_case = PG_QUERY__NODE__NODE_ALTER_TABLE_STMT;
  statement.alter_table_stmt = &alter;
  return after(tree::deparse(statement), "ALTER TABLE t ADD ");
}

/// A column's constraint is written as the table constraint that PostgreSQL makes of it.
std::string constraint_text(PgQuery__Constraint const& constraint, Identifier const& column) {
  PgQuery__Constraint copy = constraint;
  std::string no_name;
  copy.conname = no_name.data();
  std::string column_name = column.raw();
  StringNode key(column_name);
  PgQuery__Node* keys[] = {&key.node};
  if (!column.empty() && constraint.contype == PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN) {
    copy.n_fk_attrs = 1;
    copy.fk_attrs = keys;
  } else if (!column.empty() && constraint.contype != PG_QUERY__CONSTR_TYPE__CONSTR_CHECK) {
    copy.n_keys = 1;
    copy.keys = keys;
  }
  return deparse_constraint(copy);
}

std::optional<ConstraintForm> form_of(PgQuery__ConstrType type) {
  struct Row {
    PgQuery__ConstrType type;
    ConstraintForm form;
  };
  constexpr Row rows[] = {
      {PG_QUERY__CONSTR_TYPE__CONSTR_CHECK, ConstraintForm::Check},
      {PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL, ConstraintForm::NotNull},
      {PG_QUERY__CONSTR_TYPE__CONSTR_NULL, ConstraintForm::Null},
      {PG_QUERY__CONSTR_TYPE__CONSTR_DEFAULT, ConstraintForm::Default},
      {PG_QUERY__CONSTR_TYPE__CONSTR_GENERATED, ConstraintForm::Generated},
      {PG_QUERY__CONSTR_TYPE__CONSTR_IDENTITY, ConstraintForm::Identity},
      {PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE, ConstraintForm::Unique},
      {PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY, ConstraintForm::PrimaryKey},
      {PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN, ConstraintForm::ForeignKey},
      {PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION, ConstraintForm::Exclude},
  };
  for (Row const& row : rows) {
    if (row.type == type) {
      return row.form;
    }
  }
  return std::nullopt;  // CONSTR_ATTR_…: words about the constraint before it
}

std::vector<Identifier> columns_of(PgQuery__Constraint const& constraint, ConstraintForm form,
                                   Identifier const& column) {
  if (!column.empty()) {
    return {column};
  }
  if (form == ConstraintForm::ForeignKey) {
    return identifiers(nodes(constraint.fk_attrs, constraint.n_fk_attrs));
  }
  if (form == ConstraintForm::Check && constraint.raw_expr != nullptr) {
    return columns_in(constraint.raw_expr->base);
  }
  if (form != ConstraintForm::Exclude) {
    return identifiers(nodes(constraint.keys, constraint.n_keys));
  }
  std::vector<Identifier> columns;
  for (PgQuery__Node const* exclusion : nodes(constraint.exclusions, constraint.n_exclusions)) {
    PgQuery__IndexElem const& element = *exclusion->list->items[0]->index_elem;
    if (*element.name != '\0') {
      columns.emplace_back(element.name);
    }
  }
  return columns;
}

std::string simple_text(ConstraintDefinition const& definition) {
  switch (definition.form) {
    case ConstraintForm::NotNull:
      return "NOT NULL";
    case ConstraintForm::Null:
      return "NULL";
    case ConstraintForm::Default:
      return "DEFAULT " + definition.expression;
    case ConstraintForm::Generated:
      return "GENERATED ALWAYS AS (" + definition.expression + ") STORED";
    case ConstraintForm::Identity:
      return definition.identity_always ? "GENERATED ALWAYS AS IDENTITY"
                                        : "GENERATED BY DEFAULT AS IDENTITY";
    case ConstraintForm::Check:
    case ConstraintForm::Unique:
    case ConstraintForm::PrimaryKey:
    case ConstraintForm::ForeignKey:
    case ConstraintForm::Exclude:
      return "";
  }
  return "";
}

/// DEFERRABLE and its kin stand behind a column's constraint as nodes of their own.
void take_attribute(PgQuery__Constraint& constraint, PgQuery__ConstrType attribute) {
  if (attribute == PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRABLE) {
    constraint.deferrable = 1;
  }
  if (attribute == PG_QUERY__CONSTR_TYPE__CONSTR_ATTR_DEFERRED) {
    constraint.deferrable = constraint.initdeferred = 1;
  }
}

std::string list_text(std::vector<Identifier> const& names) {
  std::string text = "(";
  for (Identifier const& name : names) {
    text += (&name == &names.front() ? "" : ", ") + name.quoted();
  }
  return text + ")";
}

std::string key_text(PgQuery__Constraint const& key, ConstraintDefinition const& definition) {
  std::string text = definition.form == ConstraintForm::PrimaryKey ? "PRIMARY KEY " : "UNIQUE ";
  text +=
      (key.nulls_not_distinct != 0 ? "NULLS NOT DISTINCT " : "") + list_text(definition.columns);
  text += definition.include.empty() ? "" : " INCLUDE " + list_text(definition.include);
  text += key.deferrable != 0 ? " DEFERRABLE" : "";
  return text + (key.initdeferred != 0 ? " INITIALLY DEFERRED" : "");
}

/// Of most constraints, without the deparser, which does not know NULLS NOT DISTINCT and was a
/// twentieth of what a check takes. Empty: leave it to the deparser.
std::string plain_text(PgQuery__Constraint const& constraint,
                       ConstraintDefinition const& definition) {
  bool const key =
      definition.form == ConstraintForm::PrimaryKey || definition.form == ConstraintForm::Unique;
  bool const plain =
      constraint.n_options == 0 && *constraint.indexname == '\0' && *constraint.indexspace == '\0';
  if (key && plain) {
    return key_text(constraint, definition);
  }
  if (definition.form == ConstraintForm::Check) {
    return "CHECK (" + definition.expression + ")" + (definition.no_inherit ? " NO INHERIT" : "") +
           (definition.not_valid ? " NOT VALID" : "");
  }
  return "";
}

std::string collation_text(PgQuery__CollateClause const* clause) {
  return clause == nullptr ? "" : tree::qualified(clause->collname, clause->n_collname).quoted();
}

}  // namespace

ConstraintDefinition constraint_definition(PgQuery__Constraint const& constraint,
                                           Identifier const& column) {
  ConstraintDefinition result;
  result.form = form_of(constraint.contype).value_or(ConstraintForm::Null);
  result.name = Identifier(constraint.conname);
  result.columns = columns_of(constraint, result.form, column);
  result.include = identifiers(nodes(constraint.including, constraint.n_including));
  result.using_index = Identifier(constraint.indexname);
  result.not_valid = constraint.skip_validation != 0;
  result.no_inherit = constraint.is_no_inherit != 0;
  result.identity_always = std::string_view(constraint.generated_when) == "a";
  if (result.form == ConstraintForm::Identity) {
    result.sequence = named_sequence(constraint);
  }
  if (constraint.raw_expr != nullptr) {
    result.expression = text_of_expression(constraint.raw_expr);
    result.calls = calls_in(constraint.raw_expr->base);
    if (result.form == ConstraintForm::Check) {  // a column's CHECK may mention others
      result.columns = columns_in(constraint.raw_expr->base);
    }
  }
  if (constraint.pktable != nullptr) {
    result.references = tree::qualified(*constraint.pktable);
    result.referenced_columns = identifiers(nodes(constraint.pk_attrs, constraint.n_pk_attrs));
  }
  result.text = simple_text(result);
  if (result.text.empty()) {
    result.text = plain_text(constraint, result);
  }
  if (result.text.empty()) {
    result.text = constraint_text(constraint, column);
  }
  return result;
}

ColumnDefinition column_definition(PgQuery__ColumnDef& column) {
  ColumnDefinition result;
  result.name = Identifier(column.colname);
  if (column.type_name != nullptr) {
    result.type = type_name(*column.type_name);
  }
  result.collation = collation_text(column.coll_clause);
  auto const all = nodes(column.constraints, column.n_constraints);
  for (std::size_t i = 0; i < all.size(); ++i) {
    PgQuery__Constraint constraint = *all[i]->constraint;
    if (!form_of(constraint.contype)) {
      continue;
    }
    for (std::size_t j = i + 1; j < all.size() && !form_of(all[j]->constraint->contype); ++j) {
      take_attribute(constraint, all[j]->constraint->contype);
    }
    result.constraints.push_back(constraint_definition(constraint, result.name));
  }
  return result;
}

namespace {

void rename_strings(std::span<PgQuery__Node* const> names, Identifier const& column,
                    Identifier const& to) {
  for (PgQuery__Node* name : names) {
    if (tree::text_of(name) == column.raw()) {
      tree::assign(name->string->sval, to.raw());
    }
  }
}

void rename_own(PgQuery__Constraint& constraint, Identifier const& column, Identifier const& to) {
  rename_strings(nodes(constraint.keys, constraint.n_keys), column, to);
  rename_strings(nodes(constraint.including, constraint.n_including), column, to);
  rename_strings(nodes(constraint.fk_attrs, constraint.n_fk_attrs), column, to);
  rename_strings(nodes(constraint.fk_del_set_cols, constraint.n_fk_del_set_cols), column, to);
  tree::walk(constraint.base, [&](ProtobufCMessage& message) {
    auto* element = tree::cast<PgQuery__IndexElem>(message, pg_query__index_elem__descriptor);
    if (element != nullptr && element->name == column.raw()) {
      tree::assign(element->name, to.raw());
    }
    auto* used = tree::cast<PgQuery__ColumnRef>(message, pg_query__column_ref__descriptor);
    if (used != nullptr) {
      rename_strings(nodes(used->fields, used->n_fields), column, to);
    }
    return true;
  });
}

}  // namespace

std::string constraint_for_column(std::string_view definition, Identifier const& column,
                                  Identifier const& to, bool referenced) {
  tree::Parsed const parsed = tree::parse("ALTER TABLE t ADD " + std::string(definition));
  PgQuery__Node& node = *parsed->stmts[0]->stmt;
  if (parsed->n_stmts != 1 || node.node_case != PG_QUERY__NODE__NODE_ALTER_TABLE_STMT ||
      node.alter_table_stmt->n_cmds != 1) {
    throw SyntaxError("not one constraint: " + std::string(definition), Position{});
  }
  PgQuery__Node* constraint = node.alter_table_stmt->cmds[0]->alter_table_cmd->def;
  if (constraint == nullptr || constraint->node_case != PG_QUERY__NODE__NODE_CONSTRAINT) {
    throw SyntaxError("not a constraint: " + std::string(definition), Position{});
  }
  if (referenced) {
    PgQuery__Constraint const& key = *constraint->constraint;
    rename_strings(nodes(key.pk_attrs, key.n_pk_attrs), column, to);
  } else {
    rename_own(*constraint->constraint, column, to);
  }
  return deparse_constraint(*constraint->constraint);
}

}  // namespace bellows::sql
