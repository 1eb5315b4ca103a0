#pragma once

#include "planner/sql/text.hpp"

#include <span>
#include <string_view>

namespace bellows::sql {

/// Whether the text marks a section as the way there (`-- bellows: up`, or as another tool does).
/// Pure.
bool has_up_marker(std::string_view text);

/// Whether any of the tokens marks a section, or a statement's bounds. Pure.
bool has_marker(std::string_view text, std::span<Token const> tokens);

}  // namespace bellows::sql
