#pragma once

#include "batcher/job/job.hpp"
#include "batcher/keys/key.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace bellows::batcher {

/// What the catalogs say of a job's table, and a few of its pages where they say nothing; read once
/// when the job is opened.
struct TableFacts {
  std::string relations = "{}";  // the table, or its leaf partitions: oid[] literal
  std::int64_t rows = 1;         // estimate
  /// Nothing indexed is set, the keys lie in the table in their order, and its pages are full: then
  /// stripes make most updates HOT.
  bool stripes_pay = false;
  std::chrono::milliseconds deadlock_timeout{1'000};
};

TableFacts read_table_facts(postgres::Transaction& transaction, Spec const& spec, Key const& key);

/// Updates of the table in the current transaction (pg_stat_get_xact_*; earlier ones of the session
/// that it has not reported yet may be in it, so only differences within a transaction tell).
struct Updates {
  std::int64_t rows = 0;
  std::int64_t hot = 0;
  std::int64_t wal = 0;  // the server's position, in bytes
};
Updates read_updates(postgres::Transaction& transaction, TableFacts const& table);

/// Heap and index bytes.
struct Sizes {
  std::int64_t heap = 0;
  std::int64_t indexes = 0;
};
Sizes read_sizes(postgres::Transaction& transaction, TableFacts const& table);

}  // namespace bellows::batcher
