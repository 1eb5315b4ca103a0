#pragma once

#include "batcher/job/job.hpp"
#include "batcher/job/stop.hpp"
#include "batcher/observer.hpp"
#include "batcher/postgres/session.hpp"
#include "runner/ddl/lock_policy.hpp"
#include "runner/ledger/lease.hpp"
#include "runner/ledger/store.hpp"
#include "runner/rollout/deadline.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace bellows::runner {

struct Policy {
  ddl::LockPolicy locks;
  batcher::Options batch;
  std::chrono::milliseconds quiet{60'000};      // no write through the old side for so long
  std::chrono::milliseconds gate_wait{65'000};  // how long a gate may be waited for
  std::chrono::milliseconds reconnect_budget{60'000};
  std::chrono::milliseconds instant_timeout{
      30'000};  // statement_timeout of a step that is a catalog change
  std::chrono::milliseconds trial_time{250};  // for all writes of a trial before, and again after
};

/// What people hear while it runs; stderr, normally.
struct Voice {
  std::function<void(std::string const&)> say = [](std::string const&) {};
  std::function<void(batcher::Progress const&)> progress = [](batcher::Progress const&) {};
  /// Which migration is at hand from now on, for what is said without its name.
  std::function<void(std::string const&)> about = [](std::string const&) {};
};

/// A command that changes the database: its connection, its lease, and the ways to be stopped. One
/// thread. Everything written goes through write(), which is fenced.
class Run {
 public:
  struct Options {
    std::string conninfo;
    std::string command;
    std::chrono::milliseconds lock_wait{60'000};
    Policy policy;
    std::string until;      // stop then: "06:00", or a timestamp; empty: never
    std::string time_zone;  // of it; empty: the session's
    Voice voice;
    Stop* stop = nullptr;  // must outlive the run
    /// Set to true before the first step: from then on a failure may leave something half done. May
    /// be null; must outlive the run.
    bool* begun = nullptr;
    Observer observe = [](Event const&) {};
    /// Asked before a ledger is made, where there is none: throws what the command would be refused
    /// with, so that what is refused makes nothing. May be empty.
    std::function<void(postgres::Session&)> before_ledger = nullptr;
  };

  /// Connects, brings the ledger up to date, takes the lease. Throws LockHeld and ddl::HeldUp where
  /// somebody else is at work, or has locked the ledger, for longer than lock_wait; Interrupted.
  explicit Run(Options options);

  std::string const& conninfo() const { return options_.conninfo; }
  Policy const& policy() const { return options_.policy; }
  /// From now on: another migration's backfill may have limits of its own.
  void go_by(batcher::Options const& batch) { options_.policy.batch = batch; }
  void wait_at_gates(std::chrono::milliseconds quiet, std::chrono::milliseconds at_most) {
    options_.policy.quiet = quiet;
    options_.policy.gate_wait = at_most;
  }
  /// Somebody has said that rows which differ are to be left as they are.
  void leave_differing() { leaves_differing_ = true; }
  bool leaves_differing() const { return leaves_differing_; }
  Voice const& voice() const { return options_.voice; }
  Stop& stop() const { return *options_.stop; }
  Lease const& lease() const { return *lease_; }
  Origin const& origin() const { return origin_; }
  void observe(std::string_view what, std::string detail = "") const {
    options_.observe({what, std::move(detail)});
  }
  Observer const& observer() const { return options_.observe; }
  void begins_step() const {
    if (options_.begun != nullptr) {
      *options_.begun = true;
    }
  }

  /// The connection; a new one when the old one was lost, tried for policy().reconnect_budget.
  postgres::Session& session();

  /// Reads what somebody may have locked: says who it is, and throws ddl::HeldUp once the budget
  /// for locks is spent, Interrupted at a signal.
  void asking(std::function<void(postgres::Session&)> const& body);

  /// A short transaction on the ledger: fenced, committed, tried again on a lost connection. What
  /// it writes must be such that writing it twice is writing it once.
  void write(std::function<void(postgres::Transaction&, Journal&)> const& body);

  /// Calls `body`, again on a new connection when the old one was lost on the way, as long as the
  /// reconnect budget lasts; never without the lock. For what can be repeated. Throws LeaseLost.
  void surviving(std::function<void()> const& body);

  batcher::Surroundings surroundings() const;

 private:
  void begin();

  Options options_;
  Origin origin_ = Origin::here();
  std::optional<postgres::Session> session_;
  std::optional<Lease> lease_;
  std::unique_ptr<Deadline> deadline_;
  bool leaves_differing_ = false;
};

}  // namespace bellows::runner
