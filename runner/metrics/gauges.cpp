#include "runner/metrics/gauges.hpp"

#include <chrono>

namespace bellows::runner::metrics {

Gauges::Gauges(std::string version) {
  std::chrono::duration<double> const now = std::chrono::system_clock::now().time_since_epoch();
  snapshot_.version = std::move(version);
  snapshot_.started = now.count();
}

void Gauges::progress(batcher::Progress const& progress) {
  std::lock_guard const lock(mutex_);
  snapshot_.jobs[progress.job] = progress;
}

void Gauges::happened(std::string_view event) {
  std::lock_guard const lock(mutex_);
  ++snapshot_.events[std::string(event)];
}

Snapshot Gauges::read() const {
  std::lock_guard const lock(mutex_);
  return snapshot_;
}

}  // namespace bellows::runner::metrics
