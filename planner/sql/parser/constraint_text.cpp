#include "planner/sql/parser/constraint_text.hpp"

#include "planner/sql/parser/parse_parts.hpp"

namespace bellows::sql {

namespace {

/// `last_word` goes to the last one: "PERIOD " in front of it.
std::string list_text(std::vector<Identifier> const& names, std::string const& before_last = "",
                      std::string const& behind_last = "") {
  std::string text = "(";
  for (Identifier const& name : names) {
    bool const last = &name == &names.back();
    text += (&name == &names.front() ? "" : ", ") + (last ? before_last : "") + name.quoted();
  }
  return text + behind_last + ")";
}

std::string attributes_text(Constraint const& constraint, ConstraintDefinition const& definition) {
  std::string text = constraint.deferrable ? " DEFERRABLE" : "";
  text += constraint.initdeferred ? " INITIALLY DEFERRED" : "";
  text += definition.no_inherit ? " NO INHERIT" : "";
  return text + (definition.not_enforced ? " NOT ENFORCED"
                 : definition.not_valid  ? " NOT VALID"
                                         : "");
}

std::string key_text(Constraint const& key, ConstraintDefinition const& definition) {
  std::string text = definition.form == ConstraintForm::PrimaryKey ? "PRIMARY KEY " : "UNIQUE ";
  text += key.nulls_not_distinct ? "NULLS NOT DISTINCT " : "";
  text += list_text(definition.columns, "", key.without_overlaps ? " WITHOUT OVERLAPS" : "");
  text += definition.include.empty() ? "" : " INCLUDE " + list_text(definition.include);
  return text + attributes_text(key, definition);
}

std::string action_text(char action) {
  switch (action) {
    case FKCONSTR_ACTION_RESTRICT:
      return "RESTRICT";
    case FKCONSTR_ACTION_CASCADE:
      return "CASCADE";
    case FKCONSTR_ACTION_SETNULL:
      return "SET NULL";
    case FKCONSTR_ACTION_SETDEFAULT:
      return "SET DEFAULT";
    default:  // a char of pg_constraint: NO ACTION, or not said
      return "";
  }
}

std::string foreign_key_text(Constraint const& key, ConstraintDefinition const& definition) {
  std::string text = "FOREIGN KEY " +
                     list_text(definition.columns, key.fk_with_period ? "PERIOD " : "") +
                     " REFERENCES " + definition.references.quoted();
  if (!definition.referenced_columns.empty()) {
    text += " " + list_text(definition.referenced_columns, key.pk_with_period ? "PERIOD " : "");
  }
  text += key.fk_matchtype == FKCONSTR_MATCH_FULL ? " MATCH FULL" : "";
  if (std::string const action = action_text(key.fk_upd_action); !action.empty()) {
    text += " ON UPDATE " + action;
  }
  if (std::string const action = action_text(key.fk_del_action); !action.empty()) {
    text += " ON DELETE " + action;
    text += key.fk_del_set_cols == nullptr ? "" : " " + list_text(identifiers(key.fk_del_set_cols));
  }
  return text + attributes_text(key, definition);
}

/// A list of what is in `cell`, for a tree that is made here.
List list_of_one(ListCell& cell) {
  List list{};
  list.type = T_List;
  list.length = list.max_length = 1;
  list.elements = &cell;
  return list;
}

/// `ALTER TABLE t ADD <constraint>` deparsed, with what is before the constraint cut off.
std::string deparsed(Constraint constraint) {
  constraint.conname = nullptr;
  AlterTableCmd command{};
  command.type = T_AlterTableCmd;
  command.subtype = AT_AddConstraint;
  command.def = reinterpret_cast<Node*>(&constraint);
  ListCell cell{&command};
  List commands = list_of_one(cell);
  std::string name = "t";
  RangeVar table{};
  table.type = T_RangeVar;
  table.relname = name.data();
  table.relpersistence = 'p';
  table.inh = true;
  AlterTableStmt alter{};
  alter.type = T_AlterTableStmt;
  alter.relation = &table;
  alter.cmds = &commands;
  alter.objtype = OBJECT_TABLE;
  constexpr std::string_view before = "ALTER TABLE t ADD ";
  return tree::deparse(tree::node(alter)).substr(before.size());
}

/// The deparser writes a column's key without its column.
std::string deparsed_key(Constraint constraint, ConstraintDefinition const& definition) {
  if (constraint.keys != nullptr || !definition.using_index.empty()) {
    return deparsed(constraint);
  }
  std::string column = definition.columns.front().raw();
  String name{};
  name.type = T_String;
  name.sval = column.data();
  ListCell cell{&name};
  List keys = list_of_one(cell);
  constraint.keys = &keys;
  return deparsed(constraint);
}

}  // namespace

std::string constraint_text(Constraint const& constraint, ConstraintDefinition const& definition,
                            bool of_table) {
  switch (definition.form) {
    case ConstraintForm::NotNull:
      return "NOT NULL" + (of_table ? " " + definition.columns.front().quoted() : "") +
             attributes_text(constraint, definition);
    case ConstraintForm::Null:
      return "NULL";
    case ConstraintForm::Default:
      return "DEFAULT " + definition.expression;
    case ConstraintForm::Generated:
      return "GENERATED ALWAYS AS (" + definition.expression + ") " +
             (definition.virtual_column ? "VIRTUAL" : "STORED");
    case ConstraintForm::Identity:
      return definition.identity_always ? "GENERATED ALWAYS AS IDENTITY"
                                        : "GENERATED BY DEFAULT AS IDENTITY";
    case ConstraintForm::Check:
      return "CHECK (" + definition.expression + ")" + attributes_text(constraint, definition);
    case ConstraintForm::ForeignKey:
      return foreign_key_text(constraint, definition);
    case ConstraintForm::Exclude:
      return deparsed(constraint);
    case ConstraintForm::Unique:
    case ConstraintForm::PrimaryKey:
      return constraint.options == nullptr && constraint.indexname == nullptr &&
                     constraint.indexspace == nullptr
                 ? key_text(constraint, definition)
                 : deparsed_key(constraint, definition);
  }
  return "";
}

}  // namespace bellows::sql
