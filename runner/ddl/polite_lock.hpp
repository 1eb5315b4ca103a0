#pragma once

#include "batcher/job/stop.hpp"
#include "batcher/observer.hpp"
#include "batcher/postgres/session.hpp"
#include "runner/ddl/blockers.hpp"
#include "runner/ddl/interrupted.hpp"
#include "runner/ddl/lock_policy.hpp"

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// Taking a strong lock without an outage. A waiting ACCESS EXCLUSIVE request stops everybody who
/// comes after it (manual, 13.3.1), so this one never waits long, and lets the application drain
/// between its tries.
namespace bellows::ddl {

/// The budget is spent and nothing was changed. The message names the holders and what to type.
class LockNotGranted : public std::runtime_error {
 public:
  LockNotGranted(std::string const& message, std::vector<Blocker> who)
      : std::runtime_error(message), blockers(std::move(who)) {}
  std::vector<Blocker> blockers;  // at the last try
};

/// Who wants to know, and who may end it. All optional; called on the calling thread.
struct LockWatch {
  Stop* stop = nullptr;
  Observer observe = [](Event const&) {};
  /// Before each attempt that finds somebody in the way.
  std::function<void(std::vector<Blocker> const&)> blocked = [](std::vector<Blocker> const&) {};
};

/// What an attempt leaves to the body.
using LockedBody = std::function<void(postgres::Transaction&)>;

/// Runs `body` in one transaction that has locked every requested table first, in the order given,
/// and commits. Each attempt is a transaction of its own in which all the waiting together stays
/// within the attempt's step of the ladder; a lock refused inside `body`, or a deadlock, is a
/// failed attempt too, so `body` may run several times and must have no effect outside the
/// transaction.
///
/// Requested relations that cannot be locked by LOCK TABLE (indexes, views, sequences, what does
/// not exist yet, what the role may not lock) are left to the body's own statements.
/// statement_timeout is off in the body, lock_timeout is set; a body may set both again by
/// set_local.
///
/// A plain autovacuum gives way only to who waits longer than deadlock_timeout. That wait is made
/// in SHARE UPDATE EXCLUSIVE mode, which stops neither reads nor writes.
///
/// Throws LockNotGranted; Interrupted (a stop came before the lock: nothing was changed; or the
/// second signal cancelled the body: rolled back); postgres::Failure as the body or COMMIT gave it
/// (InDoubt: read the journal); and whatever else `body` or `observe` throws, after a rollback.
void with_locks(postgres::Session& session, std::vector<LockRequest> const& requests,
                LockPolicy const& policy, LockWatch const& watch, LockedBody const& body);

}  // namespace bellows::ddl
