#include "planner/sql/parser/outer_tokens.hpp"

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

}  // namespace

OuterTokens::OuterTokens(std::string_view source) : text(source) {
  int depth = 0;
  for (Token const& token : scan(source)) {
    std::string_view const part = source.substr(token.offset, token.length);
    bool const symbol = token.kind == Token::Kind::Symbol;
    if (symbol && (part == ")" || part == "]")) {
      --depth;
    }
    if (depth == 0) {
      tokens.push_back(token);
    }
    if (symbol && (part == "(" || part == "[")) {
      ++depth;
    }
  }
}

bool OuterTokens::is(Token const& token, std::string_view wanted) const {
  auto const same = [](char a, char b) { return (a | ' ') == (b | ' '); };
  bool const words = token.kind == Token::Kind::Word || token.kind == Token::Kind::Symbol;
  return words && std::ranges::equal(word(token), wanted, same);
}

Token OuterTokens::find(std::string_view wanted, std::size_t from) const {
  auto const found = std::ranges::find_if(
      tokens, [&](Token const& token) { return token.offset >= from && is(token, wanted); });
  return found == tokens.end() ? Token{Token::Kind::Symbol, text.size(), 0} : *found;
}

Token OuterTokens::find_last(std::string_view wanted, std::size_t before) const {
  Token last{Token::Kind::Symbol, text.size(), 0};
  for (Token const& token : tokens) {
    if (token.offset < before && is(token, wanted)) {
      last = token;
    }
  }
  return last;
}

std::string slice(std::string_view text, std::size_t from, std::size_t to) {
  return from >= to ? "" : std::string(trimmed(text.substr(from, to - from)));
}

}  // namespace bellows::sql
