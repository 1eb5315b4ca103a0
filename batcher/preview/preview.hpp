#pragma once

#include "batcher/job/job.hpp"

#include <optional>
#include <string>
#include <vector>

/// What a job would do, tried on a few rows and taken back: `--dry-run`.
namespace bellows::batcher {

/// One column of one row; of a row that is deleted, no column.
struct Change {
  std::string row;  // "id = 25"
  std::string column;
  std::optional<std::string> before, after;  // as the server prints them; nothing: NULL
};

/// What a part of the key space cost. Times are the server's.
struct Sampled {
  std::int64_t scanned = 0;  // rows of the range
  std::int64_t written = 0;  // those that the predicate takes
  double milliseconds = 0;   // of the statement that writes, its pages in memory
  double milliseconds_cold = 0;
  std::int64_t wal_bytes = 0;  // but for the pages' images after a checkpoint
  std::int64_t hot = 0;
};

struct Trigger {
  std::string name;  // of a foreign key's, the constraint's
  std::int64_t calls = 0;
  double milliseconds = 0;
};

enum class Writes : std::uint8_t { Update, Delete, Copy };

struct Preview {
  Writes writes = Writes::Update;
  std::int64_t rows = 0;  // of the table, an estimate; but for those that are done
  std::int64_t done = 0;  // by an earlier run of the job, which was interrupted
  std::int64_t heap_bytes = 0, index_bytes = 0;
  std::vector<Change> changes;   // of a few rows
  std::string explain;           // of the statement that writes the first range
  std::vector<Sampled> samples;  // from several places of the key space
  std::vector<Trigger> triggers;
  /// That would be written, by the server's statistics: where the places that were tried have none.
  std::optional<double> expected_rows = {};
  bool stripes = false;  // ranges would be committed in stripes, which makes most updates HOT
  std::string
      not_tried;  // why there is no sample: the new column is not there yet; empty: there is
};

/// Each range is at most so many rows, locked NOWAIT: where somebody holds one of them, it is left
/// out.
struct PreviewOptions {
  std::int64_t rows = 200;
  int places = 3;
  int examples = 5;
  std::chrono::milliseconds statement_timeout{5'000};
};

/// Runs the job's statement on a few ranges, each in a transaction that is rolled back, and shorter
/// than `statement_timeout`; nothing is committed, in the ledger neither. What a rollback can't
/// undo: the row versions it wrote are dead rows for the next VACUUM, and a trigger's nextval() is
/// spent. Columns that are not there yet are computed, not written. Throws postgres::Failure,
/// std::invalid_argument for a table or key that can't be used.
Preview preview(postgres::Session& session, Spec const& spec, PreviewOptions const& options = {});

struct Forecast {
  double seconds_low = 0, seconds_high = 0;
  double wal_bytes_low = 0, wal_bytes_high = 0;
  double rows = 0;  // that would be written
};

/// For the whole table, from the samples: the cheapest and the dearest of them. Nothing without
/// any. Pure.
std::optional<Forecast> forecast(Preview const& preview);

}  // namespace bellows::batcher
