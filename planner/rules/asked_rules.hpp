#pragma once

#include "planner/rules/rule.hpp"
#include "planner/sql/subject.hpp"

#include <vector>

namespace bellows::rules {

/// A rule, and what it is asked of: nothing else has its hazard. A review asks each statement every
/// rule that can concern it, which is a few of them.
struct AskedRule {
  Rule rule;
  sql::Subjects of = sql::of::anything;
};

/// all_rules(), in its order.
std::vector<AskedRule> const& asked_rules();

}  // namespace bellows::rules
