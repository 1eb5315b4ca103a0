#pragma once

#include "batcher/pace/bucket.hpp"
#include "batcher/pace/duty.hpp"
#include "batcher/pace/pace_state.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace bellows::batcher {

/// What a job's batches are limited to, by its user; nothing: no limit.
struct Rates {
  std::optional<double> rows;  // written or looked at, a second, over all lanes
  std::optional<double> wal;   // bytes a second, that the server writes while batches run
  bool operator==(Rates const&) const = default;
};

/// Whether a lane may begin its next batch. Puts together all that slows a job: the signals' duty,
/// the user's rates, the share of a budget that several jobs have together, a pause. Pure: the
/// caller tells the time. Not thread-safe.
class Brake {
 public:
  using Clock = std::chrono::steady_clock;

  /// `pause`: between any two batches of a lane.
  Brake(std::chrono::milliseconds pause, Clock::time_point now);

  /// The strongest signal, after each look. Held: it is closed.
  void press(double pressure, bool held, std::string const& name, std::string const& why,
             Clock::time_point now);
  /// Somebody's order to stand still, or another reason beside the signals; empty: none. `by`: what
  /// people are told that it is.
  void hold(std::string why, std::string by = "paused");
  void limit(Rates const& rates, Clock::time_point now);
  /// A budget of several jobs, and what has been drawn from it; nothing: there is none.
  struct Purse {
    std::optional<double> rows, wal;
  };
  void share_budget(bool rows, bool wal);
  void draw(Purse const& drawn);
  Purse const& purse() const { return purse_; }

  /// A lane's batch is over, committed or not.
  void spent(int lane, double rows, double wal, std::chrono::microseconds took,
             Clock::time_point now);

  struct Wait {
    std::chrono::milliseconds time{0};  // 0: go; else ask again after it, or sooner
    bool held = false;                  // it stands still; else it is merely slowed
    std::string by, why;
  };
  Wait wait(int lane, Clock::time_point now);

  /// A batch should not be larger, lest it alone spend more than half a second of a rate.
  std::optional<std::int64_t> most_rows(int lanes) const;
  /// For people, as of `now`.
  PaceState state(Clock::time_point now);

 private:
  struct Turn {
    Clock::time_point ended{};
    std::chrono::microseconds took{0};
    bool any = false;
  };
  Wait wait_for_rates(Clock::time_point now);
  Wait what_limits(Clock::time_point now);

  std::chrono::milliseconds pause_;
  Duty duty_;
  bool held_ = false;
  std::string signal_, signal_why_;
  std::string order_, ordered_by_;
  Bucket rows_, wal_;
  Purse purse_;
  double wal_per_row_ = 0;
  std::map<int, Turn> turns_;
  Wait by_rate_;
  Clock::time_point by_rate_at_{};
  std::string limited_by_;
  std::optional<std::chrono::system_clock::time_point> since_;
};

}  // namespace bellows::batcher
