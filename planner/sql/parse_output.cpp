#include "planner/sql/parse_parts.hpp"
#include "planner/sql/type_name.hpp"

// Names as PostgreSQL makes them up: src/backend/parser/parse_target.c, FigureColnameInternal().
namespace bellows::sql {

namespace {

/// What a name is worth: one of a column or a function outranks that of a cast's type.
struct Name {
  std::string text;
  int strength = 0;
};

Name name_of(PgQuery__Node const& node);

Name name_of_cast(PgQuery__TypeCast const& cast) {
  Name name = name_of(*cast.arg);
  PgQuery__TypeName const& type = *cast.type_name;
  if (name.strength <= 1 && type.n_names > 0) {
    name = {std::string(tree::text_of(type.names[type.n_names - 1])), 1};
  }
  return name;
}

Name name_of_case(PgQuery__CaseExpr const& expression) {
  Name name = expression.defresult == nullptr ? Name{} : name_of(*expression.defresult);
  return name.strength <= 1 ? Name{"case", 1} : name;
}

Name name_of(PgQuery__Node const& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_COLUMN_REF:
      return {std::string(tree::text_of(node.column_ref->fields[node.column_ref->n_fields - 1])),
              2};
    case PG_QUERY__NODE__NODE_FUNC_CALL:
      return {std::string(tree::text_of(node.func_call->funcname[node.func_call->n_funcname - 1])),
              2};
    case PG_QUERY__NODE__NODE_TYPE_CAST:
      return name_of_cast(*node.type_cast);
    case PG_QUERY__NODE__NODE_CASE_EXPR:
      return name_of_case(*node.case_expr);
    case PG_QUERY__NODE__NODE_COALESCE_EXPR:
      return {"coalesce", 2};
    case PG_QUERY__NODE__NODE_MIN_MAX_EXPR:
      return {node.min_max_expr->op == PG_QUERY__MIN_MAX_OP__IS_GREATEST ? "greatest" : "least", 2};
    default:  // PostgreSQL's enum of every node there is
      return {};
  }
}

/// Nodes that PostgreSQL calls "?column?".
bool is_nameless(PgQuery__Node const& node) {
  return node.node_case == PG_QUERY__NODE__NODE_A_CONST ||
         node.node_case == PG_QUERY__NODE__NODE_BOOL_EXPR ||
         node.node_case == PG_QUERY__NODE__NODE_NULL_TEST ||
         (node.node_case == PG_QUERY__NODE__NODE_A_EXPR &&
          node.a_expr->kind != PG_QUERY__A__EXPR__KIND__AEXPR_NULLIF);
}

void take_origin(OutputColumn& column, PgQuery__Node const& node) {
  if (node.node_case == PG_QUERY__NODE__NODE_TYPE_CAST) {
    column.type = type_name(*node.type_cast->type_name);
    return;
  }
  if (node.node_case == PG_QUERY__NODE__NODE_FUNC_CALL &&
      tree::text_of(node.func_call->funcname[node.func_call->n_funcname - 1]) == "count" &&
      node.func_call->n_funcname == 1) {
    column.type.text = "bigint";
  }
  if (node.node_case == PG_QUERY__NODE__NODE_COLUMN_REF) {
    PgQuery__ColumnRef const& reference = *node.column_ref;
    column.column =
        Identifier(std::string(tree::text_of(reference.fields[reference.n_fields - 1])));
    if (reference.n_fields > 1) {
      column.qualifier =
          Identifier(std::string(tree::text_of(reference.fields[reference.n_fields - 2])));
    }
  }
}

bool is_star(PgQuery__Node const& node) {
  return node.node_case == PG_QUERY__NODE__NODE_COLUMN_REF &&
         node.column_ref->fields[node.column_ref->n_fields - 1]->node_case ==
             PG_QUERY__NODE__NODE_A_STAR;
}

std::optional<OutputColumn> output_column(PgQuery__ResTarget const& target) {
  OutputColumn column;
  take_origin(column, *target.val);
  column.star = is_star(*target.val);
  Name const name = name_of(*target.val);
  column.name = Identifier(*target.name != '\0' ? target.name : name.text.c_str());
  if (column.name.empty() && !column.star) {
    if (!is_nameless(*target.val)) {
      return std::nullopt;
    }
    column.name = Identifier("?column?");
  }
  return column;
}

/// Tables side by side, or joined ON: each has its columns for itself.
bool take_from(PgQuery__Node const& node, Output& output) {
  if (node.node_case == PG_QUERY__NODE__NODE_RANGE_VAR) {
    PgQuery__RangeVar const& range = *node.range_var;
    bool const plain = range.alias == nullptr || range.alias->n_colnames == 0;
    output.from.push_back(
        {tree::qualified(range), Identifier(range.alias == nullptr ? "" : range.alias->aliasname)});
    return plain;
  }
  if (node.node_case != PG_QUERY__NODE__NODE_JOIN_EXPR) {
    return false;
  }
  PgQuery__JoinExpr const& join = *node.join_expr;
  bool const plain = join.is_natural == 0 && join.n_using_clause == 0 && join.alias == nullptr;
  return plain && take_from(*join.larg, output) && take_from(*join.rarg, output);
}

}  // namespace

std::optional<Output> output_of(PgQuery__Node const* query, std::span<PgQuery__Node* const> names) {
  bool const simple = query != nullptr && query->node_case == PG_QUERY__NODE__NODE_SELECT_STMT &&
                      query->select_stmt->op == PG_QUERY__SET_OPERATION__SETOP_NONE &&
                      query->select_stmt->with_clause == nullptr &&
                      query->select_stmt->n_values_lists == 0;
  if (!simple) {
    return std::nullopt;
  }
  PgQuery__SelectStmt const& select = *query->select_stmt;
  Output output;
  for (PgQuery__Node const* item : nodes(select.from_clause, select.n_from_clause)) {
    if (!take_from(*item, output)) {
      return std::nullopt;
    }
  }
  for (PgQuery__Node const* target : nodes(select.target_list, select.n_target_list)) {
    std::optional<OutputColumn> column = output_column(*target->res_target);
    if (!column) {
      return std::nullopt;
    }
    output.columns.push_back(std::move(*column));
  }
  output.names = identifiers(names);
  return output;
}

}  // namespace bellows::sql
