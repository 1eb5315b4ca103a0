#include "planner/sql/parser/outer_tokens.hpp"
#include "planner/sql/parser/parse_parts.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

bool is_plain_assignment(ResTarget const& target) {
  return target.indirection == nullptr && target.val != nullptr &&
         !tree::is<MultiAssignRef>(target.val) && !tree::is<SetToDefault>(target.val);
}

bool is_simple(UpdateStmt const& statement) {
  bool const bare = statement.fromClause == nullptr && statement.returningClause == nullptr &&
                    statement.withClause == nullptr && statement.relation->inh &&
                    statement.relation->alias == nullptr;
  bool simple = bare && std::ranges::all_of(
                            tree::items<ResTarget>(statement.targetList),
                            [](ResTarget const* target) { return is_plain_assignment(*target); });
  tree::walk(tree::node(statement), [&](Node const& below) {
    simple = simple && !tree::is<SubLink>(&below) && !tree::is<CurrentOfExpr>(&below) &&
             !tree::is<ParamRef>(&below);
    return simple;
  });
  return simple;
}

/// Source text, not the deparser's: what people wrote is what they will read in the plan.
void take_texts(Update& into, UpdateStmt const& statement, std::string_view text) {
  OuterTokens const outer(text);
  auto const targets = tree::items<ResTarget>(statement.targetList);
  Token const where = outer.find("where", static_cast<std::size_t>(targets.back()->location));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    ResTarget const& target = *targets[i];
    Token const equals = outer.find("=", static_cast<std::size_t>(target.location));
    std::size_t end = where.offset;
    if (i + 1 < targets.size()) {
      auto const next = static_cast<std::size_t>(targets[i + 1]->location);
      end = text.substr(0, next).find_last_of(',');
      for (Token const& token : outer.tokens) {  // a comment between them may have commas, too
        if (token.offset < next && outer.word(token) == ",") {
          end = token.offset;
        }
      }
    }
    into.set.push_back({identifier(target.name), slice(text, equals.offset + 1, end)});
  }
  into.where = slice(text, where.offset + where.length, text.size());
}

}  // namespace

Update update(UpdateStmt const& statement, std::string const& text) {
  Update result;
  result.table = tree::qualified(*statement.relation);
  result.simple = is_simple(statement);
  bool const of_few = all_give_few(statement.fromClause, statement.withClause);
  result.pinned = pinned_columns(statement.whereClause, own_name(*statement.relation), of_few,
                                 statement.withClause);
  result.obstacle = obstacle_in_condition(statement.whereClause);
  if (result.simple) {
    take_texts(result, statement, text);
    return result;
  }
  for (ResTarget const* target : tree::items<ResTarget>(statement.targetList)) {
    bool const plain = is_plain_assignment(*target);
    result.set.push_back({identifier(target->name), plain ? text_of_expression(target->val) : ""});
  }
  auto const* cursor = tree::as<CurrentOfExpr>(statement.whereClause);  // no expression
  result.where = cursor == nullptr ? text_of_expression(statement.whereClause)
                                   : "CURRENT OF " + identifier(cursor->cursor_name).quoted();
  return result;
}

}  // namespace bellows::sql
