#pragma once

#include "batcher/job/job.hpp"
#include "runner/ddl/blockers.hpp"
#include "runner/ledger/hold.hpp"

#include <optional>
#include <string>

/// From what a run learns about itself to what it tells the ledger. Pure.
namespace bellows::runner {

/// `job`: migration/step. Nothing: it runs at its pace.
std::optional<Hold> hold_of(std::string const& job, batcher::Progress const& progress);
/// It waits for rows that somebody has locked; `holder`: the oldest one that may be it.
Hold row_lock(std::string const& job, std::optional<ddl::Blocker> const& holder);
/// It waits for rows, and `holder` has locked their whole table.
Hold locked_table(std::string const& job, ddl::Blocker const& holder);
/// A strong lock is asked for, politely, and somebody is in the way.
Hold table_lock(std::string const& job, ddl::Blocker const& holder);
/// A CONCURRENTLY form waits for a transaction: "pid 7 (…)".
Hold older_transaction(std::string const& job, std::string const& who);
Hold closed_gate(std::string const& job, std::string const& evidence);

/// Whether a backfill says that it is rows that it waits for.
bool waits_for_rows(batcher::Progress const& progress);

}  // namespace bellows::runner
