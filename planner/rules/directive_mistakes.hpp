#pragma once

#include "planner/rules/rule.hpp"
#include "planner/sql/directive.hpp"

#include <vector>

namespace bellows::rules {

/// A directive that says nothing, or silences nothing that exists, is never silently dropped: an
/// error for each, of the rule "directive". Pure.
std::vector<Finding> directive_mistakes(sql::Directives const& directives);

}  // namespace bellows::rules
