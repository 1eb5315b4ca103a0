#pragma once

#include "planner/sql/parser/tree.hpp"

#include <string_view>

namespace bellows::sql {

/// `SELECT 1 value`: one of these targets has a keyword for a label, and no AS before it.
bool has_keyword_as_label(List const* targets, std::string_view text);

/// The token at `offset` ends a target of a SELECT or RETURNING of the statement, and that target
/// has no label: a scanner that sees two tokens there makes the second one its label.
bool ends_target_without_label(Node const& statement, std::size_t offset, std::string_view text);

}  // namespace bellows::sql
