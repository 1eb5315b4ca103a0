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

/// Characters from `first`, at most `count` of them.
std::string_view part(std::string_view text, std::size_t first, std::size_t count) {
  auto const place = [&](std::size_t wanted) {
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
      if (starts_character(text[at]) && wanted-- == 0) {
        break;
      }
    }
    return at;
  };
  std::size_t const begin = place(first);
  std::size_t const end = place(first + count);
  return text.substr(begin, end - begin);
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

Excerpt narrowed(Excerpt excerpt, std::size_t width) {
  std::size_t const all = characters(excerpt.source);
  if (all <= width) {
    return excerpt;
  }
  std::ranges::replace(excerpt.source, '\t', ' ');
  std::ranges::replace(excerpt.marks, '\t', ' ');
  std::size_t const begin = excerpt.marks.find('^');
  std::size_t const length = excerpt.marks.size() - begin;
  std::size_t const before = length + 2 < width ? width - 2 - length : width / 4;
  std::size_t const first = begin + std::min(length, width / 2) < width
                                ? 0
                                : std::min(begin - std::min(begin, before), all - (width - 1));
  std::size_t const inside = width - (first > 0 ? 1 : 0);
  bool const cut = all - first > inside;
  std::size_t const count = inside - (cut ? 1 : 0);
  excerpt.source =
      (first > 0 ? "…" : "") + std::string(part(excerpt.source, first, count)) + (cut ? "…" : "");
  excerpt.marks = (first > 0 ? " " : "") + excerpt.marks.substr(first, count);
  return excerpt;
}

}  // namespace bellows::runner
