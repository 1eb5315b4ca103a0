#pragma once

#include "planner/rules/review.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace bellows::runner {

/// "blocks reads and writes", "blocks writes", "blocks neither reads nor writes".
std::string_view blocks_in_words(locks::Mode mode);

/// What a statement does to each relation, of those that were there before: nobody waits for a
/// table that comes with this migration. Of many that nobody waits for, the first few.
std::vector<std::string> effect_lines(rules::Reviewed const& reviewed);

}  // namespace bellows::runner
