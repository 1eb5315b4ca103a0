#pragma once

#include "planner/sql/text.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bellows::sql {

/// A CREATE INDEX cut at its tokens. What it says of columns, operator classes and options is kept
/// as it was written: the deparser loses parentheses that index expressions need. Refers to `text`.
class IndexText {
 public:
  explicit IndexText(std::string const& text);

  /// The place of the first element in every list of columns: behind `(`, behind INCLUDE's `(`, and
  /// behind each comma in them.
  std::vector<std::size_t> elements() const;
  /// Its lists hold nothing but names of columns, nothing else has any, and each is written so that
  /// it can be told by its token.
  bool is_plain() const;
  /// Of a plain one, whether the element at this place is the column; of a name without quotes.
  bool names(std::size_t place, std::string_view column) const;
  bool is_unique() const { return tokens_.size() > 1 && is(1, "unique"); }
  std::size_t at_offset(std::size_t offset) const;
  void replace(std::size_t token, std::string text) { replaced_[token] = std::move(text); }

  std::string from_on() const { return from(on_); }
  std::string rest() const { return from(rest_); }

 private:
  std::string_view word(std::size_t at) const;
  bool is(std::size_t at, std::string_view lower) const;
  std::size_t find(std::string_view lower, std::size_t from) const;
  void add_list(std::size_t& at, std::vector<std::size_t>& places) const;
  std::string from(std::size_t first) const;

  std::string const& text_;
  std::vector<Token> tokens_;
  std::size_t on_ = 0;
  std::size_t rest_ = 0;
  std::map<std::size_t, std::string> replaced_;
};

}  // namespace bellows::sql
