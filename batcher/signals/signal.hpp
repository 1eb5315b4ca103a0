#pragma once

#include "batcher/pace/pace_state.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace bellows::batcher {

/// What one look at a signal found. `utilisation` 1 is its limit; nothing: it could not be read.
struct SignalReading {
  std::optional<double> utilisation;
  std::string why;  // the figures, for people: "replica r1 is 12.3 s behind, limit 10 s"
};

struct SignalLimits {
  double enter = 1.0;                       // from here on no batch begins …
  double exit = 0.8;                        // … until it is below this again
  std::chrono::milliseconds grace{10'000};  // unreadable for so long: closed
};

/// A signal's memory: hysteresis, and what an unreadable one means. Pure; the caller tells the
/// time. Between two readings, and while it cannot be read, the last one holds; after the grace
/// period an unreadable signal is closed, since unknown is never zero.
class Signal {
 public:
  using Clock = std::chrono::steady_clock;

  Signal(std::string_view name, SignalLimits const& limits, Clock::time_point now);

  void read(SignalReading reading, Clock::time_point now);
  /// Not watched, because `why`; for good, unless it is read after all.
  void turn_off(std::string why);

  /// 0 …; at least `enter` while it holds.
  double pressure() const;
  bool holds() const { return holds_; }
  /// It holds because it could not be read for longer than the grace period.
  bool unreadable() const { return unreadable_; }
  std::string const& name() const { return name_; }
  std::string const& why() const { return why_; }
  SignalState state() const;

 private:
  std::string name_;
  SignalLimits limits_;
  Clock::time_point known_at_;
  std::optional<double> utilisation_;
  bool unknown_ = true;  // the last look failed
  bool holds_ = false;
  bool unreadable_ = false;
  std::string why_;
  std::string off_;
};

}  // namespace bellows::batcher
