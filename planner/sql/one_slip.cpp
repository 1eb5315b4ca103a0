#include "planner/sql/one_slip.hpp"

#include <algorithm>

namespace bellows::sql {
namespace {

std::size_t common_start(std::string_view a, std::string_view b) {
  auto const [end, other] = std::ranges::mismatch(a, b);
  return static_cast<std::size_t>(end - a.begin());
}

}  // namespace

bool is_swapped(std::string_view typed, std::string_view meant) {
  std::size_t const at = common_start(typed, meant);
  return typed.size() == meant.size() && at + 1 < meant.size() && typed[at] == meant[at + 1] &&
         typed[at + 1] == meant[at] && typed.substr(at + 2) == meant.substr(at + 2);
}

bool is_one_slip(std::string_view typed, std::string_view meant) {
  std::size_t const at = common_start(typed, meant);
  auto const behind = [&](std::string_view text, std::size_t skipped) {
    return text.substr(std::min(at + skipped, text.size()));
  };
  if (typed.size() == meant.size()) {
    return typed != meant && (behind(typed, 1) == behind(meant, 1) || is_swapped(typed, meant));
  }
  return typed.size() + 1 == meant.size()   ? behind(typed, 0) == behind(meant, 1)
         : typed.size() == meant.size() + 1 ? behind(typed, 1) == behind(meant, 0)
                                            : false;
}

}  // namespace bellows::sql
