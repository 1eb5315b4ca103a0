#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>

namespace bellows::batcher {

/// What a batch costs: a part that each has whatever its size (a statement trigger, a commit to a
/// far replica, round trips of a slow network), and a part for each row. Pure: measurements in,
/// microseconds out. Not thread-safe.
///
/// Batches of one size cannot tell the two apart, so the typical time of each size, by powers of
/// two, is remembered for a while: the fixed part is where the line through the smallest and the
/// largest one meets zero rows. What the newest batches contradict is forgotten; they are believed.
/// Medians, and a contradiction must be a plain one: times vary by a third on a busy server.
class BatchCost {
 public:
  void add(std::int64_t rows, double took);
  /// A batch that says nothing about the next ones' rows: what the last ones cost is forgotten.
  void forget_rows() { recent_.clear(); }

  double fixed() const { return fixed_; }

  struct Row {
    double median = 0;
    double p90 = 1;  // nine batches of ten take at most so many times what the parts add up to
  };
  /// Of the last ten batches, beside a fixed part of `fixed`.
  Row row(double fixed) const;

 private:
  struct Batch {
    std::int64_t rows = 0;
    double took = 0;
    std::int64_t number = 0;
  };
  struct Typical {
    double rows = 0;
    double took = 0;
  };
  static Typical typical(std::deque<Batch> const& batches);
  bool contradicts(int size, Typical const& now, int other, std::deque<Batch> const& batches) const;
  void fit(Typical const& now);

  std::deque<Batch> recent_;
  std::map<int, std::deque<Batch>> sizes_;  // the last ones of each power of two
  std::int64_t count_ = 0;
  double fixed_ = 0;
};

}  // namespace bellows::batcher
