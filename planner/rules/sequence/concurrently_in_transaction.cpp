#include "planner/rules/refused.hpp"
#include "planner/rules/sequence/sequence.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace bellows::rules {

namespace {

template <std::size_t n>
bool is_one_of(std::string_view kind, std::array<std::string_view, n> const& kinds) {
  return std::ranges::find(kinds, kind) != kinds.end();
}

constexpr std::array<std::string_view, 2> beginnings{"BEGIN", "START TRANSACTION"};
constexpr std::array<std::string_view, 3> endings{"COMMIT", "ROLLBACK", "PREPARE TRANSACTION"};

}  // namespace

std::vector<SequenceFinding> concurrently_in_transaction(Sequence const& sequence) {
  std::vector<SequenceFinding> found;
  bool open = false;
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    Reviewed const& reviewed = sequence.statements[at];
    std::string const& kind = reviewed.statement.kind;
    open = is_one_of(kind, beginnings) || (open && !is_one_of(kind, endings));
    if (open && !reviewed.effects.transactional) {
      found.push_back({at, refused("concurrently-in-transaction", "25001",
                                   fmt::format("{} cannot run inside a transaction block", kind),
                                   "Take it out of BEGIN … COMMIT, into a migration of its own.")});
    }
  }
  return found;
}

}  // namespace bellows::rules
