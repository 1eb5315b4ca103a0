#include "runner/cli/effect_lines.hpp"

#include "runner/cli/excerpt.hpp"

#include <fmt/format.h>

#include <map>

namespace bellows::runner {
namespace {

std::string effect_line(locks::Effect const& effect) {
  std::string line = fmt::format("{}: {}, {}", effect.relation.display(),
                                 locks::to_string(effect.lock), blocks_in_words(effect.lock));
  if (effect.rewrites) {
    line += ", rewrites the table";
  }
  if (effect.scans) {
    line += ", reads every row";
  }
  if (!effect.rebuilds_indexes.empty()) {
    line += fmt::format(", rebuilds {}", fmt::join(effect.rebuilds_indexes, ", "));
  }
  return line;
}

/// Nobody waits for it, and one is like the other: the many tables that a DELETE cascades to.
bool is_harmless(locks::Effect const& effect) {
  return !locks::blocks_writes(effect.lock) && !effect.rewrites && !effect.scans &&
         effect.rebuilds_indexes.empty();
}

}  // namespace

std::string_view blocks_in_words(locks::Mode mode) {
  if (locks::blocks_reads(mode)) {
    return "blocks reads and writes";
  }
  return locks::blocks_writes(mode) ? "blocks writes" : "blocks neither reads nor writes";
}

std::vector<std::string> effect_lines(rules::Reviewed const& reviewed) {
  constexpr std::size_t told_one_by_one = 3;
  std::vector<std::string> lines;
  std::map<locks::Mode, std::size_t> harmless;
  for (locks::Effect const& effect : reviewed.effects.relations) {
    bool const many =
        !effect.on_new && is_harmless(effect) && ++harmless[effect.lock] > told_one_by_one;
    if (!effect.on_new && !many) {
      lines.push_back(printable(effect_line(effect)));
    }
  }
  for (auto const& [mode, count] : harmless) {
    if (count > told_one_by_one) {
      lines.push_back(fmt::format("and {} more: {}, {}", count - told_one_by_one,
                                  locks::to_string(mode), blocks_in_words(mode)));
    }
  }
  return lines;
}

}  // namespace bellows::runner
