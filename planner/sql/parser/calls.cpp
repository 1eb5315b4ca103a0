#include "planner/sql/parser/calls.hpp"

#include "planner/sql/parser/builtin_functions.hpp"

namespace bellows::sql {

namespace {

bool is_shipped_schema(Identifier const& schema) {
  return schema.empty() || schema.raw() == "pg_catalog";
}

FunctionKind call_kind(FuncCall const& call) {
  QualifiedName const name = tree::qualified(call.funcname);
  return is_shipped_schema(name.schema) ? function_kind(name.name.raw()) : FunctionKind::Unknown;
}

char const* objection_to(FuncCall const& call) {
  if (call.over != nullptr) {
    return "a window function cannot be computed row by row";
  }
  if (call.agg_star || call.agg_distinct || call.agg_within_group || call.agg_order != nullptr ||
      call.agg_filter != nullptr) {
    return "an aggregate cannot be computed row by row";
  }
  switch (call_kind(call)) {
    case FunctionKind::Aggregate:
      return "an aggregate cannot be computed row by row";
    case FunctionKind::Window:
      return "a window function cannot be computed row by row";
    case FunctionKind::Rows:
      return "a function that returns rows is not one value";
    case FunctionKind::Unknown:
    case FunctionKind::Plain:
    case FunctionKind::Volatile:
      return nullptr;
  }
  return nullptr;
}

/// Of kinds of node that are never part of a scalar expression over one row; null for the others.
char const* objection_to(Node const& node) {
  switch (node.type) {
    case T_SubLink:
      return "a subquery cannot be computed row by row";
    case T_SelectStmt:
      return "a query is not an expression";
    case T_ParamRef:
      return "a parameter has no value here";
    case T_A_Star:
      return "* is not one value";
    case T_SetToDefault:
      return "DEFAULT is not an expression";
    case T_GroupingFunc:
      return "GROUPING belongs to a query with GROUP BY";
    case T_JsonArrayAgg:
    case T_JsonObjectAgg:
      return "an aggregate cannot be computed row by row";
    case T_MergeSupportFunc:
      return "merge_action() belongs to MERGE";
    case T_FuncCall:
      return objection_to(*tree::as<FuncCall>(&node));
    default:  // PostgreSQL's enum of every node there is
      return nullptr;
  }
}

}  // namespace

Calls calls_in(Node const& root) {
  Calls calls;
  tree::each<FuncCall>(root, [&](FuncCall const& call) {
    FunctionKind const kind = call_kind(call);
    calls.volatile_function |= kind == FunctionKind::Volatile;
    if (kind == FunctionKind::Unknown) {
      calls.unknown.push_back({tree::qualified(call.funcname), tree::items(call.args).size()});
    }
  });
  return calls;
}

void require_scalar(Node const& expression) {
  if (tree::is<RowExpr>(&expression)) {
    throw SyntaxError("a row of several values is not one value", Position{});
  }
  tree::walk(expression, [](Node const& below) {
    if (char const* objection = objection_to(below)) {
      throw SyntaxError(objection, Position{});
    }
    return true;
  });
}

}  // namespace bellows::sql
