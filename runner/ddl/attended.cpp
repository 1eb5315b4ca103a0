#include "runner/ddl/attended.hpp"

#include "runner/ddl/blockers.hpp"
#include "runner/ddl/interrupted.hpp"

#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace bellows::ddl {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds a_moment{500};  // in which nearly everything is answered
constexpr milliseconds between_looks{200};

std::string what_ends(Blocker const& blocker) {
  std::string const it =
      blocker.pid == 0 ? fmt::format("ROLLBACK PREPARED '{0}', or COMMIT PREPARED '{0}', ends it",
                                     blocker.application)
                       : fmt::format("SELECT pg_terminate_backend({}) ends it", blocker.pid);
  return "wait until it has ended, or " + it;
}

HeldUp held_up(Blocker const& blocker) {
  std::string const what = blocker.table.empty() ? "what has to be read" : blocker.table;
  return {fmt::format("{} is locked, by {}{}", what, who(blocker),
                      blocker.query.empty() ? "" : "; its last statement: " + blocker.query),
          what_ends(blocker) + "; then the same command again"};
}

/// Looks from beside while it lives.
class Watch {
 public:
  Watch(postgres::Session& session, Attendance const& how)
      : session_(session),
        how_(how),
        thread_([this](std::stop_token const& over) { look(over); }) {}

  /// Who was in the way when patience was at its end.
  std::optional<Blocker> lost_patience_with() const {
    std::lock_guard const lock(mutex_);
    return in_the_way_;
  }

 private:
  bool over_within(std::stop_token const& over, milliseconds time) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, over, time, [] { return false; });
    return over.stop_requested();
  }

  bool stopped() const { return how_.stop != nullptr && how_.stop->requested(); }

  // A signal may come between two statements: then it is the next one that is cancelled.
  void look(std::stop_token const& over) {
    auto const began = steady_clock::now();
    while (!over_within(over, between_looks)) {
      if (stopped()) {
        session_.cancel();
      } else if (steady_clock::now() - began >= a_moment) {
        look_at_locks();
      }
    }
  }

  void look_at_locks() try {
    if (!beside_) {
      beside_.emplace(postgres::Session::connect(how_.conninfo, "bellows watch"));
    }
    auto const blockers = find_blockers_of(*beside_, session_.backend_pid());
    auto const now = steady_clock::now();
    since_ = blockers.empty() ? std::nullopt : std::optional(since_.value_or(now));
    if (since_ && how_.say && !said_) {
      said_ = true;
      HeldUp const held = held_up(blockers.front());
      how_.say(fmt::format("waiting: {}\n  next: {}", held.what(), what_ends(blockers.front())));
    }
    if (since_ && now - *since_ >= how_.patience) {
      {
        std::lock_guard const lock(mutex_);
        in_the_way_ = blockers.front();
      }
      session_.cancel();
    }
  } catch (postgres::Failure const& failure) {  // it was only a look
    spdlog::debug("no look at locks: {}", failure.what());
    beside_.reset();
  }

  postgres::Session& session_;
  Attendance const& how_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::optional<Blocker> in_the_way_;
  std::optional<postgres::Session> beside_;  // these three are the thread's
  std::optional<steady_clock::time_point> since_;
  bool said_ = false;
  std::jthread thread_;  // last: it uses everything above
};

}  // namespace

void attended(postgres::Session& session, Attendance const& how,
              std::function<void()> const& body) {
  Watch const watch(session, how);
  try {
    body();
  } catch (postgres::Failure const& failure) {
    if (failure.kind != postgres::FailureKind::StatementTimeout) {
      throw;
    }
    if (auto const blocker = watch.lost_patience_with()) {
      throw held_up(*blocker);
    }
    if (how.stop != nullptr && how.stop->requested()) {
      throw Interrupted("stopped before the server had answered; nothing was changed");
    }
    throw;
  }
}

}  // namespace bellows::ddl
