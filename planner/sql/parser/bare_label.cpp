#include "planner/sql/parser/bare_label.hpp"

#include "planner/sql/keywords.hpp"
#include "planner/sql/parser/form_words.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

/// What may follow a list of targets.
bool ends_list(std::string_view word) {
  constexpr std::string_view words[] = {"FROM",   "INTO",      "WHERE",  "GROUP", "HAVING",
                                        "WINDOW", "INTERSECT", "EXCEPT", "UNION", "ORDER",
                                        "LIMIT",  "OFFSET",    "FETCH",  "FOR"};
  return std::ranges::any_of(words, [&](std::string_view one) { return same_word(word, one); });
}

/// The last two words of the target that begins at `tokens`' first one. Where a FROM of its own
/// ends it too early, the label is not seen.
std::pair<Token, Token> last_two(std::span<Token const> tokens, std::string_view text) {
  std::pair<Token, Token> last;
  int depth = 0;
  for (Token const& token : tokens) {
    std::string_view const word = text.substr(token.offset, token.length);
    depth += word == "(" || word == "[" ? 1 : word == ")" || word == "]" ? -1 : 0;
    if (depth < 0 || (depth == 0 && (word == "," || word == ";" || ends_list(word)))) {
      break;
    }
    last = {last.second, token};
  }
  return last;
}

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens = scan(text);
  std::erase_if(tokens, [](Token const& token) { return token.kind == Token::Kind::Comment; });
  return tokens;
}

std::span<Token const> from(std::span<Token const> tokens, ResTarget const& target) {
  auto const first = std::ranges::lower_bound(tokens, static_cast<std::size_t>(target.location), {},
                                              &Token::offset);
  return tokens.subspan(static_cast<std::size_t>(first - tokens.begin()));
}

/// Of what gives rows.
List const* targets_of(Node const& node) {
  if (auto const* select = tree::as<SelectStmt>(&node)) {
    return select->targetList;
  }
  auto const* returning = tree::as<ReturningClause>(&node);
  return returning == nullptr ? nullptr : returning->exprs;
}

bool is_bare(ResTarget const& target, std::span<Token const> tokens, std::string_view text) {
  auto const [before, label] = last_two(from(tokens, target), text);
  std::string_view const said = text.substr(before.offset, before.length);
  std::string name(text.substr(label.offset, label.length));
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return label.kind == Token::Kind::Word && name == tree::text(target.name) && said != "." &&
         before.length > 0 && !same_word(said, "AS");
}

}  // namespace

bool has_keyword_as_label(List const* targets, std::string_view text) {
  auto const all = tree::items<ResTarget>(targets);
  auto const may_be = [](ResTarget const* target) {
    return target->name != nullptr && target->location >= 0 && is_any_keyword(target->name);
  };
  if (std::ranges::none_of(all, may_be)) {
    return false;
  }
  std::vector<Token> const tokens = tokens_of(text);
  return std::ranges::any_of(all, [&](ResTarget const* target) {
    return may_be(target) && is_bare(*target, tokens, text);
  });
}

bool ends_target_without_label(Node const& statement, std::size_t offset, std::string_view text) {
  std::vector<Token> const tokens = tokens_of(text);
  bool found = false;
  tree::walk(statement, [&](Node const& node) {
    for (ResTarget const* target : tree::items<ResTarget>(targets_of(node))) {
      bool const may_be = target->name == nullptr && target->location >= 0 &&
                          static_cast<std::size_t>(target->location) <= offset;
      found = found || (may_be && last_two(from(tokens, *target), text).second.offset == offset);
    }
    return !found;
  });
  return found;
}

}  // namespace bellows::sql
