#include "batcher/signals/signal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace bellows::batcher {

Signal::Signal(std::string_view name, SignalLimits const& limits, Clock::time_point now)
    : name_(name), limits_(limits), known_at_(now) {}

void Signal::read(SignalReading reading, Clock::time_point now) {
  off_.clear();
  unknown_ = !reading.utilisation || !std::isfinite(*reading.utilisation);
  if (unknown_) {
    auto const blind = std::chrono::duration_cast<std::chrono::seconds>(now - known_at_);
    if (now - known_at_ >= limits_.grace) {
      holds_ = true;
      unreadable_ = true;
      why_ = fmt::format("not readable for {} s{}{}", blind.count(),
                         reading.why.empty() ? "" : ": ", reading.why);
    }
    return;
  }
  known_at_ = now;
  unreadable_ = false;
  utilisation_ = std::max(*reading.utilisation, 0.0);
  why_ = std::move(reading.why);
  holds_ = *utilisation_ >= (holds_ ? limits_.exit : limits_.enter);
}

void Signal::turn_off(std::string why) {
  off_ = std::move(why);
  holds_ = false;
  unreadable_ = false;
  utilisation_.reset();
  why_.clear();
}

double Signal::pressure() const {
  if (!off_.empty()) {
    return 0;
  }
  double const last = utilisation_.value_or(0);
  return holds_ ? std::max(last, limits_.enter) : last;
}

SignalState Signal::state() const {
  return {.name = name_,
          .utilisation = unknown_ || !off_.empty() ? std::nullopt : utilisation_,
          .holds = holds_,
          .why = why_,
          .off = off_};
}

}  // namespace bellows::batcher
