#include "planner/locks/type_parts.hpp"

#include <charconv>

namespace bellows::locks {

namespace {

void fill_precision(TypeParts& parts) {
  bool const time = parts.base.starts_with("time") || parts.base.starts_with("interval");
  if (time && parts.first == unlimited) {
    parts.first = 6;
  }
}

}  // namespace

TypeParts type_parts(std::string_view text) {
  TypeParts parts;
  parts.array = text.ends_with("[]");
  if (parts.array) {
    text.remove_suffix(2);
  }
  parts.base = without_modifier(text);
  if (parts.base.size() < text.size()) {
    std::size_t const open = text.find('(');
    std::string_view const inside = text.substr(open + 1, text.find(')') - open - 1);
    char const* const end = inside.data() + inside.size();
    auto const [next, error] = std::from_chars(inside.data(), end, parts.first);
    if (error == std::errc{} && next != end && *next == ',') {
      std::from_chars(next + 1, end, parts.second);
    }
  }
  fill_precision(parts);
  return parts;
}

std::string without_modifier(std::string_view text) {
  std::size_t const open = text.find('(');
  std::size_t const close = text.find(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return std::string(text);
  }
  return std::string(text.substr(0, open)) + std::string(text.substr(close + 1));
}

}  // namespace bellows::locks
