#include "planner/rules/expectation.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::rules {

namespace {

using std::chrono::milliseconds;

milliseconds time_for(std::int64_t bytes, std::int64_t per_second) {
  return milliseconds(bytes / (per_second / 1000));
}

std::string size_text(std::int64_t bytes) {
  struct Unit {
    std::int64_t bytes;
    char const* name;
  };
  constexpr Unit units[] = {{megabyte * megabyte, "TB"}, {megabyte * 1000, "GB"}, {megabyte, "MB"}};
  for (Unit const& unit : units) {
    if (bytes >= unit.bytes) {
      return fmt::format("{:.1f} {}", static_cast<double>(bytes) / static_cast<double>(unit.bytes),
                         unit.name);
    }
  }
  return fmt::format("{} kB", (bytes + 999) / 1000);
}

std::string time_text(milliseconds time) {
  std::int64_t const seconds = (time.count() + 500) / 1000;
  if (seconds < 1) {
    return "under 1 s";
  }
  if (seconds < 120) {
    return fmt::format("{} s", seconds);
  }
  if (seconds < 7200) {
    return fmt::format("{} min", (seconds + 30) / 60);
  }
  return fmt::format("{:.1f} h", static_cast<double>(seconds) / 3600);
}

}  // namespace

std::vector<Expectation> expectations(locks::Effects const& effects,
                                      catalog::Catalog const& catalog) {
  std::vector<Expectation> all;
  for (locks::Effect const& effect : effects.relations) {
    bool const writes = effect.rewrites || !effect.rebuilds_indexes.empty();
    bool const felt = !effect.on_new && (writes || effect.scans);
    catalog::Table const* table = felt ? catalog.table(effect.relation) : nullptr;
    if (table == nullptr || !table->bytes) {
      continue;
    }
    std::int64_t const bytes = std::max<std::int64_t>(0, *table->bytes);
    Pace const pace = writes ? rewrite_pace : scan_pace;
    all.push_back(
        {effect.relation, bytes, writes, time_for(bytes, pace.fast), time_for(bytes, pace.slow)});
  }
  return all;
}

std::string in_words(Expectation const& expectation) {
  Pace const pace = expectation.writes ? rewrite_pace : scan_pace;
  std::string const from = time_text(expectation.from);
  std::string const to = time_text(expectation.to);
  return fmt::format("{}: {} (heap, indexes and TOAST) {} at an assumed {} to {} MB/s",
                     from == to ? from : from + " to " + to, size_text(expectation.bytes),
                     expectation.writes ? "rewritten" : "read", pace.slow / megabyte,
                     pace.fast / megabyte);
}

}  // namespace bellows::rules
