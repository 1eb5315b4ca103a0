#pragma once

#include <chrono>

namespace bellows::batcher {

/// The control law: pressure in, the share of the time in which batches may run out. Pure; the
/// caller tells the time. One for all lanes of a job.
///
/// Below half of a limit there is no brake. From there to the limit the duty falls in a straight
/// line to a tenth: where a replica replays a third of what we could write, it settles where a
/// third is allowed, rather than swinging between all and nothing. At the limit nothing runs, until
/// the signal's exit threshold. It falls at once and rises by at most a quarter a second, since
/// what it looks at answers late. There is no memory but that one number, so nothing can ratchet
/// down: with the pressure gone, full speed is back within ten seconds, whatever was before.
class Duty {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Duty(Clock::time_point now) : at_(now) {}

  /// `pressure`: the highest utilisation; `held`: a signal is closed.
  void press(double pressure, bool held, Clock::time_point now);
  double share() const { return share_; }
  /// Whether so much pressure slows anything.
  static bool slows(double pressure);

  /// How long to wait after a batch that took `took`: more for a long one, so that the share of the
  /// time is kept whatever the batch's size. Nothing more than `longest`: the job always moves.
  std::chrono::microseconds pause_after(std::chrono::microseconds took) const;

 private:
  double share_ = 1;
  Clock::time_point at_;
};

}  // namespace bellows::batcher
