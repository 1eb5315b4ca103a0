#pragma once

#include "planner/rules/rule.hpp"

#include <optional>

namespace bellows::rules {

/// An error where the statement, or a comment above it, has bytes that are no UTF-8. It is no
/// hazard that could be allowed: a plan is UTF-8, in its file and in the ledger, and other bytes
/// would come back as others. Pure.
std::optional<Finding> other_encoding(sql::Statement const& statement);

}  // namespace bellows::rules
