#include "planner/sql/calls.hpp"

#include "planner/sql/builtin_functions.hpp"

namespace bellows::sql {

namespace {

bool is_shipped_schema(Identifier const& schema) {
  return schema.empty() || schema.raw() == "pg_catalog";
}

FunctionKind kind_of(PgQuery__FuncCall const& call) {
  QualifiedName const name = tree::qualified(call.funcname, call.n_funcname);
  return is_shipped_schema(name.schema) ? function_kind(name.name.raw()) : FunctionKind::Unknown;
}

char const* objection_to_call(PgQuery__FuncCall const& call) {
  if (call.over != nullptr) {
    return "a window function cannot be computed row by row";
  }
  if (call.agg_star != 0 || call.agg_distinct != 0 || call.agg_within_group != 0 ||
      call.n_agg_order > 0 || call.agg_filter != nullptr) {
    return "an aggregate cannot be computed row by row";
  }
  switch (kind_of(call)) {
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

/// Kinds of node that are never part of a scalar expression over one row.
struct Forbidden {
  ProtobufCMessageDescriptor const* type;
  char const* objection;
};

Forbidden const forbidden[] = {
    {&pg_query__sub_link__descriptor, "a subquery cannot be computed row by row"},
    {&pg_query__select_stmt__descriptor, "a query is not an expression"},
    {&pg_query__param_ref__descriptor, "a parameter has no value here"},
    {&pg_query__a__star__descriptor, "* is not one value"},
    {&pg_query__set_to_default__descriptor, "DEFAULT is not an expression"},
    {&pg_query__grouping_func__descriptor, "GROUPING belongs to a query with GROUP BY"},
};

char const* objection_to(ProtobufCMessage& message) {
  for (Forbidden const& entry : forbidden) {
    if (message.descriptor == entry.type) {
      return entry.objection;
    }
  }
  auto* call = tree::cast<PgQuery__FuncCall>(message, pg_query__func_call__descriptor);
  return call == nullptr ? nullptr : objection_to_call(*call);
}

}  // namespace

Calls calls_in(ProtobufCMessage& root) {
  Calls calls;
  tree::each<PgQuery__FuncCall>(
      root, pg_query__func_call__descriptor, [&](PgQuery__FuncCall const& call) {
        FunctionKind const kind = kind_of(call);
        calls.volatile_function |= kind == FunctionKind::Volatile;
        if (kind == FunctionKind::Unknown) {
          calls.unknown.push_back({tree::qualified(call.funcname, call.n_funcname), call.n_args});
        }
      });
  return calls;
}

void require_scalar(PgQuery__Node& expression) {
  if (expression.node_case == PG_QUERY__NODE__NODE_ROW_EXPR) {
    throw SyntaxError("a row of several values is not one value", Position{});
  }
  tree::walk(expression.base, [](ProtobufCMessage& message) {
    if (char const* objection = objection_to(message)) {
      throw SyntaxError(objection, Position{});
    }
    return true;
  });
}

}  // namespace bellows::sql
