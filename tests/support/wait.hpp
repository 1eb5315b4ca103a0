#pragma once

#include "batcher/postgres/session.hpp"

#include <chrono>
#include <functional>
#include <string>

/// Ordering two sessions by what the server says about them, never by sleeping.
namespace bellows::test {

/// Asks every few milliseconds until it is true; throws std::runtime_error naming `what` when the
/// deadline passes.
void wait_until(std::function<bool()> const& is_true, std::string const& what,
                std::chrono::seconds deadline = std::chrono::seconds(20));

/// Until the server process `pid` waits for a lock. `watcher` is another session.
void wait_until_blocked(postgres::Session& watcher, int pid);

/// Until some session whose application_name begins with `prefix` waits for a lock.
void wait_until_somebody_blocked(postgres::Session& watcher, std::string const& prefix);

}  // namespace bellows::test
