#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace bellows {

/// SIGINT and SIGTERM, for the whole program: the first asks for a stop at the next checkpoint, the
/// second cancels the running statement. Owns the one io_context that watches signals, on its own
/// thread. Thread-safe.
class Stop {
 public:
  /// With `watch_signals` false nothing but request() triggers it (tests).
  explicit Stop(bool watch_signals = false);
  ~Stop();
  Stop(Stop const&) = delete;
  Stop& operator=(Stop const&) = delete;

  void request();  // as a signal would
  bool requested() const;
  int signal_number() const;  // SIGINT or SIGTERM; 0 when none came

  /// A request because the time is over that the user gave; `why` in a few words.
  void time_is_up(std::string const& why);
  std::string why_time_is_up() const;  // empty: nobody said so

  /// Sleeps, but returns at once (true) when a stop is or gets requested.
  bool wait_for(std::chrono::milliseconds time) const;

  /// Calls `cancel` (from the signal thread) on the second request, while the returned guard lives.
  class Guard;
  [[nodiscard]] std::unique_ptr<Guard> on_second(std::function<void()> cancel);
  /// The same on the first one: for what may take long, and can as well be done another time.
  [[nodiscard]] std::unique_ptr<Guard> on_first(std::function<void()> cancel);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

class Stop::Guard {
 public:
  virtual ~Guard() = default;
};

}  // namespace bellows
