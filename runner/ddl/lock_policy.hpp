#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

/// How long and how often a strong lock is asked for. Pure arithmetic; polite_lock.hpp acts on it.
namespace bellows::ddl {

using std::chrono::milliseconds;

struct LockPolicy {
  /// The longest wait of each attempt; 0 is a NOWAIT probe, which never queues and so never makes
  /// anybody wait. After the last step the attempts go on with it until the budget is spent.
  std::vector<milliseconds> ladder{milliseconds{0},   milliseconds{20},  milliseconds{50},
                                   milliseconds{100}, milliseconds{250}, milliseconds{500}};
  /// NOWAIT probes made for each step of the ladder that is 0.
  int probes = 3;
  /// Between two attempts the application drains: from `pause_low`, growing to `pause_high`.
  milliseconds pause_low{50};
  milliseconds pause_high{400};
  /// Whole time for asking; pauses count, the body's own work does not stop it.
  milliseconds budget{60'000};
  /// A holder whose transaction is older than this is not expected to end within an attempt.
  milliseconds long_transaction{1'000};
  /// lock_timeout while the body runs, for what the caller did not name: strong locks are held
  /// then.
  milliseconds within_body{50};
};

/// The wait that attempt number `attempt` (from 0) may take. With `long_holder` it is a probe,
/// since queueing behind a long transaction only hurts the others; every fourth attempt queues all
/// the same, because ages may mislead where long transactions overlap without end.
milliseconds wait_of(LockPolicy const& policy, std::size_t attempt, bool long_holder);

/// The pause after attempt number `attempt`: doubles up to pause_high, times 0.5 … 1.5 by `jitter`
/// (0 … 1), so that two runners, or a runner and a cron job, fall out of step.
milliseconds pause_after(LockPolicy const& policy, std::size_t attempt, double jitter);

}  // namespace bellows::ddl
