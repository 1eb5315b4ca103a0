#include "runner/cli/shown_sql.hpp"

#include "runner/cli/wrap.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::runner {
namespace {

constexpr std::ptrdiff_t most_lines = 3;

bool fits(std::string const& indented, std::size_t width) {
  std::size_t begin = 0;
  while (begin < indented.size()) {
    std::size_t const end = indented.find('\n', begin);
    if (width_of(indented.substr(begin, end - begin)) > width) {
      return false;
    }
    begin = end + 1;
  }
  return std::ranges::count(indented, '\n') <= most_lines;
}

}  // namespace

std::string whole_sql(std::string const& statement, std::size_t indent) {
  std::string const blanks(indent, ' ');
  std::string text = blanks;
  for (char const c : statement) {
    text += c;
    if (c == '\n') {
      text += blanks;
    }
  }
  return text + "\n";
}

ShownSql shown_sql(std::string const& statement, std::size_t indent, std::size_t width) {
  std::string whole = whole_sql(statement, indent);
  if (fits(whole, width)) {
    return {std::move(whole), false};
  }
  auto const lines = std::ranges::count(whole, '\n');
  std::string const more = lines == 1 ? "…" : fmt::format(" … ({} lines)", lines);
  std::size_t const room = width - std::min(width, indent + width_of(more));
  std::string line = statement.substr(0, statement.find('\n'));
  while (!line.empty() && width_of(line) > room) {
    line.pop_back();
  }
  while (line.ends_with(' ')) {
    line.pop_back();
  }
  return {std::string(indent, ' ') + line + more + "\n", true};
}

}  // namespace bellows::runner
