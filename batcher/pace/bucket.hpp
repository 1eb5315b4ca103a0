#pragma once

#include <chrono>
#include <optional>

namespace bellows::batcher {

/// So much a second, on average, in bursts of at most a second. What a batch costs is known only
/// after it, so the bucket may go below nothing, by one batch; the next one then waits until that
/// is paid. Pure; the caller tells the time; not thread-safe.
class Bucket {
 public:
  using Clock = std::chrono::steady_clock;

  /// No limit until there is one.
  void limit(std::optional<double> per_second, Clock::time_point now);
  std::optional<double> limit() const { return rate_; }

  void spend(double amount, Clock::time_point now);
  /// 0: go. Rounded up.
  std::chrono::milliseconds wait(Clock::time_point now);

 private:
  void fill(Clock::time_point now);

  std::optional<double> rate_;
  double balance_ = 0;
  Clock::time_point at_{};
};

}  // namespace bellows::batcher
