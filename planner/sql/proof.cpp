#include "planner/sql/proof.hpp"

#include "planner/sql/parse_parts.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

bool is_column(PgQuery__Node const* node, Identifier const& column) {
  return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_COLUMN_REF &&
         tree::text_of(node->column_ref->fields[node->column_ref->n_fields - 1]) == column.raw();
}

bool is_null_constant(PgQuery__Node const* node) {
  return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_A_CONST &&
         node->a_const->isnull != 0;
}

bool tests_null(PgQuery__Node const& node, Identifier const& column, PgQuery__NullTestType type) {
  return node.node_case == PG_QUERY__NODE__NODE_NULL_TEST && node.null_test->nulltesttype == type &&
         is_column(node.null_test->arg, column);
}

bool proves(PgQuery__Node const& node, Identifier const& column) {
  if (tests_null(node, column, PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL)) {
    return true;
  }
  if (node.node_case == PG_QUERY__NODE__NODE_A_EXPR) {
    return node.a_expr->kind == PG_QUERY__A__EXPR__KIND__AEXPR_DISTINCT &&
           is_column(node.a_expr->lexpr, column) && is_null_constant(node.a_expr->rexpr);
  }
  if (node.node_case != PG_QUERY__NODE__NODE_BOOL_EXPR) {
    return false;
  }
  auto const arguments = nodes(node.bool_expr->args, node.bool_expr->n_args);
  if (node.bool_expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__NOT_EXPR) {
    return tests_null(*arguments[0], column, PG_QUERY__NULL_TEST_TYPE__IS_NULL);
  }
  return node.bool_expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR &&
         std::ranges::any_of(
             arguments, [&](PgQuery__Node const* argument) { return proves(*argument, column); });
}

}  // namespace

bool proves_not_null(std::string_view check_definition, Identifier const& column) {
  try {
    tree::Parsed const parsed = tree::parse("ALTER TABLE t ADD " + std::string(check_definition));
    bool proven = false;
    tree::each<PgQuery__Constraint>(
        parsed->base, pg_query__constraint__descriptor, [&](PgQuery__Constraint const& constraint) {
          proven = constraint.raw_expr != nullptr && proves(*constraint.raw_expr, column);
        });
    return proven;
  } catch (SyntaxError const&) {
    return false;  // what is not understood proves nothing
  }
}

}  // namespace bellows::sql
