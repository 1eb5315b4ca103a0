#include "planner/sql/parser/calls.hpp"
#include "planner/sql/parser/outer_tokens.hpp"
#include "planner/sql/parser/parse_parts.hpp"

#include <algorithm>

namespace bellows::sql {

std::string obstacle_in_condition(Node const* condition) {
  if (condition == nullptr) {
    return "";
  }
  if (calls_in(*condition).volatile_function) {
    return "a WHERE whose answer differs from call to call";
  }
  bool subquery = false;
  bool cursor = false;
  tree::walk(*condition, [&](Node const& below) {
    subquery = subquery || tree::is<SubLink>(&below);
    cursor = cursor || tree::is<CurrentOfExpr>(&below);
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

std::string obstacle_in(RangeVar const& relation) {
  return first_of({{!relation.inh, "ONLY"}, {relation.alias != nullptr, "an alias"}});
}

// --- INSERT … SELECT ---

bool has_star(SelectStmt const& select) {
  return std::ranges::any_of(
      tree::items<ResTarget>(select.targetList), [](ResTarget const* target) {
        auto const* column = tree::as<ColumnRef>(target->val);
        return column != nullptr && tree::is<A_Star>(tree::last(column->fields));
      });
}

std::string obstacle_in(SelectStmt const& select) {
  return first_of({{select.op != SETOP_NONE, "UNION, INTERSECT or EXCEPT"},
                   {select.withClause != nullptr, "WITH"},
                   {select.distinctClause != nullptr, "DISTINCT"},
                   {select.groupClause != nullptr, "GROUP BY"},
                   {select.havingClause != nullptr, "HAVING"},
                   {select.windowClause != nullptr, "WINDOW"},
                   {select.limitCount != nullptr || select.limitOffset != nullptr, "LIMIT"},
                   {select.sortClause != nullptr, "ORDER BY"},
                   {select.lockingClause != nullptr, "FOR UPDATE or the like"},
                   {tree::items(select.fromClause).size() > 1, "a join"},
                   {has_star(select), "*, which would be other columns tomorrow"}});
}

/// `node`'s relation, or the first one of a join; nullptr for a function, a subquery, VALUES.
RangeVar const* relation_of(Node const* node) {
  auto const* join = tree::as<JoinExpr>(node);
  return join != nullptr ? relation_of(join->larg) : tree::as<RangeVar>(node);
}

std::string obstacle_in_source(Node const* source) {
  return tree::is<JoinExpr>(source) ? "a join" : obstacle_in(*tree::as<RangeVar>(source));
}

std::string obstacle_in(InsertStmt const& statement) {
  auto const* conflict = statement.onConflictClause;
  bool const plain_columns =
      std::ranges::all_of(tree::items<ResTarget>(statement.cols),
                          [](ResTarget const* column) { return column->indirection == nullptr; });
  return first_of(
      {{statement.withClause != nullptr, "WITH"},
       {statement.returningClause != nullptr, "RETURNING"},
       {statement.relation->alias != nullptr, "an alias"},
       {conflict != nullptr && conflict->action != ONCONFLICT_NOTHING,
        "ON CONFLICT DO UPDATE, which would write over what the application has written since"},
       {statement.cols == nullptr, "no list of the columns that it fills"},
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
std::vector<std::string> take_expressions(SelectStmt const& select, OuterTokens const& outer,
                                          std::size_t end) {
  auto const targets = tree::items<ResTarget>(select.targetList);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    ResTarget const& target = *targets[i];
    std::size_t upto = end;
    if (i + 1 < targets.size()) {
      upto = outer.find_last(",", static_cast<std::size_t>(targets[i + 1]->location)).offset;
    }
    std::string const text = slice(outer.text, static_cast<std::size_t>(target.location), upto);
    texts.push_back(target.name == nullptr ? text : without_alias(text));
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

void take_texts(Insertion& into, InsertStmt const& statement, SelectStmt const& select,
                std::string const& text) {
  OuterTokens const outer(text);
  auto const source = static_cast<std::size_t>(
      tree::as<RangeVar>(tree::items(select.fromClause).front())->location);
  std::size_t end = text.size();
  if (statement.onConflictClause != nullptr) {
    end = static_cast<std::size_t>(statement.onConflictClause->location);
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
  auto const columns = tree::items<ResTarget>(statement.cols);
  std::vector<std::string> const values = take_expressions(select, outer, from.offset);
  if (values.size() != columns.size()) {
    into.obstacle = "not as many values as columns";
    return;
  }
  for (std::size_t i = 0; i < values.size() && into.obstacle.empty(); ++i) {
    into.columns.push_back({identifier(columns[i]->name), values[i]});
    into.obstacle = obstacle_in_expression(values[i]);
  }
}

/// A query of the same statement, which has no rows of its own.
bool is_with_query(RangeVar const& relation, WithClause const* with) {
  return with != nullptr && relation.schemaname == nullptr &&
         std::ranges::any_of(tree::items<CommonTableExpr>(with->ctes),
                             [&](CommonTableExpr const* query) {
                               return tree::text(query->ctename) == relation.relname;
                             });
}

/// Of UNION and its kin, the first query; nullptr for DEFAULT VALUES.
SelectStmt const* first_select(InsertStmt const& statement) {
  auto const* select = tree::as<SelectStmt>(statement.selectStmt);
  while (select != nullptr && select->larg != nullptr) {
    select = select->larg;
  }
  return select;
}

}  // namespace

Deletion deletion(DeleteStmt const& statement, std::string const& text) {
  Deletion result;
  result.table = tree::qualified(*statement.relation);
  bool const of_few = all_give_few(statement.usingClause, statement.withClause);
  result.pinned = pinned_columns(statement.whereClause, own_name(*statement.relation), of_few,
                                 statement.withClause);
  result.obstacle = first_of({{statement.usingClause != nullptr, "USING"},
                              {statement.withClause != nullptr, "WITH"},
                              {statement.returningClause != nullptr, "RETURNING"}});
  for (std::string const& further :
       {obstacle_in(*statement.relation), obstacle_in_condition(statement.whereClause)}) {
    result.obstacle = result.obstacle.empty() ? further : result.obstacle;
  }
  OuterTokens const outer(text);
  Token const where = outer.find("where", static_cast<std::size_t>(statement.relation->location));
  result.where = slice(text, where.offset + where.length, text.size());
  return result;
}

std::optional<Insertion> copied_rows(InsertStmt const& statement) {
  SelectStmt const* select = first_select(statement);
  RangeVar const* source = select == nullptr || select->fromClause == nullptr
                               ? nullptr
                               : relation_of(tree::items(select->fromClause).front());
  if (source == nullptr || is_with_query(*source, statement.withClause) ||
      is_with_query(*source, select->withClause)) {
    return std::nullopt;
  }
  Insertion result;
  result.into = tree::qualified(*statement.relation);
  result.from = tree::qualified(*source);
  result.pinned = pinned_columns(select->whereClause, own_name(*source));
  return result;
}

std::optional<Insertion> insertion(InsertStmt const& statement, std::string const& text) {
  std::optional<Insertion> result = copied_rows(statement);
  if (!result) {
    return std::nullopt;
  }
  SelectStmt const* select = first_select(statement);
  if (statement.override == OVERRIDING_SYSTEM_VALUE) {
    result->overriding = "SYSTEM VALUE";
  } else if (statement.override == OVERRIDING_USER_VALUE) {
    result->overriding = "USER VALUE";
  }
  result->obstacle = obstacle_in(statement);
  for (std::string const& further : {obstacle_in(*tree::as<SelectStmt>(statement.selectStmt)),
                                     obstacle_in_source(tree::items(select->fromClause).front()),
                                     obstacle_in_condition(select->whereClause)}) {
    result->obstacle = result->obstacle.empty() ? further : result->obstacle;
  }
  if (result->obstacle.empty()) {
    take_texts(*result, statement, *select, text);
  }
  return result;
}

}  // namespace bellows::sql
