#include "planner/rules/preconditions/parts.hpp"
#include "planner/sql/text.hpp"

#include <initializer_list>

namespace bellows::rules::preconditions {

namespace {

bool is_word(std::string_view text, std::string_view upper) {
  return std::ranges::equal(text, upper, {}, [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
}

/// Whether it is anywhere in the text: what is quickly seen spares the scanner.
bool holds(std::string_view text, std::string_view upper) {
  return std::ranges::search(text, upper, [](char a, char b) {
           return (a >= 'a' && a <= 'z' ? static_cast<char>(a - 'a' + 'A') : a) == b;
         }).begin() != text.end();
}

/// The words stand side by side among the first of the statement.
bool begins_with(std::string const& statement, std::initializer_list<std::string_view> words) {
  constexpr std::size_t head = 12;
  if (!holds(statement, words.begin()[words.size() - 1])) {
    return false;
  }
  std::size_t matched = 0;
  std::size_t seen = 0;
  try {
    for (sql::Token const& token : sql::scan(statement)) {
      if (token.kind == sql::Token::Kind::Comment) {
        continue;
      }
      std::string_view const here = std::string_view(statement).substr(token.offset, token.length);
      matched = is_word(here, words.begin()[matched]) ? matched + 1 : 0;
      if (matched == words.size() || ++seen == head) {
        break;
      }
    }
  } catch (sql::SyntaxError const&) {
    return false;
  }
  return matched == words.size();
}

}  // namespace

bool says_replace(std::string const& statement) {
  return begins_with(statement, {"OR", "REPLACE"});
}

bool says_cascade(std::string const& statement) {
  return begins_with(statement, {"CASCADE"});
}

bool says_if_not_exists(std::string const& statement) {
  return begins_with(statement, {"IF", "NOT", "EXISTS"});
}

bool says_analyze(std::string const& statement) {
  return begins_with(statement, {"ANALYZE"});
}

bool says_only(std::string const& statement) {
  return begins_with(statement, {"ONLY"});
}

bool says_concurrently(std::string const& statement) {
  return begins_with(statement, {"CONCURRENTLY"});
}

}  // namespace bellows::rules::preconditions
