#pragma once

#include "runner/ledger/hold.hpp"

#include <optional>

/// What a run waits for in the server, for those who look from elsewhere: also where it tells
/// nothing itself, since it is just reading.
namespace bellows::runner {

/// A lock that a server process of a bellows at work has wanted for a second by now, and who is in
/// its way: kind "lock", of no job. Nothing: none waits, or for another bellows. Reads; throws
/// Failure.
std::optional<HoldSince> read_wait(postgres::Session& session);

}  // namespace bellows::runner
