#pragma once

#include "batcher/job/job.hpp"
#include "batcher/keys/key.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Is every row as the rule says? Asked right after a backfill, and later again: then the ranges
/// that were kept tell what the application has changed since.
namespace bellows::batcher {

struct VerifySpec {
  std::string id;
  sql::QualifiedName table;
  std::vector<sql::Identifier> key;
  std::string differs;  // SQL, true for a row that is wrong
  /// What is hashed beside the key; empty: no hashes, no ranges.
  std::vector<sql::Identifier> columns = {};
  /// Where ranges end: those of an earlier verification. Empty: chosen, at most some five hundred.
  /// Not heeded where the table was read by its pages then and by key now, or the other way round.
  std::vector<KeyValue> bounds = {};
  std::string orders_of = {};  // the job whose orders it obeys; empty: those of its own id
};

/// The rows after the range before, up to and including `upto`.
struct VerifiedRange {
  KeyValue upto;
  std::int64_t rows = 0;
  std::int64_t differing = 0;
  std::int64_t hash = 0;  // over key and columns, whatever the order of the rows; not negative
  bool operator==(VerifiedRange const&) const = default;
};

struct Verified {
  std::int64_t rows = 0;
  std::int64_t differing = 0;
  std::vector<std::string> examples;  // keys of some differing rows, at most ten
  std::vector<VerifiedRange> ranges;  // in the key's order; with bounds one more, for what is after
  bool at_bounds = true;              // the ranges end where VerifySpec's bounds say
};

/// Reads the whole table in key ranges, each a short transaction, and counts. Nothing is written.
/// A table without a key, or whose key may be NULL, is read by its pages, as one range.
/// Its pace is governed as a job's is, by options.steering; a read that somebody
/// waits for is cancelled and tried with fewer rows. Throws Interrupted on a stop request, and
/// std::invalid_argument where it reads no row although the server, asked plainly, says that there
/// are some; else as run_job().
Verified verify(VerifySpec const& spec, Options const& options, Surroundings& surroundings);

/// An earlier verification beside one of now, at its bounds. Pure.
struct Compared {
  std::int64_t same = 0;     // ranges
  std::int64_t changed = 0;  // ranges with other rows or values than then, or more or fewer wrong
  std::int64_t rows_then = 0;
  std::int64_t added_after = 0;  // rows behind the last bound
};
Compared compare(std::vector<VerifiedRange> const& then, std::vector<VerifiedRange> const& now);

}  // namespace bellows::batcher
