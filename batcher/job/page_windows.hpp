#pragma once

#include "batcher/job/windows.hpp"
#include "batcher/keys/pages.hpp"

#include <optional>

namespace bellows::batcher {

/// As Windows, for the lane that goes by pages: walk after walk over the whole table, until one
/// finds no row to write. A row that the predicate takes is one that is not written yet, so none is
/// written twice; and what the first walk missed since it moved, the next one finds. Where rows
/// that match keep coming, from an application that nothing corrects, the walks end all the same:
/// after the last one, what matches was written by others while it ran.
class PageWindows {
 public:
  PageWindows(Spec const& spec, OpenJob const& job);

  Batch next(postgres::Transaction& transaction, Checkpoint const& at, Wanted const& wanted);
  static std::int64_t scanned(Batch const& batch) { return batch.rows; }
  void narrow() {}
  void forget() {}
  bool updated(Batch const& /*batch*/, std::int64_t /*rows*/, std::int64_t /*hot*/) { return true; }
  void try_stripes_again() {}
  void committed(Batch const& /*batch*/) {}
  /// So many rows were written: at the end of a walk, whether there is another one, and over what.
  void wrote(postgres::Transaction& transaction, Batch& batch, std::int64_t rows);

 private:
  Spec const& spec_;
  Pages pages_;
  bool ends_walk_ = false;  // the batch at hand
};

}  // namespace bellows::batcher
