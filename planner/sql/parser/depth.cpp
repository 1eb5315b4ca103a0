#include "planner/sql/parser/depth.hpp"

#include "planner/sql/text.hpp"

#include <algorithm>
#include <vector>

namespace bellows::sql {

namespace {

/// Every level of a tree takes a token or more, so that no shorter text needs a look.
constexpr std::size_t tokens_max = 3000;

bool is_any(std::string_view word, std::initializer_list<std::string_view> lower) {
  return std::ranges::any_of(lower, [&](std::string_view candidate) {
    return std::ranges::equal(word, candidate, [](char a, char b) {
      return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
    });
  });
}

/// What the grammar keeps as a list, whose members lie side by side.
bool separates(std::string_view word) {
  return is_any(word, {",", ";", "and", "or", "when", "then", "else"});
}

/// What nests to the left across commas: SELECT 1, 2 UNION SELECT 3, 4 UNION …
bool chains(std::string_view word) {
  return is_any(word, {"union", "intersect", "except", "join"});
}

/// Counts the tokens that could lie above each other at one place of the text: those since the last
/// separator, in this pair of parentheses and in all around it.
class Depth {
 public:
  void see(std::string_view word) {
    if (separates(word)) {
      total_ -= counts_.back();
      counts_.back() = 0;
      return;
    }
    ++counts_.back();
    ++total_;
    chained_ += chains(word) ? 1U : 0U;
    if (word == "(" || word == "[") {
      counts_.push_back(0);
    } else if ((word == ")" || word == "]") && counts_.size() > 1) {
      total_ -= counts_.back();
      counts_.pop_back();
    }
  }

  bool too_deep() const { return total_ + chained_ > tokens_max; }

 private:
  std::vector<std::size_t> counts_{0};
  std::size_t total_ = 0;
  std::size_t chained_ = 0;
};

}  // namespace

void require_shallow(std::string_view text) {
  if (text.size() <= tokens_max) {
    return;
  }
  Depth depth;
  for (Token const& token : scan(text)) {
    if (token.kind == Token::Kind::Comment) {
      continue;
    }
    depth.see(text.substr(token.offset, token.length));
    if (depth.too_deep()) {
      throw SyntaxError("nested too deeply, or too long a chain of operators",
                        position_at(text, token.offset));
    }
  }
}

}  // namespace bellows::sql
