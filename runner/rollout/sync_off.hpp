#pragma once

#include "batcher/postgres/session.hpp"
#include "runner/ledger/store.hpp"
#include "runner/rollout/outlook.hpp"

#include <optional>

/// Whether the triggers that keep a rename's pair in step still fire, whoever writes. Somebody may
/// have switched them off (ALTER TABLE … DISABLE TRIGGER USER, a restore of data), or on again
/// without ALWAYS; then rows are written past them, and nothing else tells.
namespace bellows::runner {

/// Nothing: they fire, or the migration has none now: it is no rename, or stands before the end of
/// its expand, or behind its swap. Else which of them do not, and the statements that put them
/// back. Locks nothing. Throws Failure.
std::optional<Refusal> sync_off(postgres::Session& session, MigrationRow const& row);

/// Throws Unconfirmed with the two.
void check_sync(postgres::Session& session, MigrationRow const& row);

}  // namespace bellows::runner
