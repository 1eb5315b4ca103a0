#include "runner/cli/shown_sql.hpp"

#include "runner/cli/wrap.hpp"

#include <gtest/gtest.h>

namespace bellows::runner::shown_sql_test {
namespace {

std::string shown(std::string const& statement) {
  return shown_sql(statement, 4, 30).text;
}

TEST(ShownSql, IsWholeWhereThatTakesThreeLinesAtMost) {
  EXPECT_EQ(shown("SELECT 1"), "    SELECT 1\n");
  EXPECT_EQ(shown("SELECT 1,\n  2"), "    SELECT 1,\n      2\n");
  EXPECT_EQ(shown("SELECT a_long_name, another, third FROM t"),
            "    SELECT a_long_name,\n        another, third FROM t\n");
  EXPECT_FALSE(shown_sql("SELECT 1\nFROM t\nWHERE a", 4, 30).cut);
}

TEST(ShownSql, IsItsFirstLineWhereItIsLong) {
  ShownSql const cut = shown_sql("CREATE FUNCTION f()\nRETURNS\nint\nAS 'x'", 4, 40);
  EXPECT_EQ(cut.text, "    CREATE FUNCTION f() … (4 lines)\n");
  EXPECT_TRUE(cut.cut);
  EXPECT_EQ(shown("CREATE FUNCTION f()\nRETURNS\nint\nAS 'x'"), "    CREATE FUNCTIO … (4 lines)\n");
  std::string const wide = shown("SELECT '" + std::string(50, 'x') + "', " + std::string(30, 'y') +
                                 ", z, " + std::string(29, 'u') + " FROM t");
  EXPECT_EQ(wide, "    SELECT 'xxxxxxxxxxxxxxxxx…\n");
}

TEST(ShownSql, IsNotCutWithinACharacter) {
  std::string statement = "SELECT '";
  for (int i = 0; i < 100; ++i) {
    statement += "ä ö ";
  }
  std::string const text = shown(statement + "'");
  EXPECT_EQ(width_of(text), 31U) << text;
  EXPECT_EQ(text.substr(text.size() - 6), "ä…\n") << text;
}

TEST(ShownSql, WholeItIsOnlyIndented) {
  EXPECT_EQ(whole_sql("a\nb", 2), "  a\n  b\n");
}

}  // namespace
}  // namespace bellows::runner::shown_sql_test
