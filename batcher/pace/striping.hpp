#pragma once

#include <cstdint>

namespace bellows::batcher {

/// Into how many commits a range is divided. Pure: measurements in, a number out.
///
/// Why at all: an UPDATE in key order finds each page full, so every new row version goes to
/// another page and into every index. When every tenth row of a range is written and committed
/// first, the dead versions it leaves are pruned by the next visit, and the next stripe's versions
/// fit into their place (HOT: no index entry). Pruning wants the earlier stripe committed and no
/// snapshot older than it; where somebody holds one, the observed share of HOT updates says so, and
/// ranges are written whole until another try. Each stripe reads the whole range, so there is an
/// optimum. Measured on full pages with four indexes, server CPU a row against 7.2 µs of a plain
/// UPDATE: 8 stripes 5.3 µs, +28 % heap, 0.56 of the WAL; 10: 5.4, +25 %, 0.54; 12: 5.6, +23 %,
/// 0.53; 16: 5.9, +21 %, 0.52.
class Striping {
 public:
  /// `wanted`: 0 chosen here, 1 never, else always that many. `pays`: what the catalogs say.
  Striping(int wanted, bool pays);

  /// For a range of about `rows` rows a stripe. `locking`: each row is locked first, so looking
  /// through the range once more for each stripe costs twice as much.
  int choose(std::int64_t rows, bool locking) const;
  /// What a stripe other than the first one did.
  void updated(std::int64_t rows, std::int64_t hot);
  /// A range is done, in stripes or whole.
  void range_done(bool in_stripes);

 private:
  int wanted_;
  bool pays_;
  std::int64_t rows_ = 0;
  std::int64_t hot_ = 0;
  int whole_for_ = 0;  // ranges
  int next_rest_;
};

}  // namespace bellows::batcher
