#include "runner/rollout/backfill_report.hpp"

#include <fmt/format.h>

#include <vector>

namespace bellows::runner {
namespace {

std::string times(std::int64_t count) {
  return count == 1 ? "once" : count == 2 ? "twice" : fmt::format("{} times", count);
}

}  // namespace

std::string backfill_report(batcher::Progress const& done) {
  std::vector<std::string> parts;
  if (done.hot) {
    parts.push_back(fmt::format("{:.0f} % of the updates were HOT", *done.hot * 100));
  }
  if (done.vacuums > 0) {
    parts.push_back("VACUUM ran " + times(done.vacuums));
  }
  if (done.vacuums_skipped > 0) {
    parts.push_back(
        fmt::format("VACUUM was skipped {}, as the server says: somebody else was at the table, or "
                    "the role may not",
                    times(done.vacuums_skipped)));
  }
  if (done.heap_growth && done.index_growth) {
    parts.push_back(fmt::format("heap {:+.0f} %, indexes {:+.0f} %", *done.heap_growth * 100,
                                *done.index_growth * 100));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

}  // namespace bellows::runner
