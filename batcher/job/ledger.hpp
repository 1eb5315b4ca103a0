#pragma once

#include "batcher/job/job.hpp"
#include "batcher/keys/key.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// What a job remembers, in bellows.jobs and bellows.lanes. One lane so far: number 0.
namespace bellows::batcher {

/// Where a lane stands. Written in the transaction that writes the rows, so both are true or none.
struct Checkpoint {
  std::int64_t fence = 0;
  std::int64_t batch = 0;          // batches committed so far, over all runs
  std::optional<KeyValue> cursor;  // the last key that is done; nothing: at the beginning
  std::optional<KeyValue> upper;   // the last key there is to do; nothing: the table was empty
  std::int64_t rows_scanned = 0;
  std::int64_t rows_written = 0;
  double share = 0;
  bool finished = false;
};

/// The Spec as the ledger keeps it; equal text, equal job.
std::string fingerprint(Spec const& spec);

/// Adds the job with its frozen upper bound; an existing one stays as it is. A table that was empty
/// is finished at once. True when it was added.
bool create_job(postgres::Transaction& transaction, Spec const& spec,
                std::optional<KeyValue> const& upper);

/// Nothing where the job does not exist. Throws std::invalid_argument when it is another Spec's.
std::optional<Checkpoint> find_checkpoint(postgres::Transaction& transaction, Spec const& spec);

/// Raises the lane's fence to ours. Throws LostLease where it is higher already.
void take_lease(postgres::Transaction& transaction, Spec const& spec, std::int64_t fence);

/// As of now. Throws LostLease when the job is gone or somebody raised the fence.
Checkpoint read_checkpoint(postgres::Transaction& transaction, std::string const& job,
                           std::int64_t fence);

/// Writes `now` over the checkpoint that the transaction began with (`now.batch - 1`). False when
/// the lane is not there any more: this transaction must not be committed.
[[nodiscard]] bool write_checkpoint(postgres::Transaction& transaction, std::string const& job,
                                    Checkpoint const& now);

}  // namespace bellows::batcher
