#pragma once

#include "planner/sql/parser/tree.hpp"

#include <string_view>

namespace bellows::sql {

/// `SELECT 1 value`: one of these targets has a keyword for a label, and no AS before it.
bool has_keyword_as_label(List const* targets, std::string_view text);

}  // namespace bellows::sql
