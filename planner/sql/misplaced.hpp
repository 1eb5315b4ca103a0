#pragma once

#include "planner/sql/statement.hpp"

#include <cstdint>
#include <optional>

namespace bellows::sql {

/// A comment of bellows' own that stands where it would do nothing, or a section marker where the
/// tools that have it read another migration than bellows does.
enum class Misplaced : std::uint8_t { LostDirective, UpBehindDown, UpBehindStatements };

/// It is a statement of the up section, so that whoever reads the migration meets it: of the
/// comment's text, and Unparsed. Pure.
Statement misplaced(Misplaced what, RawStatement comment);

/// Nothing: an ordinary statement. Pure.
std::optional<Misplaced> misplaced_as(Statement const& statement);

}  // namespace bellows::sql
