#include "batcher/keys/middle.hpp"

#include "batcher/keys/range_sql.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::batcher {
namespace {

using postgres::Rows;
using postgres::Transaction;

constexpr double middle_sample_rows = 50'000;
constexpr std::int64_t few_rows = 50'000;  // of the whole table: counted rather than sampled
constexpr std::int64_t fewest_sampled = 100;

// The middle one of the sampled keys in the range, and how many there are.
struct SampledMiddle {
  std::optional<KeyValue> middle;
  std::int64_t rows = 0;
};

SampledMiddle sample(Transaction& transaction, sql::QualifiedName const& table, Key const& key,
                     Range const& range, double percent) {
  std::string columns;
  for (KeyType const& column : key) {
    columns += column.name.quoted() + ", ";
  }
  Statement statement;
  std::string const inside = within(statement, key, range);
  statement.sql = fmt::format(
      "SELECT {}, \"bellows total\" FROM (SELECT {}row_number() OVER (ORDER BY {}) AS"
      " \"bellows place\", count(*) OVER () AS \"bellows total\" FROM {} TABLESAMPLE SYSTEM"
      " ({:.4f}) REPEATABLE (1) WHERE {}) AS sampled"
      " WHERE \"bellows place\" = (\"bellows total\" + 1) / 2",
      key_texts(key), columns, key_order(key), table.quoted(), percent, inside);
  Rows const found = transaction.run(statement.sql, statement.parameters);
  if (found.empty()) {
    return {};
  }
  return {key_value(found, 0, key.size()), found.number(0, key.size())};
}

}  // namespace

std::optional<KeyValue> middle_of(Transaction& transaction, sql::QualifiedName const& table,
                                  Key const& key, Range const& range, std::int64_t table_rows,
                                  std::int64_t least) {
  if (table_rows > few_rows) {
    double const percent = std::max(
        100 * middle_sample_rows / static_cast<double>(std::max<std::int64_t>(table_rows, 1)),
        0.01);
    SampledMiddle const sampled = sample(transaction, table, key, range, std::min(percent, 100.0));
    auto const rows = static_cast<std::int64_t>(static_cast<double>(sampled.rows) * 100 / percent);
    if (sampled.rows >= fewest_sampled && rows >= least && *sampled.middle != range.upto) {
      return sampled.middle;
    }
  }
  Statement const counting = count_sql(table, key, range);
  std::int64_t const rows = transaction.run(counting.sql, counting.parameters).number(0, 0);
  if (rows < std::max<std::int64_t>(least, 2)) {
    return std::nullopt;
  }
  Statement const boundary = boundary_sql(table, key, range, rows / 2);
  Rows const found = transaction.run(boundary.sql, boundary.parameters);
  std::optional<KeyValue> middle =
      found.empty() ? std::nullopt : std::optional(key_value(found, 0, key.size()));
  return middle && *middle != range.upto ? middle : std::nullopt;
}

}  // namespace bellows::batcher
