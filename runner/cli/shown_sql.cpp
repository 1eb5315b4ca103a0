#include "runner/cli/shown_sql.hpp"

#include "runner/cli/wrap.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::runner {
namespace {

constexpr std::ptrdiff_t most_lines = 3;

/// Line by line, what is behind the end of one further in.
std::string in_lines(std::string const& statement, std::size_t indent, std::size_t width) {
  std::string text;
  for (std::size_t begin = 0; begin < statement.size();) {
    std::size_t const end = std::min(statement.find('\n', begin), statement.size());
    std::string const line = statement.substr(begin, end - begin);
    std::size_t const blanks = std::min(line.find_first_not_of(' '), line.size());
    text += wrapped(line.substr(blanks), indent + blanks, width, indent + blanks + 4);
    begin = end + 1;
  }
  return text;
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
  std::string all = in_lines(statement, indent, width);
  if (std::ranges::count(all, '\n') <= most_lines) {
    return {std::move(all), false};
  }
  auto const lines = std::ranges::count(statement, '\n') + 1;
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
