#pragma once

#include "batcher/job/job.hpp"
#include "batcher/keys/key.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// What a job remembers, in bellows.jobs and bellows.lanes.
namespace bellows::batcher {

/// Where a lane stands. Written in the transaction that writes the rows, so both are true or none.
/// Everything up to the cursor is done. Inside an open window, (cursor, window], the stripes before
/// `stripe` are done besides; so two ways lead on: the next stripe of the whole window, or the
/// remaining stripes of a part of it, which moves the cursor.
struct Checkpoint {
  int lane = 0;
  std::int64_t fence = 0;
  std::int64_t batch = 0;  // batches committed so far, over all runs
  // Of the lane that goes by pages, cursor and upper are a PagePlace and Extents (keys/pages.hpp).
  std::optional<KeyValue> cursor;  // the last key that is done; nothing: at the beginning
  std::optional<KeyValue> upper;   // the last key there is to do; nothing: the table was empty
  std::optional<KeyValue> window;  // open: some of its stripes are done
  int stripe = 0;                  // the first that is not
  int stripes = 1;                 // of that window
  std::int64_t rows_scanned = 0;
  std::int64_t rows_written = 0;
  double share = 0;
  double weight = 1;  // of its part of the key space, against the other lanes'
  bool finished = false;
  /// Of the key space, where the lane begins and ends, by the histogram; an estimate, not kept.
  std::optional<std::pair<double, double>> span = std::nullopt;
};

/// The Spec as the ledger keeps it; equal text, equal job.
std::string fingerprint(Spec const& spec);

/// The lanes that a new job begins with.
struct NewLanes {
  std::vector<KeyValue> cuts;     // ascending: where one lane ends and the next begins
  std::optional<KeyValue> upper;  // the frozen bound of those that go by key; nothing: no rows
  std::optional<KeyValue> pages;  // the first walk's extents, of the lane that goes by pages
};

/// Adds the job; an existing one stays as it is. A table that was empty is finished at once. True
/// when it was added.
bool create_job(postgres::Transaction& transaction, Spec const& spec, NewLanes const& lanes);

/// All lanes; none where the job does not exist. Throws std::invalid_argument when it is another
/// Spec's.
std::vector<Checkpoint> find_checkpoints(postgres::Transaction& transaction, Spec const& spec);

/// Raises the lanes' fences to ours. Throws LostLease where one is higher already.
void take_lease(postgres::Transaction& transaction, Spec const& spec, std::int64_t fence);

/// As of now. Throws LostLease when the job is gone or somebody raised the fence.
Checkpoint read_checkpoint(postgres::Transaction& transaction, std::string const& job, int lane,
                           std::int64_t fence);

/// Writes `now` over the checkpoint that the transaction began with (`now.batch - 1`). False when
/// the lane is not there any more: this transaction must not be committed.
[[nodiscard]] bool write_checkpoint(postgres::Transaction& transaction, std::string const& job,
                                    Checkpoint const& now);

/// The lane that goes by pages has another walk before it, over these extents. The letters that it
/// wrote are forgotten: that walk tries their rows again.
/// False as write_checkpoint().
[[nodiscard]] bool walk_again(postgres::Transaction& transaction, std::string const& job,
                              std::int64_t fence, KeyValue const& extents);

/// The job is at its end where all lanes are and no row is set aside; else nothing happens.
void note_finished(postgres::Transaction& transaction, std::string const& job);

/// The lane of a row that was set aside has written so many more. False as write_checkpoint().
[[nodiscard]] bool add_written(postgres::Transaction& transaction, std::string const& job, int lane,
                               std::int64_t fence, std::int64_t rows);

}  // namespace bellows::batcher
