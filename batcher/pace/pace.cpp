#include "batcher/pace/pace.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace bellows::batcher {
namespace {

constexpr std::size_t window = 10;
constexpr double percentile = 0.9;
constexpr double growth = 1.5;
constexpr int panic_factor = 5;    // over this many targets …
constexpr int panic_divisor = 10;  // … the next batch is this much smaller
constexpr int hold_batches = 5;

double p90(std::deque<double> const& samples) {
  std::vector<double> sorted(samples.begin(), samples.end());
  std::sort(sorted.begin(), sorted.end());
  auto const rank = std::ceil(percentile * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(rank) - 1];
}

PaceLimits sane(PaceLimits limits) {
  limits.target = std::max(limits.target, std::chrono::microseconds(1'000));
  limits.min_rows = std::max<std::int64_t>(limits.min_rows, 1);
  limits.max_rows = std::max(limits.max_rows, limits.min_rows);
  limits.first_rows = std::clamp(limits.first_rows, limits.min_rows, limits.max_rows);
  return limits;
}

}  // namespace

Pace::Pace(PaceLimits const& limits) : limits_(sane(limits)), rows_(limits_.first_rows) {}

void Pace::steer(std::int64_t min_rows, std::int64_t max_rows, std::chrono::microseconds target) {
  std::pair const rows{min_rows, max_rows};
  if (rows == steered_rows_ && target == limits_.target) {
    return;
  }
  limits_.target = target;
  limits_.max_rows = max_rows;
  steered_rows_ = rows;
  limits_.min_rows = std::min(min_rows, std::max<std::int64_t>(max_rows, 1));
  limits_ = sane(limits_);
  rows_ = std::min(rows_, limits_.max_rows);
}

std::int64_t Pace::wanted() const {
  auto const target = static_cast<double>(limits_.target.count());
  double const fitting = std::min(target / std::max(p90(cost_), 1e-6), 1e15);
  double const reachable = std::ceil(static_cast<double>(rows_) * growth);
  return static_cast<std::int64_t>(std::min(fitting, reachable));
}

void Pace::batch_took(std::int64_t rows, std::chrono::microseconds took) {
  if (rows <= 0) {
    return;
  }
  if (took > panic_factor * limits_.target) {
    cost_.clear();
    rows_ = std::max(rows_ / panic_divisor, limits_.min_rows);
    return;
  }
  cost_.push_back(static_cast<double>(took.count()) / static_cast<double>(rows));
  if (cost_.size() > window) {
    cost_.pop_front();
  }
  std::int64_t const next = wanted();
  if (hold_ > 0) {
    --hold_;
    rows_ = std::max<std::int64_t>(std::min(next, rows_), 1);
    return;
  }
  // Below the minimum only gave_way() leads; from there it climbs back like any growth.
  rows_ = std::clamp(
      next,
      std::min(limits_.min_rows,
               static_cast<std::int64_t>(std::ceil(static_cast<double>(rows_) * growth))),
      limits_.max_rows);
}

void Pace::gave_way() {
  rows_ = std::max<std::int64_t>(rows_ / 2, 1);
  hold_ = hold_batches;
}

}  // namespace bellows::batcher
