#include "planner/sql/parser/parse_parts.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

constexpr std::size_t few = 1'000;    // values of an IN list
constexpr int few_of_limit = 10'000;  // rows of a LIMIT: as many as a batch has

bool is_constant(Node const* node) {
  if (auto const* cast = tree::as<TypeCast>(node)) {
    node = cast->arg;
  }
  return tree::is<A_Const>(node);
}

bool are_few_constants(Node const* node) {
  auto const values = tree::items(tree::as<List>(node));
  return tree::is<List>(node) && values.size() <= few && std::ranges::all_of(values, is_constant);
}

bool gives_few(Node const* node, List const* with);

/// What stands in FROM gives few rows.
bool is_few(Node const* item, List const* with) {
  if (auto const* query = tree::as<RangeSubselect>(item)) {
    return gives_few(query->subquery, with);
  }
  auto const* range = tree::as<RangeVar>(item);
  return range != nullptr &&
         std::ranges::any_of(tree::items<CommonTableExpr>(with), [&](CommonTableExpr const* query) {
           return tree::text(query->ctename) == range->relname &&
                  gives_few(query->ctequery, nullptr);
         });
}

bool has_low_limit(SelectStmt const& query) {
  Node const* limit = query.limitCount;
  while (auto const* cast = tree::as<TypeCast>(limit)) {
    limit = cast->arg;
  }
  auto const* constant = tree::as<A_Const>(limit);
  auto const* rows =
      constant == nullptr || constant->isnull ? nullptr : tree::as<Integer>(&constant->val);
  return rows != nullptr && rows->ival <= few_of_limit;
}

/// A query that gives few rows: by its LIMIT, or since it reads one WITH query that does.
bool gives_few(Node const* node, List const* with) {
  auto const* query = tree::as<SelectStmt>(node);
  if (query == nullptr) {
    return false;
  }
  auto const from = tree::items(query->fromClause);
  bool const one = from.size() == 1 && query->larg == nullptr;
  return has_low_limit(*query) || (one && is_few(from.front(), with));
}

/// Such a query is another one for each row: what it gives is few each time, not in all.
bool is_correlated(Node const& query, std::string_view own) {
  bool named = false;
  bool inside = false;
  tree::walk(query, [&](Node const& below) {
    if (auto const* range = tree::as<RangeVar>(&below)) {
      inside = inside || own_name(*range) == own;
    }
    if (auto const* used = tree::as<ColumnRef>(&below)) {
      named = named || qualifier(*used) == own;
    }
    return true;
  });
  return named && !inside;
}

/// What counts as a column of the relation, and as a constant.
struct Pinning {
  std::string_view own;
  bool of_constants;
  List const* with;

  /// `IN (SELECT …)`, `= ANY (ARRAY(SELECT …))`, `= (SELECT …)`, which is one row or fails.
  bool is_few_of_query(Node const* node) const {
    auto const* link = tree::as<SubLink>(node);
    bool const few_rows =
        link != nullptr && (link->subLinkType == EXPR_SUBLINK || gives_few(link->subselect, with));
    return few_rows && !is_correlated(*link->subselect, own);
  }
  bool is_own(Node const* node) const {
    auto const* column = tree::as<ColumnRef>(node);
    return column != nullptr && (qualifier(*column).empty() || qualifier(*column) == own);
  }
  bool is_given(Node const* node) const {
    auto const* column = tree::as<ColumnRef>(node);
    bool const of_other =
        column != nullptr && !qualifier(*column).empty() && qualifier(*column) != own;
    return is_constant(node) || (of_constants && of_other) || is_few_of_query(node);
  }
};

bool is_equality(List const* name) {
  return tree::items(name).size() == 1 && last_name(name) == "=";
}

void add(std::vector<Identifier>& columns, Node const* column) {
  columns.emplace_back(std::string(last_name(*tree::as<ColumnRef>(column))));
}

void add_pinned(std::vector<Identifier>& columns, A_Expr const& comparison,
                Pinning const& pinning) {
  if (!is_equality(comparison.name)) {
    return;
  }
  Node const* left = comparison.lexpr;
  Node const* right = comparison.rexpr;
  if (!pinning.is_own(left)) {
    std::swap(left, right);
  }
  bool const one = comparison.kind == AEXPR_OP && pinning.is_given(right);
  bool const some = comparison.kind == AEXPR_IN && are_few_constants(right);
  bool const any = comparison.kind == AEXPR_OP_ANY && pinning.is_few_of_query(right);
  if (pinning.is_own(left) && (one || some || any)) {
    add(columns, left);
  }
}

/// `column IN (SELECT …)`.
void add_pinned(std::vector<Identifier>& columns, SubLink const& link, Pinning const& pinning) {
  bool const is_in =
      link.subLinkType == ANY_SUBLINK &&
      (link.operName == nullptr || tree::text_of(tree::items(link.operName).front()) == "=");
  if (is_in && pinning.is_own(link.testexpr) && gives_few(link.subselect, pinning.with) &&
      !is_correlated(*link.subselect, pinning.own)) {
    add(columns, link.testexpr);
  }
}

}  // namespace

std::vector<Identifier> pinned_columns(Node const* condition, std::string_view own,
                                       bool of_constants, WithClause const* with) {
  std::vector<Identifier> columns;
  Pinning const pinning{own, of_constants, with == nullptr ? nullptr : with->ctes};
  if (auto const* comparison = tree::as<A_Expr>(condition)) {
    add_pinned(columns, *comparison, pinning);
  } else if (auto const* link = tree::as<SubLink>(condition)) {
    add_pinned(columns, *link, pinning);
  } else if (auto const* both = tree::as<BoolExpr>(condition);
             both != nullptr && both->boolop == AND_EXPR) {
    for (Node const* part : tree::items(both->args)) {
      std::vector<Identifier> const more = pinned_columns(part, own, of_constants, with);
      columns.insert(columns.end(), more.begin(), more.end());
    }
  }
  return columns;
}

bool all_give_few(List const* from, WithClause const* with) {
  List const* queries = with == nullptr ? nullptr : with->ctes;
  return from != nullptr && std::ranges::all_of(tree::items(from), [&](Node const* item) {
           return is_few(item, queries);
         });
}

}  // namespace bellows::sql
