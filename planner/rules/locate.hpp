#pragma once

#include "planner/rules/rule.hpp"

namespace bellows::rules {

/// The part of the statement that the rule's finding is about: the sub-command of an ALTER TABLE,
/// and in it the clause; the token that the grammar refused. The statement as a whole where that
/// is not one part of it.
Span locate(Rule const& rule, Question const& question, Finding const& finding);

}  // namespace bellows::rules
