#include "planner/rules/batch_key.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

namespace bellows::rules {
namespace {

using catalog::Index;
using catalog::Table;
using sql::Identifier;
using Columns = std::vector<Identifier>;

// In the index's order: the ranges are read by that index.
Columns key_columns(Index const& index) {
  return {index.columns.begin(),
          index.columns.begin() + static_cast<std::ptrdiff_t>(index.key_columns)};
}

bool is_unique(Index const& index) {
  return index.unique && !index.partial && !index.has_expressions && index.valid &&
         index.key_columns > 0;
}

bool never_null(Table const& table, Columns const& columns) {
  return std::ranges::all_of(columns, [&](Identifier const& name) {
    catalog::Column const* column = table.column(name);
    return column != nullptr && column->not_null;
  });
}

std::variant<Columns, Refusal> chosen_key(Table const& table, Columns const& wanted,
                                          bool may_be_null) {
  for (Index const& index : table.indexes) {
    Columns columns = is_unique(index) ? key_columns(index) : Columns{};
    bool const same = columns.size() == wanted.size() &&
                      std::is_permutation(columns.begin(), columns.end(), wanted.begin());
    if (same && (may_be_null || never_null(table, columns))) {
      return columns;
    }
  }
  if (may_be_null) {
    return Refusal{"the columns of `-- bellows: key` have no unique index over just them",
                   "name a primary key, or the columns of a unique index"};
  }
  return Refusal{
      "the columns of `-- bellows: key` are not NOT NULL with a unique index over just them",
      "name a primary key, or the columns of a unique index that allow no NULL"};
}

std::optional<Columns> best_nullable_key(Table const& table) {
  std::optional<Columns> best;
  for (Index const& index : table.indexes) {
    if (is_unique(index) && (!best || index.key_columns < best->size())) {
      best = key_columns(index);
    }
  }
  return best;
}

std::optional<Columns> best_full_key(Table const& table) {
  auto const key = catalog::best_key(table);
  if (!key) {
    return std::nullopt;
  }
  Columns columns;
  for (catalog::Column const& column : key->columns) {
    columns.push_back(column.name);
  }
  return columns;
}

}  // namespace

std::variant<Columns, Refusal> batch_key(Table const& table, sql::Directives const& directives) {
  if (auto const* choice = directives.find<sql::KeyChoice>()) {
    return chosen_key(table, choice->columns, false);
  }
  if (auto key = best_full_key(table)) {
    return *std::move(key);
  }
  return Refusal{
      fmt::format("{} has no key to go by: no primary key, no unique index over NOT NULL columns",
                  table.name.display()),
      "add one first: CREATE UNIQUE INDEX CONCURRENTLY over NOT NULL columns"};
}

std::variant<Columns, Refusal> batch_key_where(Table const& table,
                                               sql::Directives const& directives,
                                               std::string const& where) {
  if (where.empty()) {
    return batch_key(table, directives);
  }
  if (auto const* choice = directives.find<sql::KeyChoice>()) {
    return chosen_key(table, choice->columns, true);
  }
  if (auto key = best_full_key(table)) {
    return *std::move(key);
  }
  return best_nullable_key(table).value_or(Columns{});
}

bool every_row_has(Table const& table, Columns const& key) {
  return !key.empty() && never_null(table, key);
}

std::string way_of_batches(Table const& table, Columns const& key) {
  if (key.empty()) {
    return "page by page, and again until none is left: the table has no key";
  }
  return every_row_has(table, key) ? "key range by key range"
                                   : "key range by key range, and page by page what has no key";
}

}  // namespace bellows::rules
