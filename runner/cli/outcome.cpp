#include "runner/cli/outcome.hpp"

#include "runner/rollout/words.hpp"

#include <fmt/format.h>

namespace bellows::runner {
namespace {

/// A first deployment runs hundreds.
std::string named(std::vector<std::string> const& names) {
  constexpr std::size_t most = 5;
  return names.size() <= most
             ? fmt::format("{}", fmt::join(names, ", "))
             : fmt::format("{} migrations, {} to {}", names.size(), names.front(), names.back());
}

std::string told(char const* what, std::vector<std::string> const& names) {
  return names.empty() ? "" : fmt::format("{}: {}\n", what, named(names));
}

std::string what_is_next(Outcome const& outcome) {
  std::string const waiting = told("waiting for contract", outcome.waiting);
  bool const said = outcome.outlook.next.starts_with("nothing");
  return said ? waiting : waiting + "  next: " + outcome.outlook.next + "\n";
}

}  // namespace

void note(Outcome& outcome, MigrationRow const& after, Phase upto) {
  if (after.state == State::Aborted) {
    outcome.aborted.push_back(after.name);
  } else if (after.state != State::Contracted) {
    outcome.backfilled.push_back(after.name);
  } else if (upto == Phase::Contract || state_in_words(after) == "contracted") {
    outcome.contracted.push_back(after.name);
  } else {
    outcome.done.push_back(after.name);
  }
}

std::string moved_text(Outcome const& outcome) {
  return told("contracted", outcome.contracted) + told("done", outcome.done) +
         told("expanded and backfilled", outcome.backfilled) + told("taken back", outcome.aborted);
}

std::string outcome_text(Outcome const& outcome) {
  std::string text = moved_text(outcome);
  if (text.empty()) {
    bool const nothing_left = outcome.outlook.up_to_date && outcome.rollback.empty();
    text = nothing_left ? "nothing to do: the database is up to date\n" : "nothing to do now\n";
  }
  return text + (outcome.rollback.empty() ? what_is_next(outcome) : outcome.rollback + "\n");
}

}  // namespace bellows::runner
