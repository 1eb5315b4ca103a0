#include "runner/cli/report_explain.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::runner {
namespace {

std::size_t characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

std::string indented(std::string_view sql) {
  std::string text;
  while (!sql.empty()) {
    std::size_t const end = std::min(sql.find('\n'), sql.size());
    text += "    " + std::string(sql.substr(0, end)) + '\n';
    sql.remove_prefix(std::min(end + 1, sql.size()));
  }
  return text;
}

}  // namespace

std::string wrapped(std::string_view text, std::size_t indent, std::size_t width) {
  std::string result;
  std::string line(indent, ' ');
  auto const flush = [&] {
    result += line + '\n';
    line.assign(indent, ' ');
  };
  while (!text.empty()) {
    std::size_t const end = std::min(text.find(' '), text.size());
    std::string_view const word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    bool const starts = line.size() == indent;
    if (!starts && characters(line) + 1 + characters(word) > width) {
      flush();
    }
    line += (line.size() == indent ? "" : " ") + std::string(word);
  }
  flush();
  return result;
}

std::string explain_text(rules::Page const& page) {
  return fmt::format(
      "{}: {}\n\n"
      "what PostgreSQL does\n{}\nwhat the application feels\n{}\n"
      "bad\n{}\ngood\n{}\n"
      "versions\n{}\nsource\n{}\n"
      "to accept it where it is meant\n    -- bellows: allow {} because …\n",
      page.id, page.title, wrapped(page.effect, 2), wrapped(page.application, 2),
      indented(page.bad), indented(page.good), wrapped(page.versions, 2), wrapped(page.source, 2),
      page.id);
}

std::string explain_list() {
  std::string text;
  for (rules::Page const& page : rules::pages()) {
    text += fmt::format("{:<34} {}\n", page.id, page.title);
  }
  return text + "\n`bellows explain RULE` tells the rest.\n";
}

}  // namespace bellows::runner
