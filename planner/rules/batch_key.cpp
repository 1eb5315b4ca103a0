#include "planner/rules/batch_key.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::rules {
namespace {

using catalog::Index;
using catalog::Table;
using sql::Identifier;

bool is_key(Table const& table, Index const& index, std::vector<Identifier> const& wanted) {
  if (!index.unique || index.partial || index.has_expressions || !index.valid) {
    return false;
  }
  if (index.key_columns != wanted.size()) {
    return false;
  }
  auto const end = index.columns.begin() + static_cast<std::ptrdiff_t>(index.key_columns);
  if (!std::is_permutation(index.columns.begin(), end, wanted.begin(), wanted.end())) {
    return false;
  }
  return std::ranges::all_of(wanted, [&](Identifier const& name) {
    catalog::Column const* column = table.column(name);
    return column != nullptr && column->not_null;
  });
}

}  // namespace

std::variant<std::vector<Identifier>, Refusal> batch_key(Table const& table,
                                                         sql::Directives const& directives) {
  if (auto const* choice = directives.find<sql::KeyChoice>()) {
    auto const fits = [&](Index const& index) { return is_key(table, index, choice->columns); };
    auto const found = std::ranges::find_if(table.indexes, fits);
    if (found == table.indexes.end()) {
      return Refusal{
          "the columns of `-- bellows: key` are not NOT NULL with a unique index over just them",
          "name a primary key, or the columns of a unique index that allow no NULL"};
    }
    // In the index's order: the ranges are read by that index.
    return std::vector<Identifier>(
        found->columns.begin(),
        found->columns.begin() + static_cast<std::ptrdiff_t>(found->key_columns));
  }
  auto const key = catalog::best_key(table);
  if (!key) {
    return Refusal{
        fmt::format("{} has no key to go by: no primary key, no unique index over NOT NULL columns",
                    table.name.display()),
        "add one first: CREATE UNIQUE INDEX CONCURRENTLY over NOT NULL columns"};
  }
  std::vector<Identifier> columns;
  for (catalog::Column const& column : key->columns) {
    columns.push_back(column.name);
  }
  return columns;
}

}  // namespace bellows::rules
