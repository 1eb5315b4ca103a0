#include "runner/cli/excerpt.hpp"

#include "runner/cli/wrap.hpp"

#include <gtest/gtest.h>

namespace bellows::runner::excerpt_test {
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

TEST(Excerpt, NarrowedShowsTheMark) {
  std::string_view const line = "ALTER TABLE é ADD CONSTRAINT c CHECK (a > 0 AND b > 0)";
  auto const at = [&](std::string_view part, std::size_t width) {
    return narrowed(excerpt_at(line, line.find(part), part.size()), width);
  };
  EXPECT_EQ(at("é", 80).source, line);
  EXPECT_EQ(at("ALTER TABLE", 20).source, "ALTER TABLE é ADD C…");
  EXPECT_EQ(at("ALTER TABLE", 20).marks, "^~~~~~~~~~~");
  EXPECT_EQ(at("CHECK", 20).source, "…CONSTRAINT c CHECK…");
  for (std::size_t width : {12U, 20U, 40U, 53U}) {
    for (std::string_view part : {"ALTER", "é", "CONSTRAINT c", "CHECK (a > 0 AND b > 0)", "0)"}) {
      Excerpt const shown = at(part, width);
      EXPECT_LE(width_of(shown.source), width) << shown.source;
      EXPECT_LE(width_of(shown.marks), width) << shown.marks;
      // The first character that is marked is the part's first.
      std::size_t const column = shown.marks.find('^');
      ASSERT_NE(column, std::string::npos);
      std::size_t offset = 0;
      for (std::size_t seen = 0; seen < column; ++offset) {
        seen += (static_cast<unsigned char>(shown.source[offset + 1]) & 0xC0U) != 0x80U ? 1U : 0U;
      }
      EXPECT_TRUE(std::string_view(shown.source).substr(offset).starts_with(part.substr(0, 1)))
          << shown.source << "\n"
          << shown.marks;
    }
  }
}

TEST(Excerpt, NeverSteersTheTerminal) {
  EXPECT_EQ(printable("a\x1b[31mb\tc\x7f"), "a?[31mb\tc?");
  EXPECT_EQ(excerpt_at("-- \x1b]0;owned\x07", 0, 2).source, "-- ?]0;owned?");
}

}  // namespace
}  // namespace bellows::runner::excerpt_test
