#pragma once

#include "batcher/keys/key.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace bellows::batcher {

/// Where in the key space a position is. The histogram of the first key column (pg_stats) tells it
/// whatever the gaps between keys; between two of its bounds rows are counted against the estimate.
/// Without a histogram rows are counted alone, and so they are where it is of another time: where a
/// sample of at most five hundred pages lies elsewhere than it says. An estimate: for people,
/// nothing depends on it.
struct KeySpace {
  std::string histogram;      // array literal; empty: none (never analysed, or not ours to see)
  std::int64_t bounds = 0;    // how many
  double estimated_rows = 1;  // of the whole table

  /// 0 … 0.999 (the end is known, never estimated). `bucket`: how many bounds are at or before the
  /// position; `rows_in_bucket`: scanned since it was last lower; `rows`: scanned in all.
  double share(std::optional<std::int64_t> bucket, std::int64_t rows_in_bucket,
               std::int64_t rows) const;
};

KeySpace read_key_space(postgres::Transaction& transaction, sql::QualifiedName const& table,
                        Key const& key);

}  // namespace bellows::batcher
