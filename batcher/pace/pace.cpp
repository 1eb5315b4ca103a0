#include "batcher/pace/pace.hpp"

#include <algorithm>
#include <cmath>

namespace bellows::batcher {
namespace {

constexpr double growth = 1.5;
constexpr double panic_factor = 5;  // over this many times the aim …
constexpr int panic_divisor = 10;   // … the next batch is this much smaller
constexpr int hold_batches = 5;

PaceLimits sane(PaceLimits limits) {
  limits.target = std::max(limits.target, std::chrono::microseconds(1'000));
  limits.min_rows = std::max<std::int64_t>(limits.min_rows, 1);
  limits.max_rows = std::max(limits.max_rows, limits.min_rows);
  limits.first_rows = std::clamp(limits.first_rows, limits.min_rows, limits.max_rows);
  return limits;
}

}  // namespace

Pace::Pace(PaceLimits const& limits) : limits_(sane(limits)), rows_(limits_.first_rows) {}

void Pace::steer(std::int64_t min_rows, std::int64_t max_rows, std::chrono::microseconds target,
                 bool strict) {
  strict_ = strict;
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

std::chrono::microseconds Pace::fixed() const {
  return std::chrono::microseconds(static_cast<std::int64_t>(cost_.fixed()));
}

double Pace::allowance() const {
  return strict_ ? 0 : cost_.fixed();
}

// How long a batch should take that has such a fixed part.
double Pace::aim(double fixed) const {
  auto const target = static_cast<double>(limits_.target.count());
  return fixed + std::min(std::max(target - fixed, fixed), target);
}

std::int64_t Pace::wanted() const {
  BatchCost::Row const row = cost_.row(allowance());
  double const fixed = allowance() * row.p90;
  double const time = aim(fixed) - fixed;
  double const cost = std::max(row.median * row.p90, 1e-6);
  double const fitting = std::min(time / cost * (1 + 1e-9), 1e15);  // 2,500 is not 2,499
  double const reachable = std::ceil(static_cast<double>(rows_) * growth);
  return static_cast<std::int64_t>(std::min(fitting, reachable));
}

void Pace::batch_took(std::int64_t rows, std::chrono::microseconds took) {
  if (rows <= 0) {
    return;
  }
  auto const time = static_cast<double>(took.count());
  cost_.add(rows, time);
  if (time > panic_factor * aim(allowance())) {
    cost_.forget_rows();
    rows_ = std::max(rows_ / panic_divisor, limits_.min_rows);
    return;
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
