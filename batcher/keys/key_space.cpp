#include "batcher/keys/key_space.hpp"

#include "batcher/keys/row_estimate.hpp"

#include <algorithm>

namespace bellows::batcher {
namespace {

constexpr double nearly_all = 0.999;

constexpr char const* key_space_query = R"(
SELECT s.histogram_bounds::text, coalesce(cardinality(s.histogram_bounds::text::text[]), 0)
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_stats s
  ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname::text = $2 AND NOT s.inherited
WHERE c.oid = $1::regclass)";

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
  return {rows.text(0, 0), rows.number(0, 1),
          static_cast<double>(estimate_rows(transaction, table))};
}

}  // namespace bellows::batcher
