#include "runner/rollout/run.hpp"

#include "runner/ddl/attended.hpp"
#include "runner/ddl/interrupted.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/rollout/rights.hpp"

#include <fmt/core.h>

namespace bellows::runner {
namespace {

using postgres::Failure;
using postgres::FailureKind;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// Batches of two milliseconds must not each wait for a round trip. What is committed within this
/// time, by a run whose lock has just gone to another, the fence refuses.
constexpr milliseconds known_to_batches{1'000};

/// With whoever has locked a table of the ledger: somebody begins or ends a migration all the time.
constexpr milliseconds least_patience{2'000};

bool connection_is_gone(FailureKind kind) {
  return kind == FailureKind::ConnectionLost || kind == FailureKind::InDoubt;
}

}  // namespace

Run::Run(Options options) : options_(std::move(options)) {
  session_ = postgres::Session::connect(options_.conninfo, "bellows " + options_.command);
  if (!options_.until.empty()) {
    deadline_ = std::make_unique<Deadline>(
        *options_.stop, time_until(*session_, options_.until, options_.time_zone),
        "time is up (--until " + options_.until + ")");
  }
  if (options_.before_ledger) {
    asking([this](postgres::Session& asked) {
      if (!ledger_exists(asked)) {
        options_.before_ledger(asked);
      }
    });
  }
  ddl::Attendance const attendance{options_.conninfo, options_.stop,
                                   std::max(options_.lock_wait, least_patience)};
  ddl::attended(*session_, attendance, [this] { begin(); });
  observe("lease taken");
}

void Run::begin() {
  with_ledger(*session_, [this] {
    migrate_ledger(*session_);
    ask_for_ledger(*session_);
    observe("ledger ready");
    lease_.emplace(Lease::take({.conninfo = options_.conninfo,
                                .command = options_.command,
                                .wait = options_.lock_wait,
                                .stop = options_.stop,
                                .waiting = [this](std::string const& holder) {
                                  options_.voice.say("waiting for another bellows: " + holder);
                                }}));
  });
}

postgres::Session& Run::session() {
  if (session_ && session_->alive()) {
    return *session_;
  }
  auto const give_up = steady_clock::now() + options_.policy.reconnect_budget;
  milliseconds pause{100};
  bool told = false;
  while (true) {
    try {
      session_.reset();
      session_ = postgres::Session::connect(options_.conninfo, "bellows " + options_.command);
      return *session_;
    } catch (Failure const& failure) {
      if (steady_clock::now() >= give_up) {
        throw;
      }
      if (!told) {
        options_.voice.say(
            fmt::format("the connection is lost ({}); trying again", failure.what()));
      }
      told = true;
    }
    if (options_.stop->wait_for(pause)) {
      throw ddl::Interrupted("stopped while the server could not be reached");
    }
    pause = std::min(pause * 2, milliseconds{3'000});
  }
}

void Run::surviving(std::function<void()> const& body) {
  auto const give_up = steady_clock::now() + options_.policy.reconnect_budget;
  while (true) {
    try {
      session();  // the server is there: then its lock can be had as well
      if (!lease_->confirm()) {
        throw ddl::Interrupted("stopped while its lock was taken again");
      }
      return body();
    } catch (Failure const& failure) {
      if (!connection_is_gone(failure.kind) || steady_clock::now() >= give_up) {
        throw;
      }
      session_.reset();
    }
  }
}

void Run::asking(std::function<void(postgres::Session&)> const& body) {
  postgres::Session& asked = session();
  ddl::Attendance const attendance{options_.conninfo, options_.stop, options_.policy.locks.budget,
                                   options_.voice.say};
  ddl::attended(asked, attendance, [&] { body(asked); });
}

void Run::write(std::function<void(postgres::Transaction&, Journal&)> const& body) {
  surviving([&] {
    auto transaction = session().begin();
    lease_->check(transaction);
    Journal journal(transaction, origin_);
    body(transaction, journal);
    observe("journal about to commit");
    transaction.commit();
    observe("journal committed");
  });
}

batcher::Surroundings Run::surroundings() const {
  return {.conninfo = options_.conninfo,
          .fence = lease_->token(),
          .stop = options_.stop,
          .observe = options_.observe,
          .show = options_.voice.progress,
          .say = options_.voice.say,
          .may_begin = [this] { return lease_->confirm(known_to_batches); }};
}

}  // namespace bellows::runner
