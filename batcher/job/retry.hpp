#pragma once

#include "batcher/postgres/failure.hpp"

#include <chrono>
#include <cstdint>
#include <random>

namespace bellows::batcher {

/// What to do about a failed batch. Pure; the table is in retry.cpp.
struct Advice {
  bool again = false;      // else the run ends with the failure
  bool reconnect = false;  // on a new connection, from the checkpoint
  bool smaller = false;    // with fewer rows
};
Advice advice_on(postgres::FailureKind kind);

/// The tries of one batch: growing pauses with jitter, up to a total. A lock timeout starts with
/// short pauses, since its holder is most often gone in a moment; a lost server with longer ones.
class Patience {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Patience(std::chrono::milliseconds budget, std::uint32_t seed = std::random_device()());

  /// Success: the next batch has the whole budget again.
  void reset();
  /// The budget is spent: give up. The first failure starts the clock.
  bool spent(Clock::time_point now);
  /// How long to wait before the next try.
  std::chrono::milliseconds next_pause(postgres::FailureKind kind);
  int failures() const { return failures_; }

 private:
  std::chrono::milliseconds budget_;
  std::mt19937 random_;
  int failures_ = 0;
  Clock::time_point first_{};
};

}  // namespace bellows::batcher
