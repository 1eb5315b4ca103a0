#include "runner/cli/excerpt.hpp"

#include <algorithm>

namespace bellows::runner {
namespace {

bool starts_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

/// As wide as `text` whatever a tab is worth.
std::string blank(std::string_view text) {
  std::string spaces;
  for (char byte : text) {
    if (starts_character(byte)) {
      spaces += byte == '\t' ? '\t' : ' ';
    }
  }
  return spaces;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out(text);
  for (char& byte : out) {
    auto const code = static_cast<unsigned char>(byte);
    if ((code < 0x20U && byte != '\t') || code == 0x7FU) {
      byte = '?';
    }
  }
  return out;
}

Excerpt excerpt(std::string_view text, sql::Position const& position, std::size_t length) {
  std::size_t const at = std::min(position.offset, text.size());
  std::size_t const before = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  std::size_t const begin = before == std::string_view::npos ? 0 : before + 1;
  auto const end_of_line =
      std::ranges::find_if(text.substr(at), [](char c) { return c == '\r' || c == '\n'; });
  auto const end = static_cast<std::size_t>(end_of_line - text.begin());
  std::string_view const marked = text.substr(at, std::min(length, end - at));
  Excerpt found{position.line, position.column, printable(text.substr(begin, end - begin)),
                blank(text.substr(begin, at - begin)) + '^'};
  std::size_t const width = characters(marked);
  if (width > 1) {
    found.marks.append(width - 1, '~');
  }
  return found;
}

}  // namespace bellows::runner
