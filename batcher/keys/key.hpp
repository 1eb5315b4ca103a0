#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/sql/identifier.hpp"

#include <optional>
#include <string>
#include <vector>

namespace bellows::batcher {

/// One value per key column, as the server prints it so that it reads it back the same.
using KeyValue = std::vector<std::string>;

/// A key column as comparisons need it.
struct KeyType {
  sql::Identifier name;
  std::string type;       // as format_type() prints it: what a parameter is cast to
  std::string collation;  // quoted; only where the unique index has another one than the column
  bool dated = false;     // date, time, timestamp: printed as ISO whatever DateStyle says
  bool nullable = false;  // rows without a value are in no range: they are reached by pages
  bool operator==(KeyType const&) const = default;
};

using Key = std::vector<KeyType>;

/// The rows after `after` up to and including `upto`, in the order of the key's index.
struct Range {
  std::optional<KeyValue> after;  // nothing: from the first row on
  KeyValue upto;
};

/// Reads the key's types from the server's catalogs. Throws std::invalid_argument where the table
/// or a column is missing, or no valid, complete, unique btree index has exactly these columns in
/// this order: a look-up by it would then read the whole table each time. No columns: no key.
Key read_key(postgres::Transaction& transaction, sql::QualifiedName const& table,
             std::vector<sql::Identifier> const& columns);

/// A column of the key may be NULL: not every row is in a range.
bool may_be_null(Key const& key);

/// The last key in the table; nothing where no row has one.
std::optional<KeyValue> greatest_key(postgres::Transaction& transaction,
                                     sql::QualifiedName const& table, Key const& key);

/// A row of answers that begins with the key's columns, as key_texts() selects them.
KeyValue key_value(postgres::Rows const& rows, std::size_t row, std::size_t columns);

/// JSON array of strings, for the ledger and for people. Throws std::invalid_argument.
std::string to_json(KeyValue const& value);
KeyValue key_from_json(std::string const& json);

}  // namespace bellows::batcher
