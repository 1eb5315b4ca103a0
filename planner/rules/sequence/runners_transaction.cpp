#include "planner/rules/brackets.hpp"
#include "planner/rules/sequence/sequence.hpp"
#include "planner/rules/settings.hpp"

#include <fmt/core.h>

/// BEGIN, COMMIT and SET LOCAL in a file, where whoever runs it has a transaction of its own, or
/// none.
namespace bellows::rules {

// The runner's own row of history is written behind the file, in the transaction that it believes
// to be open still.
std::vector<SequenceFinding> commits_for_the_runner(Sequence const& sequence) {
  Conduct const& conduct = sequence.conduct;
  if (conduct.sharing != Sharing::File && conduct.sharing != Sharing::Run) {
    return {};
  }
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    if (!closes(sequence.statements[at].statement)) {
      continue;
    }
    return {{at,
             {"commits-for-the-runner", Severity::Warning,
              fmt::format("{} has begun a transaction for {}; this COMMIT ends it. What follows "
                          "runs by itself, and where that fails, what is before stays without "
                          "being recorded as done.",
                          conduct.runner->title,
                          conduct.sharing == Sharing::Run ? "all files of the run" : "this file"),
              fmt::format("Leave BEGIN and COMMIT to {}.", conduct.runner->title)}}};
  }
  return {};
}

std::vector<SequenceFinding> local_outside_transaction(Sequence const& sequence) {
  std::vector<SequenceFinding> found;
  if (sequence.conduct.sharing != Sharing::Statement) {
    return found;
  }
  bool open = false;
  for (std::size_t at = 0; at < sequence.statements.size(); ++at) {
    sql::Statement const& statement = sequence.statements[at].statement;
    open = opens(statement) || (open && !closes(statement));
    if (!open && is_local_setting(statement)) {
      found.push_back(
          {at,
           {"local-outside-transaction", Severity::Warning,
            fmt::format("{} runs this statement by itself: SET LOCAL is over before the next one "
                        "begins, and has no effect at all.",
                        sequence.conduct.runner->title),
            "SET without LOCAL; or BEGIN and COMMIT around it and what it is meant for."}});
    }
  }
  return found;
}

}  // namespace bellows::rules
