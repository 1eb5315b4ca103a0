#pragma once

#include "batcher/job/batch_sql.hpp"
#include "batcher/job/open_job.hpp"
#include "batcher/pace/striping.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace bellows::batcher {

/// One batch: what it writes, and where it leads.
struct Batch {
  Part part;
  std::int64_t rows = 0;   // about so many to write, had the predicate taken all
  bool cut_short = false;  // by a bound: it says little about the size
  Checkpoint next;
  std::optional<std::int64_t> bucket;  // of the histogram, where it leads
};

/// How large the next batch should be.
struct Wanted {
  std::int64_t rows = 0;             // by the clock
  std::optional<std::int64_t> part;  // fewer: a bad row is looked for
  bool locking = true;               // rows are locked before they are written
};

/// What a lane's next batch is: the next window of its key space, a further stripe of the open one,
/// or a part of it. Reads from the table where windows end; writes nothing. One lane, one thread.
class Windows {
 public:
  Windows(Spec const& spec, Options const& options, OpenJob const& job);

  Batch next(postgres::Transaction& transaction, Checkpoint const& at, Wanted const& wanted);
  /// How many rows of the key space `batch` goes over.
  std::int64_t scanned(Batch const& batch) const { return window_ ? window_->rows : batch.rows; }
  /// The open window is to be finished in parts instead of stripes.
  void narrow() { narrow_ = true; }
  /// The checkpoint was read again: the open window may be another one.
  void forget() { window_.reset(); }
  /// What a batch's transaction updated. False: it ended a range in stripes, hardly any of whose
  /// rows found room in place.
  bool updated(Batch const& batch, std::int64_t rows, std::int64_t hot);
  void try_stripes_again() { striping_.try_again(); }
  void committed(Batch const& batch);
  void wrote(postgres::Transaction& /*transaction*/, Batch& /*batch*/, std::int64_t /*rows*/) {}

 private:
  /// A piece of the lane: (cursor, upto].
  struct Window {
    KeyValue upto;
    std::int64_t rows = 0;
    bool cut_short = false;
    std::optional<std::int64_t> bucket;
  };

  Batch next_window(postgres::Transaction& transaction, Checkpoint const& at, Wanted const& wanted);
  Batch next_stripe(postgres::Transaction& transaction, Checkpoint const& at);
  Batch rest_of_stripes(postgres::Transaction& transaction, Checkpoint const& at,
                        std::int64_t rows);
  Window find_window(postgres::Transaction& transaction, Checkpoint const& at,
                     KeyValue const& upper, std::int64_t rows) const;
  /// `next`, its cursor moved over `window`.
  void pass(Checkpoint& next, Window const& window) const;
  /// The lane's share where `window` ends, of which `behind` has counted the rows.
  double place(Checkpoint const& behind, Window const& window) const;
  /// `next`, one of the `left` stripes of `window` further in it.
  void go_into(Checkpoint& next, Window const& window, int left) const;

  Spec const& spec_;
  Options const& options_;
  OpenJob const& job_;
  Striping striping_;
  std::string hash_;                    // of the key; empty: no stripes
  std::optional<Window> window_;        // the open one, once counted
  bool narrow_ = false;                 // finish it in parts instead of stripes
  std::int64_t bucket_ = -1;            // of the histogram, where the cursor stands …
  std::int64_t bucket_began_rows_ = 0;  // … and rows_scanned when it got there
};

}  // namespace bellows::batcher
