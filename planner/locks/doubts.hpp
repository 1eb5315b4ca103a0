#pragma once

#include "planner/locks/facts.hpp"

#include <string>
#include <vector>

namespace bellows::locks {

/// What the answer needs and the catalog does not tell.
struct Doubt {
  std::string text;      // "whether …"
  bool of_work = false;  // one of its answers is that rows are rewritten or read
};

std::vector<Doubt> doubts(Facts const& facts);

}  // namespace bellows::locks
