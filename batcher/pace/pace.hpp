#pragma once

#include "batcher/pace/batch_cost.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

namespace bellows::batcher {

struct PaceLimits {
  std::chrono::microseconds target{250'000};  // server time of one batch
  std::int64_t min_rows = 10;
  std::int64_t max_rows = 50'000;
  std::int64_t first_rows = 1'000;
};

/// How many rows of the key space the next batch takes. Pure: measurements in, a size out; time
/// spent waiting must not be fed in (a loop that counts it collapses under back-pressure). The law
/// is that of block/spirit's chunker: p90 of the last ten batches, growth ≤ 1.5×, a batch over 5×
/// what is aimed at shrinks the next one to a tenth at once. One lane, one Pace; not thread-safe.
///
/// What each batch costs whatever its size is no reason to make it smaller. Where that fixed part
/// is up to half of the target, the whole batch takes the target; where it is more, the rows may
/// take as long again, so that half of the time is work; and never more than a target beside it.
class Pace {
 public:
  explicit Pace(PaceLimits const& limits);

  std::int64_t rows() const { return most_ ? std::min(rows_, *most_) : rows_; }
  /// No batch may be larger from now on; nothing: no such limit. It is not learnt from, so what was
  /// known of the cost is back with its end.
  void at_most(std::optional<std::int64_t> rows) { most_ = rows; }
  /// Another target, another largest batch, and one that the target alone makes no smaller.
  /// `strict`: others feel each batch as a whole, so no allowance is made for its fixed part.
  void steer(std::int64_t min_rows, std::int64_t max_rows, std::chrono::microseconds target,
             bool strict = false);
  /// A batch over `rows` rows of the key space was committed after `took`.
  void batch_took(std::int64_t rows, std::chrono::microseconds took);
  /// A lock or statement timeout: half the size, down to a single row, and no growth for the next
  /// five batches.
  void gave_way();
  /// The part of a batch's time that does not depend on its rows, as far as known.
  std::chrono::microseconds fixed() const;

 private:
  double allowance() const;
  double aim(double fixed) const;
  std::int64_t wanted() const;

  PaceLimits limits_;
  std::int64_t rows_;
  std::optional<std::int64_t> most_;
  std::optional<std::pair<std::int64_t, std::int64_t>> steered_rows_;  // as it was said last
  bool strict_ = false;
  BatchCost cost_;
  int hold_ = 0;  // batches that must pass before it grows again
};

}  // namespace bellows::batcher
