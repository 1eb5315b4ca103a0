#include "planner/rules/other_encoding.hpp"

#include "planner/sql/text.hpp"

#include <algorithm>

namespace bellows::rules {

std::optional<Finding> other_encoding(sql::Statement const& statement) {
  if (sql::is_utf8(statement.raw.text) &&
      std::ranges::all_of(statement.raw.comments, sql::is_utf8)) {
    return std::nullopt;
  }
  return Finding{"not-utf-8", Severity::Error,
                 "The statement, or a comment above it, has bytes that are no UTF-8, and a plan "
                 "could not hold them.",
                 "Convert the file, from Latin-1 with `iconv -f LATIN1 -t UTF-8`, or write the "
                 "letters as escapes: E'\\u00e9', or U&'\\00e9'."};
}

}  // namespace bellows::rules
