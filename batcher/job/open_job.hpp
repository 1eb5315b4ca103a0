#pragma once

#include "batcher/job/job.hpp"
#include "batcher/job/ledger.hpp"
#include "batcher/job/table_facts.hpp"
#include "batcher/keys/key_space.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace bellows::batcher {

/// What the lane that goes by pages needs to know (page_windows.hpp).
struct ByPages {
  double rows_a_page = 1;
  int server_version = 0;
};

/// Everything that a job's lanes share, read once. Immutable while they run.
struct OpenJob {
  Key key;                       // empty: the table has none
  std::optional<ByPages> pages;  // there are rows without a key, or may be
  KeySpace space;
  TableFacts table;
  std::vector<Checkpoint> lanes;  // as the ledger has them now
  bool created = false;           // by us
  std::int64_t letters = 0;       // rows that earlier runs set aside
  Sizes sizes;                    // of the table, as it was opened

  /// The share of the lane that is done, from its last batch's place (KeySpace::share()).
  double share(Checkpoint const& lane, std::optional<std::int64_t> bucket,
               std::int64_t rows_in_bucket, std::int64_t rows) const;
};

/// The spans of a lane's two halves, where there is a histogram.
void divide_span(postgres::Transaction& transaction, OpenJob const& job, Checkpoint& first,
                 Checkpoint& second);

/// Creates the job in the ledger or finds it, and takes its lanes over. In the caller's
/// transaction. Throws as run_job() does.
OpenJob open_job(postgres::Transaction& transaction, Spec const& spec, Options const& options,
                 std::int64_t fence);

}  // namespace bellows::batcher
