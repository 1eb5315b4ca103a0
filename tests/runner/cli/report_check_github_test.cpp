#include "tests/runner/cli/check_reports.hpp"

#include <gtest/gtest.h>

namespace bellows::runner::report_check_github_test {
namespace {

using rules::Finding;
using rules::Severity;

CheckedFile file_with(std::string file, std::string text, std::vector<Finding> findings) {
  CheckedFile checked{std::move(file), std::move(text), {}};
  rules::Reviewed reviewed;
  reviewed.statement.raw.text = checked.text;
  reviewed.findings = std::move(findings);
  checked.statements = {reviewed};
  return checked;
}

TEST(CheckGithub, IsOneLineForEachFinding) {
  CheckedFile const file =
      file_with("m.sql", "DROP TABLE t",
                {{"drop-table", Severity::Error, "It is lost.", "Keep it.", {11, 1}},
                 {"a", Severity::Warning, "w", ""},
                 {"b", Severity::Note, "n", ""}});
  EXPECT_EQ(test::github_of({file}),
            "::error file=m.sql,line=1,col=12,endColumn=13,title=drop-table::It is "
            "lost.%0AInstead: Keep it.\n"
            "::warning file=m.sql,line=1,col=1,endColumn=13,title=a::w\n"
            "::notice file=m.sql,line=1,col=1,endColumn=13,title=b::n\n");
}

TEST(CheckGithub, EscapesSoThatNoTextIsACommand) {
  CheckedFile const file = file_with("a,b:c%\n::error::x.sql", "SELECT 1\n,2",
                                     {{"x,y:z", Severity::Error, "50 %\r\n::error::forged", ""}});
  std::string const text = test::github_of({file});
  EXPECT_EQ(text,
            "::error file=a%2Cb%3Ac%25%0A%3A%3Aerror%3A%3Ax.sql,line=1,col=1,endLine=2,"
            "title=x%2Cy%3Az::50 %25%0D%0A::error::forged\n");
}

TEST(CheckGithub, SaysNothingWhenAllIsWell) {
  EXPECT_EQ(test::github_of({file_with("m.sql", "SELECT 1", {})}), "");
}

}  // namespace
}  // namespace bellows::runner::report_check_github_test
