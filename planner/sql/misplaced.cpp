#include "planner/sql/misplaced.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace bellows::sql {
namespace {

/// By Misplaced; no statement is of such a kind.
constexpr std::array<std::string_view, 3> misplaced_kinds{
    "directive without a statement", "marker behind the way back", "marker behind statements"};

}  // namespace

Statement misplaced(Misplaced what, RawStatement comment) {
  Statement statement;
  statement.raw = std::move(comment);
  statement.kind = misplaced_kinds.at(static_cast<std::size_t>(what));
  statement.body = Unparsed{statement.kind, Position{}};
  return statement;
}

std::optional<Misplaced> misplaced_as(Statement const& statement) {
  auto const* found = std::ranges::find(misplaced_kinds, statement.kind);
  return found == misplaced_kinds.end()
             ? std::nullopt
             : std::optional(static_cast<Misplaced>(std::distance(misplaced_kinds.begin(), found)));
}

}  // namespace bellows::sql
