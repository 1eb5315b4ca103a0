#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

namespace bellows::batcher {

/// Ends a run whose failures say that the statement is wrong, and not some row. Asked before each
/// row that would be set aside; what it refuses is not recorded, and is tried first by the next
/// run. One for all lanes of a job; thread-safe. With several lanes each may be one row late.
///
/// Chosen like the circuit breakers of resilience4j and Hystrix (a share over a window, after a
/// least number of calls), stricter: there a failure costs a request, here a person's attention.
class Breaker {
 public:
  static constexpr std::int64_t first_rows = 10;   // of a job, all of them bad
  static constexpr std::int64_t window = 1'000;    // rows, of which …
  static constexpr std::int64_t fewest_rows = 50;  // … once there are so many …
  static constexpr std::int64_t share = 4;         // … more than one in four are bad
  static constexpr std::int64_t most = 1'000;      // dead letters of a job

  /// `limit`: the user's own number of dead letters, which then is all that counts. `letters` and
  /// `written`: of the job, by earlier runs.
  Breaker(std::optional<std::int64_t> limit, std::int64_t letters, std::int64_t written)
      : limit_(limit), letters_(letters), written_(written) {}

  /// A batch was committed: rows that it wrote, and whether it set one aside.
  void committed(std::int64_t written, bool set_aside);
  /// Why no further row may be set aside; nothing: it may.
  std::optional<std::string> refuses() const;

 private:
  struct Sample {
    std::int64_t written;
    std::int64_t letters;
    std::int64_t rows() const { return written + letters; }
  };

  std::optional<std::int64_t> const limit_;
  mutable std::mutex mutex_;  // over the rest
  std::int64_t letters_;
  std::int64_t written_;
  std::deque<Sample> recent_;
  Sample sum_{0, 0};
};

}  // namespace bellows::batcher
