#include "batcher/pace/duty.hpp"

#include <algorithm>
#include <cmath>

namespace bellows::batcher {
namespace {

using namespace std::chrono_literals;

constexpr double soft = 0.5;   // of a limit: the brake begins
constexpr double least = 0.1;  // duty just below the limit, and after it was closed
constexpr double rise = 1.25;  // a second, at most
constexpr auto longest = std::chrono::microseconds(10s);

double wanted(double pressure) {
  double const over = std::clamp((pressure - soft) / (1 - soft), 0.0, 1.0);
  return 1 - over * (1 - least);
}

}  // namespace

bool Duty::slows(double pressure) {
  return pressure > soft;
}

void Duty::press(double pressure, bool held, Clock::time_point now) {
  double const seconds = std::max(0.0, std::chrono::duration<double>(now - at_).count());
  at_ = now;
  if (held) {
    share_ = 0;
    return;
  }
  double const reachable = std::max(share_, least) * std::pow(rise, std::min(seconds, 60.0));
  share_ = std::min(wanted(pressure), share_ == 0 ? least : reachable);
}

std::chrono::microseconds Duty::pause_after(std::chrono::microseconds took) const {
  if (share_ <= 0) {
    return longest;
  }
  double const pause = static_cast<double>(took.count()) * (1 / share_ - 1);
  return std::min(std::chrono::microseconds(static_cast<std::int64_t>(std::min(pause, 1e12))),
                  longest);
}

}  // namespace bellows::batcher
