#pragma once

#include "batcher/job/job.hpp"

#include <chrono>
#include <deque>
#include <mutex>

namespace bellows::batcher {

/// The Progress that the lane writes and the calling thread shows. Thread-safe.
class Board {
 public:
  explicit Board(std::string const& job) { progress_.job = job; }

  Progress read() const {
    std::lock_guard const lock(mutex_);
    return progress_;
  }
  template <typename Change>
  void change(Change const& change) {
    std::lock_guard const lock(mutex_);
    change(progress_);
  }

 private:
  mutable std::mutex mutex_;
  Progress progress_;
};

/// Turns samples of a Progress into its rate and the time that is left. Pure, given the clock.
class Meter {
 public:
  using Clock = std::chrono::steady_clock;

  /// `progress` with rows_per_second (rows of the key space passed, over the last ten seconds) and
  /// the ETA: an interval between what the last ten seconds and the whole run so far suggest.
  Progress measure(Progress progress, Clock::time_point now);

 private:
  struct Sample {
    Clock::time_point at;
    std::int64_t rows;
    double share;
  };
  std::deque<Sample> recent_;
  std::optional<Sample> first_;
};

}  // namespace bellows::batcher
