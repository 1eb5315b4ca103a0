#include "runner/cli/report_explain.hpp"

#include <gtest/gtest.h>

namespace bellows::runner {
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
  where bellows would split the statement, it is allow-unsplit
)");
}

TEST(Explain, ListsEveryPage) {
  std::string const list = explain_list();
  for (rules::Page const& page : rules::pages()) {
    EXPECT_NE(list.find(std::string(page.id) + ' '), std::string::npos) << page.id;
  }
}

}  // namespace
}  // namespace bellows::runner
