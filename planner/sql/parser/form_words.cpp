#include "planner/sql/parser/form_words.hpp"

#include "planner/sql/text.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

namespace bellows::sql {

namespace {

bool mentions(std::string_view text, std::string_view upper) {
  auto const found = std::ranges::search(text, upper, [](unsigned char a, unsigned char b) {
    return std::toupper(a) == static_cast<int>(b);
  });
  return !found.empty();
}

}  // namespace

bool same_word(std::string_view text, std::string_view upper) {
  return std::ranges::equal(text, upper, [](unsigned char a, unsigned char b) {
    return std::toupper(a) == static_cast<int>(b);
  });
}

bool says(std::string_view text, std::initializer_list<std::string_view> words) {
  if (!mentions(text, *words.begin())) {
    return false;
  }
  std::vector<Token> tokens = scan(text);
  std::erase_if(tokens, [](Token const& token) { return token.kind == Token::Kind::Comment; });
  auto const found =
      std::ranges::search(tokens, words, [&](Token const& token, std::string_view w) {
        bool const plain = token.kind == Token::Kind::Word || token.kind == Token::Kind::Symbol;
        return plain && same_word(text.substr(token.offset, token.length), w);
      });
  return !found.empty();
}

bool says_enforced(std::string_view text, int depth) {
  if (!mentions(text, "ENFORCED")) {
    return false;
  }
  constexpr std::string_view before_names[] = {"CONSTRAINT", "REFERENCES", "ADD", "COLUMN", "TABLE",
                                               "EXISTS",     "INDEX",      ".",   "(",      ","};
  std::string_view before;
  for (Token const& token : scan(text)) {
    std::string_view const word = text.substr(token.offset, token.length);
    bool const here = depth == 0 && token.kind == Token::Kind::Word && same_word(word, "ENFORCED");
    if (here && std::ranges::none_of(
                    before_names, [&](std::string_view one) { return same_word(before, one); })) {
      return true;
    }
    depth -= word == "(" ? 1 : word == ")" ? -1 : 0;
    before = token.kind == Token::Kind::Comment ? before : word;
  }
  return false;
}

}  // namespace bellows::sql
