#include "planner/rules/update_without_key.hpp"

#include "planner/sql/expression.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace bellows::rules {
namespace {

using sql::Assignment;
using sql::Identifier;

bool is_assigned(Identifier const& column, std::vector<Assignment> const& set) {
  return std::ranges::find(set, column, &Assignment::column) != set.end();
}

bool mentions_one_of(std::string const& text, std::vector<Assignment> const& set) {
  auto const expression = sql::Expression::parse(text);
  return std::ranges::any_of(
      set, [&](Assignment const& assignment) { return expression.mentions(assignment.column); });
}

/// `name` is it, or one of its partitions' partitions.
bool is_below(catalog::Catalog const& catalog, catalog::Table const& table,
              catalog::Table const& root) {
  catalog::Table const* at = &table;
  while (at != nullptr && at != &root && !at->partition_of.name.raw().empty()) {
    at = catalog.table(at->partition_of);
  }
  return at == &root;
}

/// Rows are then written partition by partition, and cannot move to another one.
std::optional<Refusal> refuse_moves(catalog::Catalog const& catalog, sql::Update const& update,
                                    catalog::Table const& root) {
  for (auto const& [name, table] : catalog.tables) {
    auto const& by = table.partition_key.columns;
    auto const moving = std::ranges::find_if(update.set, [&](Assignment const& assignment) {
      return std::ranges::find(by, assignment.column) != by.end();
    });
    if (moving != update.set.end() && is_below(catalog, table, root)) {
      return Refusal{
          fmt::format(
              "it changes {}, by which {} is partitioned, and not every row of {} has a key: "
              "rows are then written partition by partition, and cannot move to another one",
              moving->column.quoted(), name.display(), root.name.display()),
          "give the table a primary key"};
    }
  }
  return std::nullopt;
}

std::string lowered(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char letter) { return std::tolower(letter); });
  return text;
}

/// `f(column)` whose result it gives of its own result again, as far as the text tells.
bool settles(std::string const& text, Identifier const& column,
             std::vector<Assignment> const& set) {
  static constexpr std::array calls{"upper(", "lower(", "initcap(", "trim(",  "btrim(", "ltrim(",
                                    "rtrim(", "abs(",   "round(",   "floor(", "ceil(",  "trunc("};
  auto const expression = sql::Expression::parse(text);
  auto const& columns = expression.columns();
  if (columns.empty() || columns.front().path.back() != column) {
    return false;
  }
  bool const others = std::any_of(columns.begin() + 1, columns.end(), [&](auto const& reference) {
    return is_assigned(reference.path.back(), set);
  });
  std::string const& whole = expression.text();
  auto const& of = columns.front();
  std::string const before = lowered(whole.substr(0, of.offset));
  std::string const after = whole.substr(of.offset + of.length);
  bool const closes_at_end = after.find_first_of("()") + 1 == after.size();
  if (before == "coalesce(") {
    return !others && closes_at_end;
  }
  return after == ")" && std::ranges::find(calls, before) != calls.end();
}

}  // namespace

std::optional<Refusal> refuse_without_key(catalog::Catalog const& catalog,
                                          sql::Update const& update, catalog::Table const& table) {
  bool const settled = !update.where.empty() && mentions_one_of(update.where, update.set);
  for (Assignment const& assignment : update.set) {
    if (!settled && mentions_one_of(assignment.expression, update.set) &&
        !settles(assignment.expression, assignment.column, update.set)) {
      return Refusal{
          fmt::format("not every row of {} has a key, and {} = {} reads what the UPDATE writes: "
                      "nothing would tell a row that is written from one that is not, and it could "
                      "be written twice",
                      table.name.display(), assignment.column.quoted(), assignment.expression),
          "say in WHERE which rows are due, so that none is once it is written (WHERE name <> "
          "lower(name)), or give the table a primary key"};
    }
  }
  return refuse_moves(catalog, update, table);
}

}  // namespace bellows::rules
