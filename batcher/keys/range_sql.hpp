#pragma once

#include "batcher/keys/key.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// The SQL of key ranges. Pure. Two bounds and row comparison, so that both are index conditions
/// (measured: 13 buffers against 1,223 for the OR-expanded form); no table alias, so that a
/// predicate may name the table.
namespace bellows::batcher {

struct Statement {
  std::string sql;
  std::vector<postgres::Parameter> parameters;

  /// The next `$n`, cast to `type`.
  std::string bind(std::string value, std::string const& type);
};

/// `(a, b) > ($1::int, $2::text) AND (a, b) <= ($3::int, $4::text)`, its values bound to
/// `statement`. Where a column may be NULL, that it is not: a row comparison may be true all the
/// same, by the columns before.
std::string within(Statement& statement, Key const& key, Range const& range);

/// `(a, b) = ($1::int, $2::text)`: the one row of this key.
std::string at_key(Statement& statement, Key const& key, KeyValue const& value);

/// `a, b`, each with its index's collation; `DESC` on each when `backwards`.
std::string key_order(Key const& key, bool backwards = false);

/// The keys, as text, of the rows that `tail` (`WHERE …`; may be empty) leaves: the first `limit`
/// in `order`, an offset included. `more` are further columns, from the key's. The order is applied
/// below the casts: in `SELECT id::text … ORDER BY id` it would be the text's.
std::string select_keys(sql::QualifiedName const& table, Key const& key, std::string const& tail,
                        std::string const& order, std::string const& limit,
                        std::string const& more = "");

/// ` WHERE a IS NOT NULL AND …` for the columns that may be NULL; nothing where there are none.
std::string where_keyed(Key const& key);

/// `id = 7`, `tenant = a, no = 3`: a row, for people.
std::string key_words(Key const& key, KeyValue const& value);

/// The key columns as text, for a select list.
std::string key_texts(Key const& key);

/// ` AND (predicate)`, or nothing.
std::string and_where(std::string const& predicate);

/// The key of the `rows`-th row of `range`: no row where it holds fewer.
/// With `histogram` (an array literal of the first column's type) a last column tells how many of
/// its bounds are at or before that row.
Statement boundary_sql(sql::QualifiedName const& table, Key const& key, Range const& range,
                       std::int64_t rows, std::string const& histogram = "");

/// How many rows a range holds.
Statement count_sql(sql::QualifiedName const& table, Key const& key, Range const& range);

}  // namespace bellows::batcher
