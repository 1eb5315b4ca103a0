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

bool begun_by_runner(Conduct const& conduct) {
  return conduct.sharing == Sharing::Query || conduct.sharing == Sharing::File ||
         conduct.sharing == Sharing::Run;
}

Finding in_brackets(std::string const& kind) {
  return refused("concurrently-in-transaction", "25001",
                 fmt::format("{} cannot run inside a transaction block", kind),
                 "Take it out of BEGIN … COMMIT, into a migration of its own.");
}

std::string way_out(Runner const& runner) {
  if (runner.sharing == Sharing::Query) {
    return "A migration of its own: a query of one statement runs in none.";
  }
  if (runner.steps_out) {
    return fmt::format(
        "A migration of its own; of other statements than CREATE and DROP INDEX "
        "CONCURRENTLY and VACUUM {} has to be told: {}.",
        runner.title, runner.opt_out);
  }
  if (!runner.beside_sql.empty()) {
    return fmt::format("No file of SQL runs without one there; what does is {}.",
                       runner.beside_sql);
  }
  return runner.opt_out.empty()
             ? fmt::format(
                   "{} has no way to run a file without one: run it by hand before the "
                   "deployment, or by `bellows up`.",
                   runner.title)
             : fmt::format("A migration of its own with {} in it.", runner.opt_out);
}

Finding in_the_runners(std::string const& kind, Conduct const& conduct) {
  Runner const& runner = *conduct.runner;
  std::string_view const what = conduct.sharing == Sharing::Query
                                    ? "sends the statements of a file as one query, which is one"
                                    : "has begun one for this file";
  return refused(
      "concurrently-in-transaction", "25001",
      fmt::format("{} cannot run inside a transaction block, and {} {}", kind, runner.title, what),
      way_out(runner));
}

}  // namespace

std::vector<SequenceFinding> concurrently_in_transaction(Sequence const& sequence) {
  std::vector<SequenceFinding> found;
  bool bracketed = false;
  bool begun = begun_by_runner(sequence.conduct);
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    Reviewed const& reviewed = sequence.statements[at];
    std::string const& kind = reviewed.statement.kind;
    bool const ends = is_one_of(kind, endings);
    bracketed = is_one_of(kind, beginnings) || (bracketed && !ends);
    // What follows a COMMIT in one query is a transaction again; elsewhere the runner's is over.
    begun = begun && (!ends || sequence.conduct.sharing == Sharing::Query);
    if (reviewed.effects.transactional || !(bracketed || begun)) {
      continue;
    }
    found.push_back({at, begun ? in_the_runners(kind, sequence.conduct) : in_brackets(kind)});
  }
  return found;
}

}  // namespace bellows::rules
