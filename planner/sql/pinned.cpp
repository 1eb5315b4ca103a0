#include "planner/sql/parse_parts.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

constexpr std::size_t few = 1'000;  // values of an IN list

bool is_constant(PgQuery__Node const* node) {
  if (node != nullptr && node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST) {
    node = node->type_cast->arg;
  }
  return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_A_CONST;
}

bool are_few_constants(PgQuery__Node const* node) {
  if (node == nullptr || node->node_case != PG_QUERY__NODE__NODE_LIST) {
    return false;
  }
  return node->list->n_items <= few &&
         std::ranges::all_of(nodes(node->list->items, node->list->n_items), is_constant);
}

bool is_column(PgQuery__Node const* node) {
  return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_COLUMN_REF;
}

/// The text before the last point; empty: none.
std::string_view qualifier(PgQuery__ColumnRef const& reference) {
  return reference.n_fields < 2 ? std::string_view()
                                : tree::text_of(reference.fields[reference.n_fields - 2]);
}

Identifier last_name(PgQuery__ColumnRef const& reference) {
  return Identifier(std::string(tree::text_of(reference.fields[reference.n_fields - 1])));
}

/// What counts as a column of the relation, and as a constant.
struct Pinning {
  std::string_view own;
  bool of_constants;

  bool is_own(PgQuery__Node const* node) const {
    return is_column(node) &&
           (qualifier(*node->column_ref).empty() || qualifier(*node->column_ref) == own);
  }
  bool is_given(PgQuery__Node const* node) const {
    bool const of_other = is_column(node) && !qualifier(*node->column_ref).empty() &&
                          qualifier(*node->column_ref) != own;
    return is_constant(node) || (of_constants && of_other);
  }
};

void add_pinned(std::vector<Identifier>& columns, PgQuery__AExpr const& comparison,
                Pinning const& pinning) {
  bool const equality = comparison.n_name == 1 && tree::text_of(comparison.name[0]) == "=";
  PgQuery__Node const* left = comparison.lexpr;
  PgQuery__Node const* right = comparison.rexpr;
  if (equality && !pinning.is_own(left)) {
    std::swap(left, right);
  }
  if (!equality || !pinning.is_own(left)) {
    return;
  }
  bool const one = comparison.kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP && pinning.is_given(right);
  bool const some =
      comparison.kind == PG_QUERY__A__EXPR__KIND__AEXPR_IN && are_few_constants(right);
  if (one || some) {
    columns.push_back(last_name(*left->column_ref));
  }
}

}  // namespace

std::vector<Identifier> pinned_columns(PgQuery__Node const* condition, std::string_view own,
                                       bool of_constants) {
  std::vector<Identifier> columns;
  if (condition == nullptr) {
    return columns;
  }
  if (condition->node_case == PG_QUERY__NODE__NODE_A_EXPR) {
    add_pinned(columns, *condition->a_expr, {own, of_constants});
    return columns;
  }
  if (condition->node_case != PG_QUERY__NODE__NODE_BOOL_EXPR ||
      condition->bool_expr->boolop != PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR) {
    return columns;
  }
  for (PgQuery__Node const* part :
       nodes(condition->bool_expr->args, condition->bool_expr->n_args)) {
    std::vector<Identifier> const more = pinned_columns(part, own, of_constants);
    columns.insert(columns.end(), more.begin(), more.end());
  }
  return columns;
}

}  // namespace bellows::sql
