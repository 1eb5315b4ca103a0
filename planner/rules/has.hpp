#pragma once

#include <algorithm>
#include <vector>

namespace bellows::rules {

template <typename T>
bool has(std::vector<T> const& items, T const& item) {
  return std::ranges::find(items, item) != items.end();
}

}  // namespace bellows::rules
