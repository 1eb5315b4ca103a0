#pragma once

#include "planner/rules/review.hpp"

#include <cstddef>
#include <vector>

namespace bellows::rules {

/// A view that the same migration makes again is missing to nobody, and neither is a trigger that
/// fires again at its end: both happen at once. Takes such findings away from the statement at
/// `at`.
void forgive_mended(std::vector<Reviewed>& all, std::size_t at, catalog::Catalog const& catalog);

}  // namespace bellows::rules
