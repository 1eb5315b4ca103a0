#include "planner/rules/split_table.hpp"

#include "planner/rules/rule.hpp"
#include "tests/support/project.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace bellows::rules::split_table_test {
namespace {

TEST(SplitTable, HasTheRulesThatSplitAndNoOthers) {
  std::set<std::string_view> splitting;
  for (Rule const& rule : all_rules()) {
    if (rule.split != nullptr) {
      splitting.insert(rule.id);
    }
  }
  std::set<std::string_view> told;
  for (SplitRow const& row : split_table()) {
    told.insert(row.rule);
    EXPECT_EQ(split_row(row.rule), &row);
  }
  EXPECT_EQ(told, splitting);
  EXPECT_EQ(split_row("drop-column"), nullptr);
}

TEST(SplitTable, IsTheReadmes) {
  std::ifstream file(test::source_directory() / "README.md");
  std::ostringstream text;
  text << file.rdbuf();
  std::string table =
      "| statement | rule | expand | backfill | contract |\n|---|---|---|---|---|\n";
  auto const cell = [](std::string_view what) { return what.empty() ? "–" : std::string(what); };
  for (SplitRow const& row : split_table()) {
    table += fmt::format("| `{}` | `{}` | {} | {} | {} |\n", row.statement, row.rule,
                         cell(row.expand), cell(row.backfill), cell(row.contract));
  }
  EXPECT_NE(text.str().find(table + "\n"), std::string::npos) << "it should have\n" << table;
}

}  // namespace
}  // namespace bellows::rules::split_table_test
