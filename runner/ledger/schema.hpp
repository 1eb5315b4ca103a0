#pragma once

#include "batcher/postgres/session.hpp"

/// The ledger: the schema `bellows` in the user's own database, where everything is remembered.
namespace bellows::runner {

/// Creates the ledger or brings it to this program's version, in one transaction, serialised by an
/// advisory lock: any number of first runs at once end with one ledger. Needs CREATE on the
/// database for the first time only, unless there is an empty schema of that name that is its own.
/// Throws Failure; std::runtime_error when the ledger was written by a newer bellows.
void migrate_ledger(postgres::Session& session);

/// Reads nothing, from every table of it: whoever has one locked is felt before anything begins.
void ask_for_ledger(postgres::Session& session);

/// Read-only: does a ledger exist, so that `status` need not write?
bool ledger_exists(postgres::Session& session);

}  // namespace bellows::runner
