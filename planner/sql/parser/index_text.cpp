#include "planner/sql/parser/index_text.hpp"

#include "planner/sql/identifier.hpp"

#include <algorithm>

namespace bellows::sql {

IndexText::IndexText(std::string const& text) : text_(text) {
  for (Token const& token : scan(text)) {
    if (token.kind != Token::Kind::Comment) {
      tokens_.push_back(token);
    }
  }
  on_ = find("on", 0);
  rest_ = std::min(find("using", on_), find("(", on_));
}

std::vector<std::size_t> IndexText::elements() const {
  std::vector<std::size_t> places;
  std::size_t at = find("(", rest_);
  add_list(at, places);
  if (at < tokens_.size() && is(at, "include")) {
    add_list(++at, places);
  }
  return places;
}

bool IndexText::is_plain() const {
  auto const is_name = [this](std::size_t place) {
    std::string_view const name = place < tokens_.size() ? word(place) : "";
    bool const written = !name.empty() && name.size() <= max_identifier_bytes &&
                         (tokens_[place].kind == Token::Kind::Word || name.front() == '"');
    return written && place + 1 < tokens_.size() && !is(place + 1, "(") && !is(place + 1, ".");
  };
  return !tokens_.empty() && is(0, "create") && find("where", 0) == tokens_.size() &&
         std::ranges::all_of(elements(), is_name);
}

bool IndexText::names(std::size_t place, std::string_view column) const {
  return is(place, column) || word(place) == '"' + std::string(column) + '"';
}

std::size_t IndexText::at_offset(std::size_t offset) const {
  auto const found = std::ranges::lower_bound(tokens_, offset, {}, &Token::offset);
  return static_cast<std::size_t>(found - tokens_.begin());
}

std::string_view IndexText::word(std::size_t at) const {
  return std::string_view(text_).substr(tokens_[at].offset, tokens_[at].length);
}

bool IndexText::is(std::size_t at, std::string_view lower) const {
  bool const plain =
      tokens_[at].kind == Token::Kind::Word || tokens_[at].kind == Token::Kind::Symbol;
  return plain && std::ranges::equal(word(at), lower, [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
         });
}

std::size_t IndexText::find(std::string_view lower, std::size_t from) const {
  while (from < tokens_.size() && !is(from, lower)) {
    ++from;
  }
  return from;
}

/// `at` is an opening parenthesis, and is left behind the closing one.
void IndexText::add_list(std::size_t& at, std::vector<std::size_t>& places) const {
  int depth = 0;
  for (; at < tokens_.size(); ++at) {
    depth += is(at, "(") || is(at, "[") ? 1 : 0;
    if (depth == 1 && (is(at, "(") || is(at, ","))) {
      places.push_back(at + 1);
    }
    depth -= is(at, ")") || is(at, "]") ? 1 : 0;
    if (depth == 0) {
      break;
    }
  }
  ++at;
}

std::string IndexText::from(std::size_t first) const {
  std::string result;
  for (std::size_t at = first; at < tokens_.size(); ++at) {
    std::size_t const end = at == 0 ? 0 : tokens_[at - 1].offset + tokens_[at - 1].length;
    if (at != first && tokens_[at].offset != end) {
      result += ' ';
    }
    auto const changed = replaced_.find(at);
    result += changed == replaced_.end() ? std::string(word(at)) : changed->second;
  }
  return result;
}

}  // namespace bellows::sql
