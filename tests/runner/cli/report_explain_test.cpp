#include "runner/cli/report_explain.hpp"

#include "planner/rules/split_table.hpp"
#include "runner/cli/wrap.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <sstream>

namespace bellows::runner::report_explain_test {
namespace {

TEST(Explain, PrintsThePageWhole) {
  rules::Page const page{.id = "r",
                         .title = "t",
                         .effect = "e",
                         .application = "a",
                         .bad = "B;\n",
                         .good = "G;\n-- next migration\nH;\n",
                         .versions = "v",
                         .source = "s"};
  EXPECT_EQ(explain_text(page), R"(r: t

what PostgreSQL does
  e

what the application feels
  a

bad
    B;

good
    G;
    -- next migration
    H;

versions
  v

source
  s

to accept it where it is meant
    -- bellows: allow r because …
)");
}

TEST(Explain, SaysWhatBellowsMakesOfWhatItSplits) {
  std::string const list = explain_list();
  for (rules::SplitRow const& row : rules::split_table()) {
    EXPECT_NE(list.find("\n  " + std::string(row.statement) + "\n"), std::string::npos) << list;
    std::string const page = explain_text(*rules::page(row.rule));
    EXPECT_NE(page.find("what `bellows plan` makes of it, as it stands\n"), std::string::npos);
    EXPECT_NE(page.find("  backfill: " + std::string(row.backfill.substr(0, 20))),
              std::string::npos)
        << page;
    EXPECT_NE(page.find(fmt::format("    -- bellows: allow-unsplit {} because …\n", row.rule)),
              std::string::npos)
        << page;
  }
  EXPECT_EQ(explain_text(*rules::page("drop-column")).find("makes of it"), std::string::npos);
}

/// Examples are to be copied, and stay as they are.
TEST(Explain, ItsSentencesFitIntoALine) {
  for (rules::Page const& page : rules::pages()) {
    std::istringstream lines(explain_text(page));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_TRUE(line.starts_with("    ") || width_of(line) <= usual_width) << line;
    }
  }
}

TEST(Explain, ListsEveryPage) {
  std::string const list = explain_list();
  for (rules::Page const& page : rules::pages()) {
    EXPECT_NE(list.find(std::string(page.id) + ' '), std::string::npos) << page.id;
  }
}

}  // namespace
}  // namespace bellows::runner::report_explain_test
