#include "batcher/keys/row_estimate.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::batcher {
namespace {

constexpr double estimate_sample_pages = 500;
constexpr double usual_bytes = 100;  // a row, where nothing is known

// The rows that were counted and the bytes they lie in, the bytes of relations that never were, and
// of these the largest that may be read.
constexpr char const* counted_query = R"(
WITH RECURSIVE tree AS (
  SELECT $1::regclass::oid AS oid
  UNION
  SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN tree ON i.inhparent = tree.oid
), sized AS (
  SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
         c.reltuples::float8 AS rows, pg_catalog.pg_relation_size(c.oid)::float8 AS bytes,
         c.relpages::float8 * current_setting('block_size')::float8 AS counted_bytes
  FROM tree JOIN pg_catalog.pg_class c ON c.oid = tree.oid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r'
), counted AS (  -- it has grown or shrunk since: as densely filled as then, like the server's planner
  SELECT rows * bytes / counted_bytes AS rows, bytes FROM sized
  WHERE rows > 0 AND counted_bytes > 0
), uncounted AS (
  SELECT * FROM sized WHERE (rows <= 0 OR counted_bytes = 0) AND bytes > 0
), largest AS (
  SELECT name, bytes FROM uncounted WHERE pg_catalog.has_table_privilege(oid, 'SELECT')
  ORDER BY bytes DESC LIMIT 1
)
SELECT (SELECT coalesce(sum(rows), 0)::bigint FROM counted),
       (SELECT coalesce(sum(bytes), 0)::bigint FROM counted),
       (SELECT coalesce(sum(bytes), 0)::bigint FROM uncounted),
       (SELECT name FROM largest), (SELECT bytes FROM largest)::bigint,
       current_setting('block_size')::bigint)";

// ONLY: in each relation of a tree TABLESAMPLE picks the same page numbers, which may be none.
double sampled_rows(postgres::Transaction& transaction, std::string const& relation, double pages) {
  double const percent = std::min(100.0, 100 * estimate_sample_pages / std::max(pages, 1.0));
  postgres::Rows const sampled = transaction.run(
      fmt::format("SELECT count(*) FROM ONLY {} TABLESAMPLE SYSTEM ({:.6f}) REPEATABLE (1)",
                  relation, percent));
  return static_cast<double>(sampled.number(0, 0)) * 100 / percent;
}

}  // namespace

std::int64_t estimate_rows(postgres::Transaction& transaction, sql::QualifiedName const& table) {
  postgres::Rows const found = transaction.run(counted_query, {table.quoted()});
  auto const number = [&](std::size_t column) {
    return static_cast<double>(found.number(0, column));
  };
  double rows = number(0);
  double rows_a_byte = rows > 0 ? rows / std::max(number(1), 1.0) : 1 / usual_bytes;
  if (auto const largest = found.value(0, 3)) {
    rows_a_byte = sampled_rows(transaction, *largest, number(4) / number(5)) / number(4);
  }
  rows += number(2) * rows_a_byte;
  return std::max<std::int64_t>(static_cast<std::int64_t>(rows), 1);
}

}  // namespace bellows::batcher
