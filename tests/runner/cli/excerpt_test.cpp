#include "runner/cli/excerpt.hpp"

#include <gtest/gtest.h>

namespace bellows::runner {
namespace {

Excerpt excerpt_at(std::string_view text, std::size_t offset, std::size_t length) {
  return excerpt(text, sql::position_at(text, offset), length);
}

TEST(Excerpt, MarksWhatIsOnTheLine) {
  Excerpt const found = excerpt_at("SELECT 1;\nDROP TABLE t;\n", 15, 5);
  EXPECT_EQ(found.line, 2);
  EXPECT_EQ(found.column, 6);
  EXPECT_EQ(found.source, "DROP TABLE t;");
  EXPECT_EQ(found.marks, "     ^~~~~");
}

TEST(Excerpt, EndsAtTheLinesEnd) {
  Excerpt const found = excerpt_at("ALTER TABLE t\r\n  ADD x int;", 0, 100);
  EXPECT_EQ(found.source, "ALTER TABLE t");
  EXPECT_EQ(found.marks, "^~~~~~~~~~~~~");
}

TEST(Excerpt, CountsCharactersNotBytes) {
  Excerpt const found = excerpt_at("SELECT 'é', \"ü\";", 13, 4);
  EXPECT_EQ(found.column, 13);
  EXPECT_EQ(found.marks, "            ^~~");
}

TEST(Excerpt, KeepsTabsBelowTabs) {
  EXPECT_EQ(excerpt_at("\tDROP TABLE t", 1, 4).marks, "\t^~~~");
}

TEST(Excerpt, AnOffsetPastTheEndMarksTheEnd) {
  Excerpt const found = excerpt_at("SELECT", 99, 3);
  EXPECT_EQ(found.source, "SELECT");
  EXPECT_EQ(found.marks, "      ^");
  EXPECT_EQ(excerpt_at("", 0, 3).marks, "^");
}

TEST(Excerpt, NeverSteersTheTerminal) {
  EXPECT_EQ(printable("a\x1b[31mb\tc\x7f"), "a?[31mb\tc?");
  EXPECT_EQ(excerpt_at("-- \x1b]0;owned\x07", 0, 2).source, "-- ?]0;owned?");
}

}  // namespace
}  // namespace bellows::runner
