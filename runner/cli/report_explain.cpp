#include "runner/cli/report_explain.hpp"

#include "planner/rules/directive_mistakes.hpp"
#include "planner/rules/split_table.hpp"
#include "runner/cli/wrap.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::runner {
namespace {

/// Where a line of SQL may end, at most `width` characters on: at a blank outside of quotes. npos:
/// nowhere.
std::size_t line_end(std::string_view line, std::size_t width) {
  std::size_t found = line.npos;
  bool quoted = false;
  for (std::size_t at = 0; at < line.size() && width_of(line.substr(0, at)) <= width; ++at) {
    quoted = quoted != (line[at] == '\'');
    bool const blank = line[at] == ' ' && !quoted && line.find_first_not_of(' ') < at;
    found = blank ? at : found;
  }
  return found;
}

/// A comment goes on as one; a directive ends with its line.
std::string folded(std::string_view line, std::size_t indent, std::string_view hang) {
  std::string const margin(indent, ' ');
  std::string text = margin;
  while (width_of(line) + indent > usual_width) {
    std::size_t const end = line_end(line, usual_width - indent);
    if (end == line.npos) {
      break;
    }
    text += std::string(line.substr(0, end)) + '\n' + margin + std::string(hang);
    line.remove_prefix(end + 1);
    indent = margin.size() + hang.size();
  }
  return text + std::string(line) + '\n';
}

std::string indented(std::string_view sql) {
  std::string text;
  while (!sql.empty()) {
    std::size_t const end = std::min(sql.find('\n'), sql.size());
    std::string_view const line = sql.substr(0, end);
    text += folded(line, 4, line.starts_with("--") ? "-- " : "    ");
    sql.remove_prefix(std::min(end + 1, sql.size()));
  }
  return text;
}

std::string phases(rules::SplitRow const& row, std::size_t indent) {
  std::string text;
  for (auto const& [phase, what] :
       {std::pair("expand", row.expand), {"backfill", row.backfill}, {"contract", row.contract}}) {
    if (!what.empty()) {
      text += wrapped(fmt::format("{}: {}", phase, what), indent, usual_width, indent + 2);
    }
  }
  return text;
}

/// What it becomes, of what bellows splits.
std::string split_section(std::string_view rule) {
  rules::SplitRow const* const row = rules::split_row(rule);
  return row == nullptr
             ? ""
             : fmt::format("what `bellows plan` makes of it, as it stands\n{}\n", phases(*row, 2));
}

/// A split wants a word of its own, so that nobody gives it up in passing.
std::string how_to_accept(std::string_view rule) {
  if (!rules::can_be_allowed(rule)) {
    return "  it cannot be accepted, only mended\n";
  }
  return rules::split_row(rule) == nullptr
             ? fmt::format("    -- bellows: allow {} because …\n", rule)
             : fmt::format(
                   "    -- bellows: allow-unsplit {} because …\n"
                   "  it then runs in one go, as it stands; a mere allow of what bellows would\n"
                   "  split is refused, by check, plan and up alike\n",
                   rule);
}

}  // namespace

std::string explain_text(rules::Page const& page) {
  return fmt::format(
      "{}\n"
      "what PostgreSQL does\n{}\nwhat the application feels\n{}\n"
      "{}bad\n{}\ngood\n{}\n"
      "versions\n{}\nsource\n{}\n"
      "to accept it where it is meant\n{}",
      wrapped(fmt::format("{}: {}", page.id, page.title), 0, usual_width, 4),
      wrapped(page.effect, 2), wrapped(page.application, 2), split_section(page.id),
      indented(page.bad), indented(page.good), wrapped(page.versions, 2), wrapped(page.source, 2),
      how_to_accept(page.id));
}

std::string explain_list() {
  std::string text;
  for (rules::Page const& page : rules::pages()) {
    text += in_column(page.id, page.title, 37);
  }
  text += "\nWhat bellows splits; all else runs in one go, as it stands, or is refused:\n";
  for (rules::SplitRow const& row : rules::split_table()) {
    text += fmt::format("  {}\n{}", row.statement, phases(row, 4));
  }
  return text + "\n`bellows explain RULE` tells the rest.\n";
}

}  // namespace bellows::runner
