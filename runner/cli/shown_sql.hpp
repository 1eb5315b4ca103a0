#pragma once

#include <cstddef>
#include <string>

namespace bellows::runner {

/// A statement among other words for people, each line behind `indent` blanks. One that is long, or
/// whose lines are, is its first line only, cut to `width`, with how many lines there are: whoever
/// reads for what happens does not read forty lines of a trigger's function.
struct ShownSql {
  std::string text;  // ends with a line end
  bool cut = false;
};

ShownSql shown_sql(std::string const& statement, std::size_t indent, std::size_t width);
/// The same, whole.
std::string whole_sql(std::string const& statement, std::size_t indent);

}  // namespace bellows::runner
