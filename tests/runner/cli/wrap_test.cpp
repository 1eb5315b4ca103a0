#include "runner/cli/wrap.hpp"

#include "runner/cli/command.hpp"
#include "runner/cli/report_explain.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace bellows::runner::wrap_test {
namespace {

std::size_t characters(std::string const& line) {
  return static_cast<std::size_t>(std::ranges::count_if(
      line, [](char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }));
}

void expect_narrow(std::string const& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(characters(line), usual_width) << line;
  }
}

TEST(Fitted, LinesThatFitStayAndOthersHang) {
  EXPECT_EQ(fitted("short\n  one two three four five\n\n", 16),
            "short\n  one two three\n      four five\n\n");
}

TEST(Fitted, WhatCanBeTypedIsNotCut) {
  EXPECT_EQ(fitted("next: mend it, then bellows abort 1_a --because TEXT; or leave it", 40),
            "next: mend it, then\n    bellows abort 1_a --because TEXT; or\n    leave it\n");
  EXPECT_EQ(fitted("says `bellows up --release 2` again and again", 28),
            "says\n    `bellows up --release 2`\n    again and again\n");
  EXPECT_EQ(fitted("bellows is longer than any line there may be", 20),
            "bellows is longer\n    than any line\n    there may be\n");
}

TEST(Wrap, CutsAtWords) {
  EXPECT_EQ(wrapped("one two three", 2, 9), "  one two\n  three\n");
  EXPECT_EQ(wrapped("ééé ééé", 0, 7), "ééé ééé\n");
  EXPECT_EQ(wrapped("overlong", 2, 4), "  overlong\n");
  EXPECT_EQ(wrapped("", 2), "  \n");
}

TEST(Wrap, LaterLinesHang) {
  EXPECT_EQ(wrapped("one two three", 0, 7, 4), "one two\n    three\n");
}

TEST(Wrap, ColoursHaveNoWidth) {
  EXPECT_EQ(wrapped("\x1b[1;31mone\x1b[0m two", 0, 7), "\x1b[1;31mone\x1b[0m two\n");
}

TEST(Wrap, ANameThatReachesIntoTheColumnStandsAlone) {
  EXPECT_EQ(in_column("ab", "what it is", 6), "  ab  what it is\n");
  EXPECT_EQ(in_column("abcd", "what it is", 6), "  abcd\n      what it is\n");
}

TEST(Help, FitsAnOrdinaryTerminal) {
  expect_narrow(help_text(""));
  for (Command const& command : commands()) {
    expect_narrow(help_text(std::string(command.name)));
  }
  expect_narrow(explain_list());
}

}  // namespace
}  // namespace bellows::runner::wrap_test
