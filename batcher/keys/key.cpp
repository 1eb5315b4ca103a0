#include "batcher/keys/key.hpp"

#include "batcher/keys/range_sql.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace bellows::batcher {
namespace {

// One row a key column, in the key's order; $1 the table, $2 the columns' names as a JSON array.
constexpr char const* key_query = R"(
WITH wanted AS (
  SELECT name, ord FROM jsonb_array_elements_text($2::jsonb) WITH ORDINALITY AS w(name, ord)
), usable AS (
  SELECT i.indcollation, i.indexrelid
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_am m ON m.oid = c.relam AND m.amname = 'btree'
  WHERE i.indrelid = $1::regclass AND i.indisunique AND i.indisvalid AND i.indpred IS NULL
    AND i.indnkeyatts = (SELECT count(*) FROM wanted)
    AND NOT EXISTS (
      SELECT FROM wanted w
      WHERE NOT EXISTS (
        SELECT FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = i.indrelid AND a.attname::text = w.name
          AND a.attnum = i.indkey[(w.ord - 1)::int]))
  ORDER BY i.indisprimary DESC, i.indexrelid
  LIMIT 1
)
SELECT w.name, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, t.typcategory = 'D',
       u.indexrelid IS NOT NULL,
       (SELECT quote_ident(n.nspname) || '.' || quote_ident(l.collname)
        FROM pg_catalog.pg_collation l JOIN pg_catalog.pg_namespace n ON n.oid = l.collnamespace
        WHERE l.oid = u.indcollation[(w.ord - 1)::int] AND l.oid <> a.attcollation)
FROM wanted w
LEFT JOIN pg_catalog.pg_attribute a
  ON a.attrelid = $1::regclass AND a.attname::text = w.name AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN usable u ON true
ORDER BY w.ord)";

KeyType key_type(postgres::Rows const& rows, std::size_t row, sql::QualifiedName const& table) {
  std::string const where = fmt::format("column {} of {}", rows.text(row, 0), table.display());
  if (!rows.value(row, 1)) {
    throw std::invalid_argument(where + " does not exist");
  }
  return {sql::Identifier(rows.text(row, 0)), rows.text(row, 1), rows.text(row, 5),
          rows.truth(row, 3), !rows.truth(row, 2)};
}

}  // namespace

Key read_key(postgres::Transaction& transaction, sql::QualifiedName const& table,
             std::vector<sql::Identifier> const& columns) {
  if (!transaction.run("SELECT to_regclass($1)", {table.quoted()}).value(0, 0)) {
    throw std::invalid_argument("table " + table.display() + " does not exist");
  }
  if (columns.empty()) {
    return {};
  }
  KeyValue names;
  for (sql::Identifier const& column : columns) {
    names.push_back(column.raw());
  }
  postgres::Rows const rows = transaction.run(key_query, {table.quoted(), to_json(names)});
  Key key;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    key.push_back(key_type(rows, row, table));
  }
  if (!rows.truth(0, 4)) {
    throw std::invalid_argument(fmt::format("{} has no valid unique index over exactly ({})",
                                            table.display(), key_order(key)));
  }
  return key;
}

bool may_be_null(Key const& key) {
  return std::any_of(key.begin(), key.end(), [](KeyType const& column) { return column.nullable; });
}

std::optional<KeyValue> greatest_key(postgres::Transaction& transaction,
                                     sql::QualifiedName const& table, Key const& key) {
  postgres::Rows const rows =
      transaction.run(select_keys(table, key, where_keyed(key), key_order(key, true), "1"));
  return rows.empty() ? std::nullopt : std::optional(key_value(rows, 0, key.size()));
}

KeyValue key_value(postgres::Rows const& rows, std::size_t row, std::size_t columns) {
  KeyValue value;
  for (std::size_t column = 0; column < columns; ++column) {
    value.push_back(rows.text(row, column));
  }
  return value;
}

std::string to_json(KeyValue const& value) {
  return nlohmann::json(value).dump();
}

KeyValue key_from_json(std::string const& json) {
  try {
    return nlohmann::json::parse(json).get<KeyValue>();
  } catch (nlohmann::json::exception const& error) {
    throw std::invalid_argument(fmt::format("not a key: {} ({})", json, error.what()));
  }
}

}  // namespace bellows::batcher
