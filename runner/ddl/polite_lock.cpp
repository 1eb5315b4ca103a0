#include "runner/ddl/polite_lock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <string_view>
#include <thread>

namespace bellows::ddl {
namespace {

using postgres::Failure;
using postgres::FailureKind;
using postgres::Session;
using postgres::Transaction;
using Clock = std::chrono::steady_clock;

/// Above the server's deadlock_timeout by this much, autovacuum has had its chance to give way.
constexpr milliseconds autovacuum_margin{300};

struct LockFailed {
  std::string reason;
};

/// One call of with_locks: what does not change from attempt to attempt, and the count of them.
class PoliteLock {
 public:
  PoliteLock(Session& session, std::vector<LockRequest> const& requests, LockPolicy const& policy,
             LockWatch const& watch, LockedBody const& body)
      : session_(session),
        requests_(requests),
        policy_(policy),
        watch_(watch),
        body_(body),
        wanted_(requests.empty() ? "no table by name" : describe(requests)) {}

  void run();

 private:
  std::vector<LockRequest> lockable();
  milliseconds deadlock_timeout();
  std::optional<LockFailed> attempt(std::vector<Blocker> const& blockers, milliseconds wait);
  void dislodge_autovacuum(Transaction& transaction, std::vector<Blocker> const& blockers);
  void lock_all(Transaction& transaction, std::vector<LockRequest> const& tables,
                milliseconds wait);
  void run_body(Transaction& transaction, milliseconds wait, bool all_locked);
  void pause();
  void stop_if_asked() const;
  [[noreturn]] void give_up(std::string const& reason);
  void say(std::string_view what, std::string detail) const {
    watch_.observe({what, std::move(detail)});
  }

  Session& session_;
  std::vector<LockRequest> const& requests_;
  LockPolicy const& policy_;
  LockWatch const& watch_;
  LockedBody const& body_;
  std::string wanted_;
  std::size_t attempts_ = 0;
  std::mt19937 random_{std::random_device{}()};
};

std::string lock_sql(LockRequest const& request, bool nowait) {
  return fmt::format("LOCK TABLE ONLY {} IN {} MODE{}", request.table.quoted(),
                     locks::to_string(request.mode), nowait ? " NOWAIT" : "");
}

void set_timeout(Transaction& transaction, std::string_view name, milliseconds time) {
  transaction.set_local(name, std::to_string(time.count()) + "ms");
}

bool long_holder(std::vector<Blocker> const& blockers, LockPolicy const& policy) {
  return std::any_of(blockers.begin(), blockers.end(), [&](Blocker const& blocker) {
    return blocker.pid == 0 || blocker.autovacuum_wraparound ||
           (!blocker.autovacuum && blocker.open_for && *blocker.open_for > policy.long_transaction);
  });
}

/// LOCK TABLE takes tables only; on a view it would lock the tables below, which no DDL on a view
/// does. The right is checked here because its lack must not fail a body that needs less.
std::vector<LockRequest> PoliteLock::lockable() {
  std::vector<LockRequest> tables;
  for (LockRequest const& request : requests_) {
    auto const rows = session_.run(
        "SELECT 1 FROM pg_catalog.pg_class WHERE oid = to_regclass($1) AND relkind IN ('r', 'p')"
        " AND has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE')",
        {request.table.quoted()});
    if (!rows.empty()) {
      tables.push_back(request);
    }
  }
  return tables;
}

milliseconds PoliteLock::deadlock_timeout() {
  return milliseconds{session_
                          .run("SELECT setting FROM pg_catalog.pg_settings"
                               " WHERE name = 'deadlock_timeout'")
                          .number(0, 0)};
}

void PoliteLock::dislodge_autovacuum(Transaction& transaction,
                                     std::vector<Blocker> const& blockers) {
  for (LockRequest const& request : requests_) {
    bool const vacuumed =
        std::any_of(blockers.begin(), blockers.end(), [&](Blocker const& blocker) {
          return blocker.autovacuum && !blocker.autovacuum_wraparound &&
                 blocker.table == request.table.quoted();
        });
    if (vacuumed) {
      transaction.run(lock_sql({request.table, locks::Mode::ShareUpdateExclusive}, false));
    }
  }
}

/// lock_timeout counts per acquisition, so each table gets only what the ones before it left.
void PoliteLock::lock_all(Transaction& transaction, std::vector<LockRequest> const& tables,
                          milliseconds wait) {
  auto const deadline = Clock::now() + wait;
  for (LockRequest const& table : tables) {
    auto const left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    bool const nowait = left < milliseconds{1};
    if (!nowait) {
      set_timeout(transaction, "lock_timeout", left);
    }
    transaction.run(lock_sql(table, nowait));
  }
}

/// Relations that LOCK TABLE could not take are first asked for by the body: it may wait as long as
/// the attempt may. Where all strong locks are held already, waiting for more must be short.
void PoliteLock::run_body(Transaction& transaction, milliseconds wait, bool all_locked) {
  milliseconds const within =
      all_locked ? policy_.within_body : std::max(wait, policy_.within_body);
  set_timeout(transaction, "lock_timeout", std::max(within, milliseconds{1}));
  transaction.set_local("statement_timeout", "0");
  body_(transaction);
}

/// Nothing when it committed. 57014 can only be a lost wait or a cancel before the body; inside it
/// somebody wanted the statement ended.
std::optional<LockFailed> PoliteLock::attempt(std::vector<Blocker> const& blockers,
                                              milliseconds wait) {
  std::vector<LockRequest> const tables = lockable();
  bool const vacuumed = std::any_of(blockers.begin(), blockers.end(), [](Blocker const& blocker) {
    return blocker.autovacuum && !blocker.autovacuum_wraparound;
  });
  milliseconds const patience = vacuumed ? deadlock_timeout() + autovacuum_margin : milliseconds{1};
  try {
    Transaction transaction = session_.begin();
    if (vacuumed) {
      set_timeout(transaction, "lock_timeout", patience);
      dislodge_autovacuum(transaction, blockers);
    }
    lock_all(transaction, tables, wait);
    say("lock granted", wanted_);
    run_body(transaction, wait, tables.size() == requests_.size());
    say("ddl commit", wanted_);
    transaction.commit();
    return std::nullopt;
  } catch (Failure const& failure) {
    if (failure.kind == FailureKind::StatementTimeout && watch_.stop && watch_.stop->requested()) {
      throw Interrupted("stopped while changing " + wanted_ + "; the step was rolled back");
    }
    if (failure.kind != FailureKind::LockTimeout && failure.kind != FailureKind::Deadlock) {
      throw;
    }
    return LockFailed{failure.what()};
  }
}

void PoliteLock::stop_if_asked() const {
  if (watch_.stop && watch_.stop->requested()) {
    throw Interrupted("stopped before the lock on " + wanted_ +
                      " was granted; nothing was changed");
  }
}

void PoliteLock::pause() {
  double const jitter = std::uniform_real_distribution<double>{0.0, 1.0}(random_);
  milliseconds const time = pause_after(policy_, attempts_, jitter);
  if (watch_.stop) {
    watch_.stop->wait_for(time);
  } else {
    std::this_thread::sleep_for(time);
  }
}

void PoliteLock::give_up(std::string const& reason) {
  std::vector<Blocker> const blockers = find_blockers(session_, requests_);
  std::string message =
      fmt::format("could not lock {} within {}, {} attempts; nothing was changed.", wanted_,
                  describe(policy_.budget), attempts_);
  if (blockers.empty()) {
    message += "\n  Nobody holds it at this moment; the last refusal was: " + reason;
  }
  for (Blocker const& blocker : blockers) {
    message += "\n  " + describe(blocker);
    if (blocker.autovacuum_wraparound) {
      message += "\n    let it finish: it protects the database from wraparound";
    } else if (blocker.pid == 0) {
      message += fmt::format("\n    to end it: ROLLBACK PREPARED {}",
                             sql::quote_literal(blocker.application));
    } else {
      message += fmt::format("\n    to end it: SELECT pg_terminate_backend({})", blocker.pid);
    }
  }
  throw LockNotGranted(message + "\n  Then: bellows resume", blockers);
}

void PoliteLock::run() {
  auto const deadline = Clock::now() + policy_.budget;
  while (true) {
    stop_if_asked();
    std::vector<Blocker> const blockers = find_blockers(session_, requests_);
    if (!blockers.empty()) {
      watch_.blocked(blockers);
    }
    milliseconds const wait = wait_of(policy_, attempts_, long_holder(blockers, policy_));
    ++attempts_;
    say("lock attempt",
        fmt::format("{}, attempt {}, waits at most {}", wanted_, attempts_, describe(wait)));
    auto const failed = attempt(blockers, wait);
    if (!failed) {
      return;
    }
    say("lock refused", wanted_ + ": " + failed->reason);
    if (Clock::now() >= deadline) {
      give_up(failed->reason);
    }
    pause();
  }
}

}  // namespace

void with_locks(Session& session, std::vector<LockRequest> const& requests,
                LockPolicy const& policy, LockWatch const& watch, LockedBody const& body) {
  std::unique_ptr<Stop::Guard> guard;
  if (watch.stop) {
    guard = watch.stop->on_second([&session] { session.cancel(); });
  }
  PoliteLock{session, requests, policy, watch, body}.run();
}

}  // namespace bellows::ddl
