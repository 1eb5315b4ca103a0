#include "planner/plan/plain_scalar.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace bellows::plan {

namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_ascii(char c) {
  return c >= ' ' && c <= '~';
}

/// Neither what cannot be printed (U+0080 to U+009F) nor a byte order mark begins like this.
bool is_harmless(char c) {
  constexpr char of_controls = '\xC2';
  constexpr char of_marks = '\xEF';
  bool const beyond_ascii = static_cast<unsigned char>(c) >= 0x80;
  return is_ascii(c) || (beyond_ascii && c != of_controls && c != of_marks);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A word, a number or a parenthesis first, and longer than what would be a constant.
bool is_wordy(std::string_view text) {
  constexpr std::size_t longest_constant = 5;  // false
  return text.size() > longest_constant &&
         (is_letter(text.front()) || is_digit(text.front()) || text.front() == '(');
}

/// Inside of a plain scalar only a colon before a blank and a hash behind one mean something (YAML
/// 1.2, 7.3.3).
bool ends_plain(std::string_view text, std::size_t at) {
  bool const last = at + 1 == text.size();
  switch (text[at]) {
    case ':':
      return last || text[at + 1] == ' ';
    case '#':
      return text[at - 1] == ' ';
    case ' ':
      return last;
    default:
      return false;
  }
}

bool is_of_name(char c) {
  constexpr std::string_view signs = "_.-/ ";
  return is_letter(c) || is_digit(c) || signs.find(c) != std::string_view::npos;
}

bool is_plain(std::string_view text) {
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (ends_plain(text, at)) {
      return false;
    }
  }
  return true;
}

std::string in_double_quotes(std::string_view text) {
  std::string quoted = "\"";
  for (char const c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
    }
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::optional<std::string> scalar(std::string_view text) {
  if (!is_wordy(text) || !std::ranges::all_of(text, is_harmless)) {
    return std::nullopt;
  }
  if (is_plain(text)) {
    return std::string(text);
  }
  return std::ranges::all_of(text, is_ascii) ? std::optional(in_double_quotes(text)) : std::nullopt;
}

bool is_plain_name(std::string_view text) {
  constexpr std::string_view nothing[] = {"null", "Null", "NULL"};
  return !text.empty() && (is_letter(text.front()) || is_digit(text.front())) &&
         text.back() != ' ' && std::ranges::all_of(text, is_of_name) &&
         std::ranges::find(nothing, text) == std::end(nothing);
}

}  // namespace bellows::plan
