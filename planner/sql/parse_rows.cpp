#include "planner/sql/calls.hpp"
#include "planner/sql/outer_tokens.hpp"
#include "planner/sql/parse_parts.hpp"

#include <algorithm>

namespace bellows::sql {

std::string obstacle_in_condition(PgQuery__Node* condition) {
  if (condition == nullptr) {
    return "";
  }
  if (calls_in(condition->base).volatile_function) {
    return "a WHERE whose answer differs from call to call";
  }
  bool subquery = false;
  bool cursor = false;
  tree::walk(condition->base, [&](ProtobufCMessage& message) {
    subquery = subquery || message.descriptor == &pg_query__sub_link__descriptor;
    cursor = cursor || message.descriptor == &pg_query__current_of_expr__descriptor;
    return true;
  });
  if (subquery || cursor) {
    return subquery ? "a subquery" : "CURRENT OF";
  }
  try {
    require_scalar(*condition);
    return "";
  } catch (SyntaxError const& error) {
    return std::string("a WHERE that cannot be answered row by row (") + error.what() + ")";
  }
}

namespace {

/// The first of these that is there.
std::string first_of(std::initializer_list<std::pair<bool, char const*>> obstacles) {
  for (auto const& [there, what] : obstacles) {
    if (there) {
      return what;
    }
  }
  return "";
}

std::string obstacle_in(PgQuery__RangeVar const& relation) {
  return first_of({{relation.inh == 0, "ONLY"}, {relation.alias != nullptr, "an alias"}});
}

// --- INSERT … SELECT ---

bool is_star(PgQuery__Node const* target) {
  PgQuery__Node const* value = target->res_target->val;
  return value != nullptr && value->node_case == PG_QUERY__NODE__NODE_COLUMN_REF &&
         value->column_ref->fields[value->column_ref->n_fields - 1]->node_case ==
             PG_QUERY__NODE__NODE_A_STAR;
}

std::string obstacle_in(PgQuery__SelectStmt const& select) {
  bool const query_of_queries = select.op != PG_QUERY__SET_OPERATION__SETOP_NONE &&
                                select.op != PG_QUERY__SET_OPERATION__SET_OPERATION_UNDEFINED;
  return first_of({{query_of_queries, "UNION, INTERSECT or EXCEPT"},
                   {select.with_clause != nullptr, "WITH"},
                   {select.n_distinct_clause > 0, "DISTINCT"},
                   {select.n_group_clause > 0, "GROUP BY"},
                   {select.having_clause != nullptr, "HAVING"},
                   {select.n_window_clause > 0, "WINDOW"},
                   {select.limit_count != nullptr || select.limit_offset != nullptr, "LIMIT"},
                   {select.n_sort_clause > 0, "ORDER BY"},
                   {select.n_locking_clause > 0, "FOR UPDATE or the like"},
                   {select.n_from_clause > 1, "a join"},
                   {std::ranges::any_of(nodes(select.target_list, select.n_target_list), is_star),
                    "*, which would be other columns tomorrow"}});
}

/// `node`'s relation, or the first one of a join; nullptr for a function, a subquery, VALUES.
PgQuery__RangeVar const* relation_of(PgQuery__Node const& node) {
  if (node.node_case == PG_QUERY__NODE__NODE_RANGE_VAR) {
    return node.range_var;
  }
  return node.node_case == PG_QUERY__NODE__NODE_JOIN_EXPR ? relation_of(*node.join_expr->larg)
                                                          : nullptr;
}

std::string obstacle_in_source(PgQuery__Node const& source) {
  if (source.node_case == PG_QUERY__NODE__NODE_JOIN_EXPR) {
    return "a join";
  }
  return obstacle_in(*source.range_var);
}

std::string obstacle_in(PgQuery__InsertStmt const& statement) {
  auto const* conflict = statement.on_conflict_clause;
  bool const plain_columns = std::ranges::all_of(
      nodes(statement.cols, statement.n_cols),
      [](PgQuery__Node const* column) { return column->res_target->n_indirection == 0; });
  return first_of(
      {{statement.with_clause != nullptr, "WITH"},
       {statement.n_returning_list > 0, "RETURNING"},
       {statement.relation->alias != nullptr, "an alias"},
       {conflict != nullptr && conflict->action != PG_QUERY__ON_CONFLICT_ACTION__ONCONFLICT_NOTHING,
        "ON CONFLICT DO UPDATE, which would write over what the application has written since"},
       {statement.n_cols == 0, "no list of the columns that it fills"},
       {!plain_columns, "a part of a column"}});
}

/// `upper(name) AS name` without the alias, which a plan has no use for.
std::string without_alias(std::string_view text) {
  std::vector<Token> tokens = scan(text);
  std::erase_if(tokens, [](Token const& token) { return token.kind == Token::Kind::Comment; });
  std::size_t end = tokens.size() - 1;
  if (end > 0) {
    OuterTokens const before(text.substr(0, tokens[end].offset));
    end -= before.find("as", tokens[end - 1].offset).length > 0 ? 1U : 0U;
  }
  return slice(text, 0, tokens[end].offset);
}

/// The expressions of a SELECT list: text between the commas outside of all parentheses.
std::vector<std::string> take_expressions(PgQuery__SelectStmt const& select,
                                          OuterTokens const& outer, std::size_t end) {
  auto const targets = nodes(select.target_list, select.n_target_list);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    PgQuery__ResTarget const& target = *targets[i]->res_target;
    std::size_t upto = end;
    if (i + 1 < targets.size()) {
      upto = outer.find_last(",", static_cast<std::size_t>(targets[i + 1]->res_target->location))
                 .offset;
    }
    std::string const text = slice(outer.text, static_cast<std::size_t>(target.location), upto);
    texts.push_back(*target.name == '\0' ? text : without_alias(text));
  }
  return texts;
}

/// Why an expression is not one value of one row; empty: it is.
std::string obstacle_in_expression(std::string const& text) {
  try {
    Expression::parse(text);
    return "";
  } catch (SyntaxError const& error) {
    return std::string("a value that cannot be computed row by row (") + error.what() + ")";
  }
}

void take_texts(Insertion& into, PgQuery__InsertStmt const& statement,
                PgQuery__SelectStmt const& select, std::string const& text) {
  OuterTokens const outer(text);
  auto const source = static_cast<std::size_t>(select.from_clause[0]->range_var->location);
  std::size_t end = text.size();
  if (statement.on_conflict_clause != nullptr) {
    end = static_cast<std::size_t>(statement.on_conflict_clause->location);
    Token const word = outer.find("conflict", end);
    into.on_conflict = slice(text, word.offset + word.length, text.size());
  }
  Token const where = outer.find("where", source);
  if (where.offset < end) {
    into.where = slice(text, where.offset + where.length, end);
  }
  Token const from = outer.find_last("from", source);
  if (from.length == 0) {
    into.obstacle = "parentheses around its SELECT";
    return;
  }
  std::vector<std::string> const values = take_expressions(select, outer, from.offset);
  if (values.size() != statement.n_cols) {
    into.obstacle = "not as many values as columns";
    return;
  }
  for (std::size_t i = 0; i < values.size() && into.obstacle.empty(); ++i) {
    into.columns.push_back({Identifier(statement.cols[i]->res_target->name), values[i]});
    into.obstacle = obstacle_in_expression(values[i]);
  }
}

/// A query of the same statement, which has no rows of its own.
bool is_with_query(PgQuery__RangeVar const& relation, PgQuery__WithClause const* with) {
  return with != nullptr && *relation.schemaname == '\0' &&
         std::ranges::any_of(nodes(with->ctes, with->n_ctes), [&](PgQuery__Node const* query) {
           return std::string_view(query->common_table_expr->ctename) == relation.relname;
         });
}

/// Of UNION and its kin, the first query; nullptr for VALUES and DEFAULT VALUES without one.
PgQuery__SelectStmt const* first_select(PgQuery__InsertStmt const& statement) {
  PgQuery__SelectStmt const* select =
      statement.select_stmt == nullptr ? nullptr : statement.select_stmt->select_stmt;
  while (select != nullptr && select->larg != nullptr) {
    select = select->larg;
  }
  return select;
}

}  // namespace

Deletion deletion(PgQuery__DeleteStmt& statement, std::string const& text) {
  Deletion result;
  result.table = tree::qualified(*statement.relation);
  bool const of_few =
      all_give_few(nodes(statement.using_clause, statement.n_using_clause), statement.with_clause);
  result.pinned = pinned_columns(statement.where_clause, own_name(*statement.relation), of_few,
                                 statement.with_clause);
  result.obstacle = first_of({{statement.n_using_clause > 0, "USING"},
                              {statement.with_clause != nullptr, "WITH"},
                              {statement.n_returning_list > 0, "RETURNING"}});
  for (std::string const& further :
       {obstacle_in(*statement.relation), obstacle_in_condition(statement.where_clause)}) {
    result.obstacle = result.obstacle.empty() ? further : result.obstacle;
  }
  OuterTokens const outer(text);
  Token const where = outer.find("where", static_cast<std::size_t>(statement.relation->location));
  result.where = slice(text, where.offset + where.length, text.size());
  return result;
}

std::optional<Insertion> copied_rows(PgQuery__InsertStmt& statement) {
  PgQuery__SelectStmt const* select = first_select(statement);
  PgQuery__RangeVar const* source = select == nullptr || select->n_from_clause == 0
                                        ? nullptr
                                        : relation_of(*select->from_clause[0]);
  if (source == nullptr || is_with_query(*source, statement.with_clause) ||
      is_with_query(*source, select->with_clause)) {
    return std::nullopt;
  }
  Insertion result;
  result.into = tree::qualified(*statement.relation);
  result.from = tree::qualified(*source);
  result.pinned = pinned_columns(select->where_clause, own_name(*source));
  return result;
}

std::optional<Insertion> insertion(PgQuery__InsertStmt& statement, std::string const& text) {
  std::optional<Insertion> result = copied_rows(statement);
  if (!result) {
    return std::nullopt;
  }
  PgQuery__SelectStmt const* select = first_select(statement);
  if (statement.override == PG_QUERY__OVERRIDING_KIND__OVERRIDING_SYSTEM_VALUE) {
    result->overriding = "SYSTEM VALUE";
  } else if (statement.override == PG_QUERY__OVERRIDING_KIND__OVERRIDING_USER_VALUE) {
    result->overriding = "USER VALUE";
  }
  result->obstacle = obstacle_in(statement);
  for (std::string const& further :
       {obstacle_in(*statement.select_stmt->select_stmt),
        obstacle_in_source(*select->from_clause[0]), obstacle_in_condition(select->where_clause)}) {
    result->obstacle = result->obstacle.empty() ? further : result->obstacle;
  }
  if (result->obstacle.empty()) {
    take_texts(*result, statement, *select, text);
  }
  return result;
}

}  // namespace bellows::sql
