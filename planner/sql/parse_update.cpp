#include "planner/sql/outer_tokens.hpp"
#include "planner/sql/parse_parts.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

bool is_plain_assignment(PgQuery__ResTarget const& target) {
  return target.n_indirection == 0 && target.val != nullptr &&
         target.val->node_case != PG_QUERY__NODE__NODE_MULTI_ASSIGN_REF &&
         target.val->node_case != PG_QUERY__NODE__NODE_SET_TO_DEFAULT;
}

bool is_simple(PgQuery__UpdateStmt& statement) {
  bool const bare = statement.n_from_clause == 0 && statement.n_returning_list == 0 &&
                    statement.with_clause == nullptr && statement.relation->inh != 0 &&
                    statement.relation->alias == nullptr;
  auto const targets = nodes(statement.target_list, statement.n_target_list);
  bool simple = bare && std::ranges::all_of(targets, [](PgQuery__Node const* target) {
                  return is_plain_assignment(*target->res_target);
                });
  tree::walk(statement.base, [&](ProtobufCMessage const& message) {
    simple = simple && message.descriptor != &pg_query__sub_link__descriptor &&
             message.descriptor != &pg_query__current_of_expr__descriptor &&
             message.descriptor != &pg_query__param_ref__descriptor;
    return simple;
  });
  return simple;
}

/// Source text, not the deparser's: what people wrote is what they will read in the plan.
void take_texts(Update& into, PgQuery__UpdateStmt const& statement, std::string_view text) {
  OuterTokens const outer(text);
  auto const targets = nodes(statement.target_list, statement.n_target_list);
  std::size_t const last = static_cast<std::size_t>(targets.back()->res_target->location);
  Token const where = outer.find("where", last);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    PgQuery__ResTarget const& target = *targets[i]->res_target;
    Token const equals = outer.find("=", static_cast<std::size_t>(target.location));
    std::size_t end = where.offset;
    if (i + 1 < targets.size()) {
      auto const next = static_cast<std::size_t>(targets[i + 1]->res_target->location);
      end = text.substr(0, next).find_last_of(',');
      for (Token const& token : outer.tokens) {  // a comment between them may have commas, too
        if (token.offset < next && outer.word(token) == ",") {
          end = token.offset;
        }
      }
    }
    into.set.push_back({Identifier(target.name), slice(text, equals.offset + 1, end)});
  }
  into.where = slice(text, where.offset + where.length, text.size());
}

}  // namespace

Update update(PgQuery__UpdateStmt& statement, std::string const& text) {
  Update result;
  result.table = tree::qualified(*statement.relation);
  result.simple = is_simple(statement);
  bool const of_few =
      all_give_few(nodes(statement.from_clause, statement.n_from_clause), statement.with_clause);
  result.pinned = pinned_columns(statement.where_clause, own_name(*statement.relation), of_few,
                                 statement.with_clause);
  result.obstacle = obstacle_in_condition(statement.where_clause);
  if (result.simple) {
    take_texts(result, statement, text);
    return result;
  }
  for (PgQuery__Node* target : nodes(statement.target_list, statement.n_target_list)) {
    bool const plain = is_plain_assignment(*target->res_target);
    result.set.push_back({Identifier(target->res_target->name),
                          plain ? text_of_expression(target->res_target->val) : ""});
  }
  result.where = text_of_expression(statement.where_clause);
  return result;
}

}  // namespace bellows::sql
