#include "batcher/keys/key_order.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::batcher {
namespace {

constexpr double in_order = 0.9;  // correlation, of either sign
constexpr double sample_pages = 100;

// Whether all that are known are in order, and the largest one that is not known.
constexpr char const* known_query = R"(
WITH known AS (
  SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name, s.correlation,
         pg_catalog.pg_relation_size(c.oid) AS bytes,
         pg_catalog.has_table_privilege(c.oid, 'SELECT') AS readable
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname
    AND s.attname::text = $2 AND NOT s.inherited
  WHERE c.oid = ANY ($1::oid[])
), largest AS (
  SELECT * FROM known WHERE correlation IS NULL AND bytes > 0 ORDER BY bytes DESC LIMIT 1
)
SELECT coalesce((SELECT bool_and(abs(correlation) > $3::float8) FROM known), true),
       EXISTS (SELECT FROM known WHERE correlation IS NOT NULL),
       (SELECT name FROM largest), (SELECT readable FROM largest),
       (SELECT bytes FROM largest) / current_setting('block_size')::bigint)";

// As ANALYZE does it: by rank, which any type that can be a key has.
bool sample_is_in_order(postgres::Transaction& transaction, std::string const& relation,
                        sql::Identifier const& column, double pages) {
  double const percent = std::min(100.0, 100 * sample_pages / std::max(pages, 1.0));
  return transaction
      .run(fmt::format(
          "SELECT abs(corr(by_key, by_place)) > {} FROM (SELECT"
          " rank() OVER (ORDER BY {}) AS by_key, rank() OVER (ORDER BY ctid) AS by_place"
          " FROM ONLY {} TABLESAMPLE SYSTEM ({:.6f}) REPEATABLE (1)) AS sample",
          in_order, column.quoted(), relation, percent))
      .truth(0, 0);
}

}  // namespace

bool lies_in_key_order(postgres::Transaction& transaction, std::string const& relations,
                       sql::Identifier const& column) {
  postgres::Rows const found =
      transaction.run(known_query, {relations, column.raw(), std::to_string(in_order)});
  bool const any_known = found.truth(0, 1);
  if (!found.truth(0, 0)) {
    return false;
  }
  auto const unknown = found.value(0, 2);
  if (!unknown) {
    return any_known;
  }
  return found.truth(0, 3) &&
         sample_is_in_order(transaction, *unknown, column, static_cast<double>(found.number(0, 4)));
}

}  // namespace bellows::batcher
