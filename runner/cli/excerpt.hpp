#pragma once

#include "planner/sql/text.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace bellows::runner {

/// Lines and columns are sql::Position's: from 1, columns in characters.
struct Excerpt {
  int line = 1;
  int column = 1;
  std::string source;  // the line, without its end
  std::string marks;   // "      ^~~~" below it
};

/// The line of `text` that `at` is on, with `length` bytes from there marked, as far as they are on
/// that line. An offset past the end marks the end. Looks at that line alone, however long the file
/// is: a report asks for each of its statements.
Excerpt excerpt(std::string_view text, sql::Position const& at, std::size_t length);

/// No wider than `width` characters: what is cut off at either side is an ellipsis; all of the mark
/// stays where it fits, else its beginning.
Excerpt narrowed(Excerpt excerpt, std::size_t width);

/// Control characters replaced by '?', so that a file cannot steer the terminal; tabs stay.
std::string printable(std::string_view text);

}  // namespace bellows::runner
