#pragma once

#include "runner/ledger/store.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace bellows::runner {

/// What a command that moves migrations on has done, for its last words.
struct Outcome {
  std::size_t moved = 0;                // migrations, on to the end of their backfill, or back
  std::vector<std::string> contracted;  // by name: it is what nothing takes back
  std::vector<std::string> waiting;     // for contract
  std::string rollback;                 // what an older release leaves undone; empty: it is none
  bool all_at_the_end = true;           // there is no migration with anything left
};

/// `upto`: the phase that it was to be carried on to.
void note(Outcome& outcome, MigrationRow const& after, Phase upto);

/// Pure.
std::string outcome_text(Outcome const& outcome);

}  // namespace bellows::runner
