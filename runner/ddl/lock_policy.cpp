#include "runner/ddl/lock_policy.hpp"

#include <algorithm>
#include <cmath>

namespace bellows::ddl {
namespace {

constexpr std::size_t queue_every = 4;

milliseconds step_of(LockPolicy const& policy, std::size_t attempt) {
  auto const probes = static_cast<std::size_t>(std::max(policy.probes, 1));
  std::size_t left = attempt;
  for (milliseconds step : policy.ladder) {
    std::size_t const tries = step == milliseconds{0} ? probes : 1;
    if (left < tries) {
      return step;
    }
    left -= tries;
  }
  return policy.ladder.empty() ? milliseconds{0} : policy.ladder.back();
}

}  // namespace

milliseconds wait_of(LockPolicy const& policy, std::size_t attempt, bool long_holder) {
  bool const queues_anyway = attempt % queue_every == queue_every - 1;
  if (long_holder && !queues_anyway) {
    return milliseconds{0};
  }
  return step_of(policy, attempt);
}

milliseconds pause_after(LockPolicy const& policy, std::size_t attempt, double jitter) {
  double const low = static_cast<double>(policy.pause_low.count());
  double const high = static_cast<double>(policy.pause_high.count());
  double const grown = low * std::exp2(static_cast<double>(std::min<std::size_t>(attempt, 20)));
  double const pause = std::min(grown, high) * (0.5 + std::clamp(jitter, 0.0, 1.0));
  return milliseconds{std::llround(pause)};
}

}  // namespace bellows::ddl
