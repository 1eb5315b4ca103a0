#include "planner/rules/nearest.hpp"

#include <algorithm>
#include <numeric>

namespace bellows {

std::optional<std::string> nearest(std::string const& word, std::vector<std::string> const& known) {
  auto const distance = [](std::string const& a, std::string const& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
      std::size_t diagonal = row[0];
      row[0] = i;
      for (std::size_t j = 1; j <= b.size(); ++j) {
        std::size_t const above = row[j];
        row[j] =
            std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0U : 1U)});
        diagonal = above;
      }
    }
    return row.back();
  };
  std::optional<std::string> best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (std::string const& each : known) {
    if (std::size_t const d = distance(word, each); d < best_distance) {
      best = each;
      best_distance = d;
    }
  }
  return best;
}

}  // namespace bellows
