#include "planner/sql/ahead.hpp"
#include "planner/sql/statement.hpp"

#include <algorithm>

namespace bellows::sql {

namespace {

/// A thread is worth its start from here on: half a millisecond of reading.
constexpr std::size_t statements_per_thread = 16;

}  // namespace

std::vector<Statement> parse_all(std::vector<RawStatement> raw) {
  std::size_t const threads =
      std::clamp<std::size_t>(raw.size() / statements_per_thread, 1, cores());
  std::vector<Statement> parsed(raw.size());
  Ahead<bool> reading(raw.size(), threads - 1, [&](std::size_t at) {
    parsed[at] = parse(std::move(raw[at]));
    return true;
  });
  for (std::size_t at = 0; at < parsed.size(); ++at) {
    reading.take(at);
  }
  return parsed;
}

}  // namespace bellows::sql
