#pragma once

#include "planner/plan/plan.hpp"

#include <string>
#include <vector>

namespace bellows::plan {

/// What a plan file has that differs from what would be planned, step by step, a sentence each:
/// "step copy is not in it", "step swap has `DROP TABLE t`, planned would be `…`". Nothing where
/// they say the same. Pure.
std::vector<std::string> differences(Plan const& in_file, Plan const& planned);

}  // namespace bellows::plan
