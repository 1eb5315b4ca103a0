#include "planner/sql/parse_parts.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

constexpr std::size_t few = 1'000;    // values of an IN list
constexpr int few_of_limit = 10'000;  // rows of a LIMIT: as many as a batch has

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

bool gives_few(PgQuery__Node const* node, std::span<PgQuery__Node* const> with);

/// What stands in FROM gives few rows.
bool is_few(PgQuery__Node const* item, std::span<PgQuery__Node* const> with) {
  if (item->node_case == PG_QUERY__NODE__NODE_RANGE_SUBSELECT) {
    return gives_few(item->range_subselect->subquery, with);
  }
  if (item->node_case != PG_QUERY__NODE__NODE_RANGE_VAR) {
    return false;
  }
  return std::ranges::any_of(with, [&](PgQuery__Node const* one) {
    PgQuery__CommonTableExpr const& query = *one->common_table_expr;
    return std::string_view(query.ctename) == item->range_var->relname &&
           gives_few(query.ctequery, {});
  });
}

bool has_low_limit(PgQuery__SelectStmt const& query) {
  PgQuery__Node const* limit = query.limit_count;
  while (limit != nullptr && limit->node_case == PG_QUERY__NODE__NODE_TYPE_CAST) {
    limit = limit->type_cast->arg;
  }
  return limit != nullptr && limit->node_case == PG_QUERY__NODE__NODE_A_CONST &&
         limit->a_const->val_case == PG_QUERY__A__CONST__VAL_IVAL &&
         limit->a_const->ival->ival <= few_of_limit;
}

/// A query that gives few rows: by its LIMIT, or since it reads one WITH query that does.
bool gives_few(PgQuery__Node const* node, std::span<PgQuery__Node* const> with) {
  if (node == nullptr || node->node_case != PG_QUERY__NODE__NODE_SELECT_STMT) {
    return false;
  }
  PgQuery__SelectStmt const& query = *node->select_stmt;
  if (has_low_limit(query)) {
    return true;
  }
  bool const one = query.n_from_clause == 1 && query.larg == nullptr;
  return one && is_few(query.from_clause[0], with);
}

/// Such a query is another one for each row: what it gives is few each time, not in all.
bool is_correlated(PgQuery__Node& query, std::string_view own) {
  bool named = false;
  bool inside = false;
  tree::walk(query.base, [&](ProtobufCMessage& message) {
    if (auto* range = tree::cast<PgQuery__RangeVar>(message, pg_query__range_var__descriptor)) {
      inside = inside || own_name(*range) == own;
    }
    if (auto* used = tree::cast<PgQuery__ColumnRef>(message, pg_query__column_ref__descriptor)) {
      named =
          named || (used->n_fields > 1 && tree::text_of(used->fields[used->n_fields - 2]) == own);
    }
    return true;
  });
  return named && !inside;
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
  std::span<PgQuery__Node* const> with;

  /// `IN (SELECT …)`, `= ANY (ARRAY(SELECT …))`, `= (SELECT …)`, which is one row or fails.
  bool is_few_of_query(PgQuery__Node const* node) const {
    if (node == nullptr || node->node_case != PG_QUERY__NODE__NODE_SUB_LINK) {
      return false;
    }
    PgQuery__SubLink const& link = *node->sub_link;
    bool const few_rows = link.sub_link_type == PG_QUERY__SUB_LINK_TYPE__EXPR_SUBLINK ||
                          gives_few(link.subselect, with);
    return few_rows && !is_correlated(*link.subselect, own);
  }
  bool is_own(PgQuery__Node const* node) const {
    return is_column(node) &&
           (qualifier(*node->column_ref).empty() || qualifier(*node->column_ref) == own);
  }
  bool is_given(PgQuery__Node const* node) const {
    bool const of_other = is_column(node) && !qualifier(*node->column_ref).empty() &&
                          qualifier(*node->column_ref) != own;
    return is_constant(node) || (of_constants && of_other) || is_few_of_query(node);
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
  bool const any = comparison.kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY && equality &&
                   pinning.is_few_of_query(right);
  if (one || some || any) {
    columns.push_back(last_name(*left->column_ref));
  }
}

/// `column IN (SELECT …)`.
void add_pinned(std::vector<Identifier>& columns, PgQuery__SubLink const& link,
                Pinning const& pinning) {
  bool const is_in = link.sub_link_type == PG_QUERY__SUB_LINK_TYPE__ANY_SUBLINK &&
                     (link.n_oper_name == 0 || tree::text_of(link.oper_name[0]) == "=");
  if (is_in && pinning.is_own(link.testexpr) && gives_few(link.subselect, pinning.with) &&
      !is_correlated(*link.subselect, pinning.own)) {
    columns.push_back(last_name(*link.testexpr->column_ref));
  }
}

}  // namespace

std::vector<Identifier> pinned_columns(PgQuery__Node const* condition, std::string_view own,
                                       bool of_constants, PgQuery__WithClause const* with) {
  std::vector<Identifier> columns;
  if (condition == nullptr) {
    return columns;
  }
  Pinning const pinning{
      own, of_constants,
      with == nullptr ? std::span<PgQuery__Node* const>() : nodes(with->ctes, with->n_ctes)};
  if (condition->node_case == PG_QUERY__NODE__NODE_A_EXPR) {
    add_pinned(columns, *condition->a_expr, pinning);
    return columns;
  }
  if (condition->node_case == PG_QUERY__NODE__NODE_SUB_LINK) {
    add_pinned(columns, *condition->sub_link, pinning);
    return columns;
  }
  if (condition->node_case != PG_QUERY__NODE__NODE_BOOL_EXPR ||
      condition->bool_expr->boolop != PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR) {
    return columns;
  }
  for (PgQuery__Node const* part :
       nodes(condition->bool_expr->args, condition->bool_expr->n_args)) {
    std::vector<Identifier> const more = pinned_columns(part, own, of_constants, with);
    columns.insert(columns.end(), more.begin(), more.end());
  }
  return columns;
}

bool all_give_few(std::span<PgQuery__Node* const> from, PgQuery__WithClause const* with) {
  auto const queries =
      with == nullptr ? std::span<PgQuery__Node* const>() : nodes(with->ctes, with->n_ctes);
  return !from.empty() && std::ranges::all_of(from, [&](PgQuery__Node const* item) {
    return is_few(item, queries);
  });
}

}  // namespace bellows::sql
