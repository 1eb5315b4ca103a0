#include "runner/cli/report_explain.hpp"

#include "runner/cli/wrap.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::runner {
namespace {

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

std::string explain_text(rules::Page const& page) {
  return fmt::format(
      "{}: {}\n\n"
      "what PostgreSQL does\n{}\nwhat the application feels\n{}\n"
      "bad\n{}\ngood\n{}\n"
      "versions\n{}\nsource\n{}\n"
      "to accept it where it is meant\n    -- bellows: allow {} because …\n"
      "  where bellows would split the statement, it is allow-unsplit\n",
      page.id, page.title, wrapped(page.effect, 2), wrapped(page.application, 2),
      indented(page.bad), indented(page.good), wrapped(page.versions, 2), wrapped(page.source, 2),
      page.id);
}

std::string explain_list() {
  std::string text;
  for (rules::Page const& page : rules::pages()) {
    text += in_column(page.id, page.title, 37);
  }
  return text + "\n`bellows explain RULE` tells the rest.\n";
}

}  // namespace bellows::runner
