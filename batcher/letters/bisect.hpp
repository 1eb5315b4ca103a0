#pragma once

#include <cstdint>

namespace bellows::batcher {

/// How many rows a batch takes while a bad row is looked for. Pure; one lane, one Bisect.
///
/// A failed batch is halved until it is one row, and the halves that pass are committed: so the way
/// to the bad row is made once, and survives a crash. Behind it sizes double again, since where one
/// row is bad its neighbours often are: ten in a row cost two tries each, and not a search each.
class Bisect {
 public:
  bool on() const { return rows_ > 0; }
  /// The size of the next batch, while it is on.
  std::int64_t rows() const { return rows_; }

  /// A batch over so many rows of the key space failed on some row's data.
  void failed(std::int64_t rows);
  /// One passed. `full`: the size where it is over.
  void passed(std::int64_t rows, std::int64_t full);
  /// The bad row was set aside.
  void found();

 private:
  std::int64_t rows_ = 0;      // 0: nothing is looked for
  std::int64_t suspects_ = 0;  // rows ahead that hold a bad one for sure
};

}  // namespace bellows::batcher
