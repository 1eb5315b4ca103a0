#include "runner/cli/outcome.hpp"

#include <fmt/format.h>

namespace bellows::runner {

void note(Outcome& outcome, MigrationRow const& after, Phase upto) {
  if (upto == Phase::Contract && after.state == State::Contracted) {
    outcome.contracted.push_back(after.name);
  } else {
    ++outcome.moved;
  }
}

std::string outcome_text(Outcome const& outcome) {
  std::string text;
  if (!outcome.contracted.empty()) {
    text += fmt::format("contracted: {}\n", fmt::join(outcome.contracted, ", "));
  }
  if (outcome.moved > 0) {
    text += fmt::format("{} migration{} moved on\n", outcome.moved, outcome.moved == 1 ? "" : "s");
  }
  if (text.empty()) {
    text = outcome.all_at_the_end ? "nothing to do: the database is up to date\n"
                                  : "nothing to do now\n";
  }
  if (!outcome.rollback.empty()) {
    return text + outcome.rollback + "\n";
  }
  if (!outcome.waiting.empty()) {
    text += fmt::format(
        "waiting for contract: {}\n  next: once no running application uses the old names: bellows "
        "contract\n",
        fmt::join(outcome.waiting, ", "));
  }
  return text;
}

}  // namespace bellows::runner
