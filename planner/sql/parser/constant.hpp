#pragma once

#include "planner/sql/parser/parse_parts.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Constants of a column's type, and how they compare where that is certain without a server.
namespace bellows::sql {

struct Constant {
  enum class Kind : std::uint8_t { Null, Number, Text };
  Kind kind = Kind::Null;
  std::string text;  // as it is written, without quotes
  std::string cast;  // 'text'::cast; empty: none
};

/// Nothing where the node is no constant.
std::optional<Constant> constant_of(Node const& node);
/// Of an expression's text. Throws SyntaxError for a newer server's.
std::optional<Constant> constant_in(std::string const& text);

enum class Order : std::uint8_t { Unknown, Less, Equal, Greater, Different };

/// Both as values of a column of that type (as format_type() prints it). Whole numbers, dates and
/// timestamps in ISO form are ordered; texts are told apart; anything else is Unknown unless both
/// are written alike. Timestamps with time zone are Unknown unless both say their offset, for the
/// session's TimeZone decides what they mean.
Order compare(Constant const& a, Constant const& b, std::string_view type);

}  // namespace bellows::sql
