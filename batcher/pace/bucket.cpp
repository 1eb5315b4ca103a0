#include "batcher/pace/bucket.hpp"

#include <algorithm>
#include <cmath>

namespace bellows::batcher {
namespace {

constexpr double burst = 1;  // seconds
constexpr double longest_wait = 3600;

}  // namespace

void Bucket::limit(std::optional<double> per_second, Clock::time_point now) {
  if (per_second == rate_) {
    return;
  }
  if (!rate_) {  // nothing saved up from before there was a limit
    balance_ = 0;
    at_ = now;
  }
  fill(now);
  rate_ = per_second;
}

void Bucket::fill(Clock::time_point now) {
  if (rate_ && now > at_) {
    double const seconds = std::chrono::duration<double>(now - at_).count();
    balance_ = std::min(balance_ + *rate_ * seconds, *rate_ * burst);
  }
  at_ = std::max(at_, now);
}

void Bucket::spend(double amount, Clock::time_point now) {
  fill(now);
  if (rate_) {
    balance_ -= amount;
  }
}

std::chrono::milliseconds Bucket::wait(Clock::time_point now) {
  fill(now);
  if (!rate_ || balance_ >= 0) {
    return std::chrono::milliseconds(0);
  }
  double const seconds = *rate_ > 0 ? std::min(-balance_ / *rate_, longest_wait) : longest_wait;
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(seconds * 1000)));
}

}  // namespace bellows::batcher
