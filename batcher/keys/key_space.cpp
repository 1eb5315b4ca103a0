#include "batcher/keys/key_space.hpp"

#include "batcher/keys/row_estimate.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::batcher {
namespace {

constexpr double nearly_all = 0.999;

constexpr char const* key_space_query = R"(
SELECT s.histogram_bounds::text, coalesce(cardinality(s.histogram_bounds::text::text[]), 0),
       CASE WHEN c.relkind = 'r' AND NOT c.relhassubclass THEN
         pg_catalog.pg_relation_size(c.oid) / current_setting('block_size')::bigint END
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_stats s
  ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname::text = $2 AND NOT s.inherited
WHERE c.oid = $1::regclass)";

constexpr double space_sample_pages = 500;
constexpr double old_from = 0.12;  // an honest sample of so many pages is that far off by chance

/// How many rows a sample suggests, and how far it is from the histogram: the largest difference of
/// the shares that both see before a bound of it.
struct Sampled {
  double rows = 0;
  double off = 0;
};

// Of a key that may be NULL, rows without one are rows, too.
Sampled sample(postgres::Transaction& transaction, sql::QualifiedName const& table,
               KeyType const& column, KeySpace const& space, double pages) {
  double const percent = std::min(100.0, 100 * space_sample_pages / std::max(pages, 1.0));
  postgres::Rows const rows = transaction.run(
      fmt::format(
          "SELECT coalesce(max(rows), 0)::float8, coalesce(max(abs(upto - place)), 0)::float8"
          " FROM (SELECT sum(n) OVER () AS rows, CASE WHEN bucket IS NOT NULL THEN sum(n) OVER"
          " (ORDER BY bucket) / sum(n) FILTER (WHERE bucket IS NOT NULL) OVER () END AS upto,"
          " least(1.0, bucket / {:.1f}) AS place FROM (SELECT pg_catalog.width_bucket({}, $1::{}[])"
          " AS bucket, count(*) AS n FROM ONLY {} TABLESAMPLE SYSTEM ({:.6f}) REPEATABLE (1)"
          " GROUP BY 1) AS buckets) AS compared",
          static_cast<double>(space.bounds - 1), column.name.quoted(), column.type, table.quoted(),
          percent),
      {space.histogram});
  return {std::stod(rows.text(0, 0)) * 100 / percent, std::stod(rows.text(0, 1))};
}

}  // namespace

double KeySpace::share(std::optional<std::int64_t> bucket, std::int64_t rows_in_bucket,
                       std::int64_t rows) const {
  if (!bucket || bounds < 2) {
    return std::clamp(static_cast<double>(rows) / std::max(estimated_rows, 1.0), 0.0, nearly_all);
  }
  auto const buckets = static_cast<double>(bounds - 1);
  double const within =
      std::min(1.0, static_cast<double>(rows_in_bucket) * buckets / std::max(estimated_rows, 1.0));
  double const whole = static_cast<double>(std::max<std::int64_t>(*bucket - 1, 0));
  return std::clamp((whole + within) / buckets, 0.0, nearly_all);
}

KeySpace read_key_space(postgres::Transaction& transaction, sql::QualifiedName const& table,
                        Key const& key) {
  postgres::Rows const rows = transaction.run(
      key_space_query,
      {table.quoted(), key.empty() ? postgres::Parameter() : key.front().name.raw()});
  if (rows.empty()) {
    return {};
  }
  KeySpace space{rows.text(0, 0), rows.number(0, 1),
                 static_cast<double>(estimate_rows(transaction, table))};
  if (space.bounds < 2 || !rows.value(0, 2)) {
    return space;
  }
  Sampled const sampled =
      sample(transaction, table, key.front(), space, static_cast<double>(rows.number(0, 2)));
  space.estimated_rows = sampled.rows > 0 ? sampled.rows : space.estimated_rows;
  if (sampled.off > old_from) {
    space.histogram.clear();
    space.bounds = 0;
  }
  return space;
}

}  // namespace bellows::batcher
