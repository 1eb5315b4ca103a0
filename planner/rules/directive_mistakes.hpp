#pragma once

#include "planner/rules/rule.hpp"
#include "planner/sql/directive.hpp"

#include <string_view>
#include <vector>

namespace bellows::rules {

inline constexpr std::string_view directive_rule = "directive";

/// Whether an `allow` can accept what the rule finds: what the server cannot read, or gets in
/// another way than the file has it, is only mended.
bool can_be_allowed(std::string_view rule);

/// A directive that says nothing, or silences nothing that exists or can be silenced, is never
/// silently dropped: an error for each, of directive_rule. Neither is one that means nothing to the
/// statement, or stands above none, nor a section marker that is misplaced. Pure.
std::vector<Finding> directive_mistakes(sql::Directives const& directives,
                                        sql::Statement const& statement);

}  // namespace bellows::rules
