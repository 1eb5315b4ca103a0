#pragma once

#include "batcher/preview/preview.hpp"
#include "runner/cli/command.hpp"

#include <string>

namespace bellows::runner {

/// `up --dry-run`, `backfill MIGRATION --dry-run`: what would run, statement by statement, and for
/// each backfill a sample that is rolled back. Takes no lease, changes neither tables nor ledger,
/// and does not make a ledger where there is none.
int dry_run_up(Invocation& invocation);
int dry_run_backfill(Invocation& invocation);

/// A sample, for people. Pure.
std::string preview_text(batcher::Preview const& preview);

}  // namespace bellows::runner
