#pragma once

#include "batcher/job/stop.hpp"
#include "batcher/postgres/session.hpp"
#include "runner/ledger/hold.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace bellows::runner {

/// Another runner works on this database, and did not finish within the wait.
class LockHeld : public std::runtime_error {
 public:
  LockHeld(std::string const& message, std::string what_next)
      : std::runtime_error(message), next(std::move(what_next)) {}
  std::string next;  // what to type
};

/// The lease went to another runner while we worked: nothing more may be written.
class LeaseLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One runner at a time per database. The lock is pg_try_advisory_xact_lock in an idle READ
/// COMMITTED transaction on a connection of its own: it holds no snapshot, so CREATE INDEX
/// CONCURRENTLY does not wait for it; it is never waited for inside the server, so that it can't
/// deadlock with one; it is no session lock, which PgBouncer's transaction mode would hand to
/// somebody else. The lease row beside it tells people who holds it, and its token fences: every
/// transaction that writes first calls check(), so a runner whose lock connection died can't
/// write once another has taken over. It takes the lock again where nobody has, by itself and at
/// once; confirm(), before whatever is begun, waits for that.
class Lease {
 public:
  struct Options {
    std::string conninfo;
    std::string command;                     // for the lease row: "up", "contract"
    std::chrono::milliseconds wait{60'000};  // 0: do not wait
    Stop const* stop = nullptr;
    std::function<void(std::string const& holder)> waiting = [](std::string const&) {};  // once
  };

  /// The ledger must exist. Throws LockHeld, Interrupted, Failure.
  static Lease take(Options const& options);
  Lease(Lease&&) noexcept;
  Lease& operator=(Lease&&) = delete;
  ~Lease();  // gives it back

  std::int64_t token() const;

  /// What holds the run, for its row; nothing: it runs. Returns at once; the heart writes it, at
  /// most every second while only its figures change.
  void tell(std::optional<Hold> hold) const;

  /// Before anything is begun: asks the lock's connection whether the lock is still ours. Where it
  /// is lost, returns once it is taken again; false when a stop is requested meanwhile. Throws
  /// LeaseLost when another runner has taken over, or the lock can't be had. `known_for`: an answer
  /// that is no older will do, and costs nothing. Any thread.
  bool confirm(std::chrono::milliseconds known_for = {}) const;

  /// In a transaction that is about to write: throws LeaseLost when the token is not ours any more,
  /// and keeps a takeover waiting until that transaction ends.
  void check(postgres::Transaction& transaction) const;

 private:
  struct State;
  explicit Lease(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace bellows::runner
