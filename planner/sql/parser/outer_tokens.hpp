#pragma once

#include "planner/sql/text.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Where the clauses of a data statement stand in its text. What people wrote is what they will
/// read in the plan, so clauses are cut out of the source and not put together again from the tree.
namespace bellows::sql {

/// The tokens outside of all parentheses. Refers to `source`, which must outlive it.
struct OuterTokens {
  explicit OuterTokens(std::string_view source);

  std::string_view word(Token const& token) const {
    return text.substr(token.offset, token.length);
  }
  /// The first token at or behind `from` that is `wanted` (an ASCII word in lower case, or a
  /// symbol); `text`'s end when there is none.
  Token find(std::string_view wanted, std::size_t from) const;
  /// The last one before `before`; `text`'s end when there is none.
  Token find_last(std::string_view wanted, std::size_t before) const;

  std::string_view text;
  std::vector<Token> tokens;

 private:
  bool is(Token const& token, std::string_view wanted) const;
};

/// `text` between two places, without spaces around it.
std::string slice(std::string_view text, std::size_t from, std::size_t to);

}  // namespace bellows::sql
