#include "batcher/keys/cuts.hpp"

#include "batcher/keys/range_sql.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::batcher {
namespace {

constexpr double sample_rows = 50'000;

}  // namespace

std::vector<KeyValue> cut_key_space(postgres::Transaction& transaction,
                                    sql::QualifiedName const& table, Key const& key,
                                    std::int64_t estimated_rows, int parts) {
  double const rows = static_cast<double>(std::max<std::int64_t>(estimated_rows, 1));
  double const percent = std::min(100.0, std::max(100 * sample_rows / rows, 0.01));
  std::string columns;
  for (KeyType const& column : key) {
    columns += column.name.quoted() + ", ";
  }
  // The last row of each part but the last. Names that no key column has.
  postgres::Rows const found = transaction.run(fmt::format(
      "SELECT {} FROM (SELECT {}\"bellows part\", lead(\"bellows part\") OVER (ORDER BY {}) AS"
      " \"bellows next\" FROM (SELECT {}ntile({}) OVER (ORDER BY {}) AS \"bellows part\" FROM {}"
      " TABLESAMPLE SYSTEM ({:.4f}) REPEATABLE (1){}) AS sample) AS parts"
      " WHERE \"bellows next\" > \"bellows part\" ORDER BY \"bellows part\"",
      key_texts(key), columns, key_order(key), columns, parts, key_order(key), table.quoted(),
      percent, where_keyed(key)));
  std::vector<KeyValue> cuts;
  for (std::size_t row = 0; row < found.size(); ++row) {
    cuts.push_back(key_value(found, row, key.size()));
  }
  return cuts;
}

}  // namespace bellows::batcher
