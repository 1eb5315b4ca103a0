#pragma once

#include <limits>
#include <string>
#include <string_view>

namespace bellows::locks {

constexpr int unlimited = std::numeric_limits<int>::max();

/// A type as format_type() prints it, taken apart: "numeric(10,2)" is numeric, 10, 2; "timestamp(3)
/// without time zone" keeps what is behind. Without a precision, time has six digits, the greatest
/// there is.
struct TypeParts {
  std::string base;
  int first = unlimited;
  int second = 0;
  bool array = false;
};

TypeParts type_parts(std::string_view text);

/// "character varying(5)[]" without its length.
std::string without_modifier(std::string_view text);

}  // namespace bellows::locks
