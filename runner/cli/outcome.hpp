#pragma once

#include "runner/ledger/store.hpp"
#include "runner/rollout/outlook.hpp"

#include <string>
#include <vector>

namespace bellows::runner {

/// What a command that moves migrations on has done, for its last words. By name.
struct Outcome {
  std::vector<std::string> done;        // of which nothing is left to be done
  std::vector<std::string> backfilled;  // that wait for their contract now
  std::vector<std::string> contracted;  // it is what nothing takes back
  std::vector<std::string> aborted;     // taken back
  std::vector<std::string> waiting;     // for contract
  std::string rollback;                 // what an older release leaves undone; empty: it is none
  Outlook outlook;                      // of the database after that
};

/// `upto`: the phase that it was to be carried on to.
void note(Outcome& outcome, MigrationRow const& after, Phase upto);

/// What was moved on, a line a kind; empty: nothing.
std::string moved_text(Outcome const& outcome);

/// Pure.
std::string outcome_text(Outcome const& outcome);

}  // namespace bellows::runner
