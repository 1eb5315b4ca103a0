#include "planner/sql/parse_parts.hpp"
#include "planner/sql/type_name.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

Uses::Column column_use(PgQuery__ColumnRef const& reference) {
  Uses::Column use;
  use.name = Identifier(std::string(tree::text_of(reference.fields[reference.n_fields - 1])));
  if (reference.n_fields > 1) {
    use.qualifier =
        Identifier(std::string(tree::text_of(reference.fields[reference.n_fields - 2])));
  }
  return use;
}

std::string const* string_constant(PgQuery__Node const& node, std::string& into) {
  bool const text = node.node_case == PG_QUERY__NODE__NODE_A_CONST &&
                    node.a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL;
  if (!text) {
    return nullptr;
  }
  into = node.a_const->sval->sval;
  return &into;
}

/// The first schema that is named: "$user" is rarely there. `text` is a list, as in a setting.
std::string first_schema(std::string_view text) {
  while (!text.empty()) {
    std::size_t const comma = std::min(text.find(','), text.size());
    std::string_view word = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    word.remove_prefix(std::min(word.find_first_not_of(" \""), word.size()));
    word = word.substr(0, word.find_last_not_of(" \"") + 1);
    if (!word.empty() && word != "$user") {
      return std::string(word);
    }
  }
  return "";
}

std::optional<std::string> from_set(PgQuery__VariableSetStmt const& statement) {
  if (std::string_view(statement.name) != "search_path") {
    return std::nullopt;
  }
  if (statement.kind == PG_QUERY__VARIABLE_SET_KIND__VAR_SET_DEFAULT ||
      statement.kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET) {
    return "public";
  }
  std::string all;
  std::string value;
  for (PgQuery__Node const* argument : nodes(statement.args, statement.n_args)) {
    if (string_constant(*argument, value) != nullptr) {
      all += (all.empty() ? "" : ",") + value;
    }
  }
  return first_schema(all);
}

/// SELECT pg_catalog.set_config('search_path', '', false), as pg_dump says it.
std::optional<std::string> from_select(PgQuery__SelectStmt const& statement) {
  if (statement.n_target_list != 1 || statement.n_from_clause != 0 ||
      statement.target_list[0]->res_target->val == nullptr ||
      statement.target_list[0]->res_target->val->node_case != PG_QUERY__NODE__NODE_FUNC_CALL) {
    return std::nullopt;
  }
  PgQuery__FuncCall const& call = *statement.target_list[0]->res_target->val->func_call;
  std::string setting;
  std::string value;
  bool const sets = tree::qualified(call.funcname, call.n_funcname).name.raw() == "set_config" &&
                    call.n_args >= 2 && string_constant(*call.args[0], setting) != nullptr &&
                    setting == "search_path" && string_constant(*call.args[1], value) != nullptr;
  return sets ? std::optional(first_schema(value)) : std::nullopt;
}

}  // namespace

Uses uses_in(ProtobufCMessage& node) {
  Uses uses;
  tree::walk(node, [&](ProtobufCMessage& message) {
    if (auto* range = tree::cast<PgQuery__RangeVar>(message, pg_query__range_var__descriptor)) {
      Identifier const alias(range->alias == nullptr ? "" : range->alias->aliasname);
      uses.relations.push_back({tree::qualified(*range), alias});
    }
    if (auto* join = tree::cast<PgQuery__JoinExpr>(message, pg_query__join_expr__descriptor)) {
      for (Identifier& column : identifiers(nodes(join->using_clause, join->n_using_clause))) {
        uses.columns.push_back({Identifier(), std::move(column)});
      }
    }
    if (auto* used = tree::cast<PgQuery__ColumnRef>(message, pg_query__column_ref__descriptor)) {
      uses.columns.push_back(column_use(*used));
    }
    return true;
  });
  return uses;
}

DomainChange create_domain(PgQuery__CreateDomainStmt& statement) {
  DomainChange change;
  change.domain = tree::qualified(statement.domainname, statement.n_domainname);
  change.creates = true;
  change.base = type_name(*statement.type_name);
  for (PgQuery__Node const* node : nodes(statement.constraints, statement.n_constraints)) {
    PgQuery__ConstrType const type = node->constraint->contype;
    change.constrains = change.constrains || type == PG_QUERY__CONSTR_TYPE__CONSTR_CHECK ||
                        type == PG_QUERY__CONSTR_TYPE__CONSTR_NOTNULL;
  }
  return change;
}

DomainChange alter_domain(PgQuery__AlterDomainStmt const& statement) {
  constexpr std::string_view constraining = "CO";  // ADD CONSTRAINT, SET NOT NULL (gram.y)
  DomainChange change;
  change.domain = tree::qualified(statement.type_name, statement.n_type_name);
  change.constrains = constraining.find(*statement.subtype) != std::string_view::npos;
  return change;
}

std::optional<std::string> search_path_of(PgQuery__Node const& statement) {
  if (statement.node_case == PG_QUERY__NODE__NODE_VARIABLE_SET_STMT) {
    return from_set(*statement.variable_set_stmt);
  }
  if (statement.node_case == PG_QUERY__NODE__NODE_SELECT_STMT) {
    return from_select(*statement.select_stmt);
  }
  return std::nullopt;
}

}  // namespace bellows::sql
