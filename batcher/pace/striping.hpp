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
///
/// Indexes have an optimum, too. All rows of the first stripe get new entries in each of them, and
/// a B-tree that was filled in order has a tenth of each leaf left: where the first stripe is more,
/// every leaf is split in two. Measured, the primary key's growth: 4 stripes +99 %, 8 +21 %, 10 +13
/// %, 11 +1 %, 12 0 %. (A small first stripe and larger ones behind it do not help: what is more
/// than the one before finds no room in place, and gets new entries as well.)
class Striping {
 public:
  /// Of fewer than so many, the first one splits the leaves of indexes.
  static constexpr int fewest = 11;

  /// `wanted`: 0 chosen here, 1 never, else always that many. `pays`: what the catalogs say.
  Striping(int wanted, bool pays);

  /// For a range of about `rows` rows a stripe. `locking`: each row is locked first, so looking
  /// through the range once more for each stripe costs twice as much.
  int choose(std::int64_t rows, bool locking) const;
  /// What a stripe other than the first one did.
  void updated(std::int64_t rows, std::int64_t hot);
  /// A range is done, in stripes or whole. False: hardly any row of its stripes found room in
  /// place.
  bool range_done(bool in_stripes);
  /// What kept them from it is gone: the next range is tried in stripes.
  void try_again() { whole_for_ = 0; }

 private:
  int wanted_;
  bool pays_;
  std::int64_t rows_ = 0;
  std::int64_t hot_ = 0;
  int whole_for_ = 0;  // ranges
  int next_rest_;
};

}  // namespace bellows::batcher
