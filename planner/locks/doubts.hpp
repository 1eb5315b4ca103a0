#pragma once

#include "planner/locks/facts.hpp"

#include <string>
#include <vector>

namespace bellows::locks {

/// What the answer needs and the catalog does not tell, a phrase each: "whether …".
std::vector<std::string> doubts(Facts const& facts);

}  // namespace bellows::locks
