#include "planner/sql/parse_parts.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view space = " \t\r\n\f\v";
  std::size_t const first = text.find_first_not_of(space);
  if (first == std::string_view::npos) {
    return {};
  }
  return text.substr(first, text.find_last_not_of(space) - first + 1);
}

/// Places of what separates the clauses of an UPDATE: the tokens outside of all parentheses.
struct OuterTokens {
  explicit OuterTokens(std::string_view source) : text(source) {
    int depth = 0;
    for (Token const& token : scan(source)) {
      std::string_view const word = source.substr(token.offset, token.length);
      bool const symbol = token.kind == Token::Kind::Symbol;
      if (symbol && (word == ")" || word == "]")) {
        --depth;
      }
      if (depth == 0) {
        tokens.push_back(token);
      }
      if (symbol && (word == "(" || word == "[")) {
        ++depth;
      }
    }
  }

  std::string_view word(Token const& token) const {
    return text.substr(token.offset, token.length);
  }

  /// The first token at or behind `from` that is `wanted`; `text`'s end when there is none.
  Token find(std::string_view wanted, std::size_t from) const {
    auto const same = [](char a, char b) { return (a | ' ') == (b | ' '); };
    for (Token const& token : tokens) {
      bool const quoted = token.kind == Token::Kind::Quoted || token.kind == Token::Kind::String;
      if (token.offset >= from && !quoted && std::ranges::equal(word(token), wanted, same)) {
        return token;
      }
    }
    return {Token::Kind::Symbol, text.size(), 0};
  }

  std::string_view text;
  std::vector<Token> tokens;
};

std::string slice(std::string_view text, std::size_t from, std::size_t to) {
  return from >= to ? "" : std::string(trimmed(text.substr(from, to - from)));
}

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
