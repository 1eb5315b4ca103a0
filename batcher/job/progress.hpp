#pragma once

#include "batcher/job/job.hpp"
#include "batcher/job/ledger.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <string>

namespace bellows::batcher {

/// The Progress that lanes write, each its own part, and the calling thread shows. Thread-safe.
class Board {
 public:
  explicit Board(std::string const& job) { progress_.job = job; }

  Progress read() const;
  /// Where a lane stands now, and the size of its batches.
  void lane(Checkpoint const& checkpoint, std::int64_t batch_rows);
  /// How much of the job a lane has left to do, in the measure of its weight.
  double left(int lane) const;
  /// Why a lane does not run right now; empty: it runs.
  void waiting(int lane, std::string const& reason);
  /// Updates that were committed.
  void count(std::int64_t rows, std::int64_t hot);
  /// For a job without lanes.
  template <typename Change>
  void change(Change const& change) {
    std::lock_guard const lock(mutex_);
    change(progress_);
  }

 private:
  struct Part {
    Checkpoint checkpoint;
    std::int64_t batch_rows = 0;
    std::string waiting_for;
  };
  mutable std::mutex mutex_;
  Progress progress_;
  std::map<int, Part> lanes_;
  std::int64_t updates_ = 0;
  std::int64_t hot_updates_ = 0;
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
