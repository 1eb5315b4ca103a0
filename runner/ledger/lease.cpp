#include "runner/ledger/lease.hpp"

#include "runner/ddl/interrupted.hpp"

#include <fmt/core.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <unistd.h>

namespace bellows::runner {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::int64_t lock_key = 0x62656c6c6f7773;  // "bellows"
constexpr std::chrono::seconds heartbeat_every{5};
constexpr std::chrono::seconds figures_every{1};
constexpr std::chrono::seconds silent_after{3 * heartbeat_every};

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

// A bigint key stands in pg_locks as its halves (manual, 54.12, pg_locks).
std::string lock_holder() {
  return "SELECT pid FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND objsubid "
         "= 1 AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = "
         "current_database()) AND (classid::bigint << 32) + objid::bigint = $1::bigint";
}

// The transaction sits idle as long as the run lasts; these settings would end it. It is also the
// sign of life, and always the transaction's last statement: a SELECT's portal stays open until
// the next statement, with its snapshot, and CREATE INDEX CONCURRENTLY would wait for that until
// the end of time (measured on 15). A SET has none.
void keep_alive(postgres::Transaction& transaction) {
  transaction.run("SET LOCAL idle_in_transaction_session_timeout = 0");
}

std::optional<postgres::Transaction> try_lock(postgres::Session& session) {
  auto transaction = session.begin();
  if (session.server_version() >= 170000) {
    transaction.set_local("transaction_timeout", "0");
  }
  bool const got =
      transaction.run("SELECT pg_try_advisory_xact_lock($1::bigint)", {std::to_string(lock_key)})
          .truth(0, 0);
  if (!got) {
    return std::nullopt;
  }
  keep_alive(transaction);
  return transaction;
}

milliseconds jittered(milliseconds around) {
  static thread_local std::minstd_rand random{std::random_device{}()};
  return around / 2 +
         milliseconds{std::uniform_int_distribution<milliseconds::rep>{0, around.count()}(random)};
}

void wait_for_lock(postgres::Session& session, Lease::Options const& options,
                   std::optional<postgres::Transaction>& lock) {
  auto const give_up = steady_clock::now() + options.wait;
  milliseconds pause{20};  // at first: a server takes a moment to see that a client is dead
  bool told = false;
  while (true) {
    if (auto got = try_lock(session)) {
      lock.emplace(std::move(*got));
      return;
    }
    if (steady_clock::now() >= give_up) {
      std::string const end = how_to_end_holder(session);
      throw LockHeld(
          fmt::format("another bellows works on this database: {}", describe_holder(session)),
          end.empty() ? "wait for it, or --lock-wait 10m" : end);
    }
    if (!told) {
      options.waiting(describe_holder(session));
    }
    told = true;
    if (options.stop != nullptr && options.stop->wait_for(jittered(pause))) {
      throw ddl::Interrupted("stopped while waiting for another bellows to finish");
    }
    if (options.stop == nullptr) {
      std::this_thread::sleep_for(jittered(pause));
    }
    pause = std::min(2 * pause, milliseconds{300});
  }
}

std::int64_t take_token(postgres::Session& session, std::string const& command) {
  auto transaction = session.begin();
  auto const rows = transaction.run(
      "INSERT INTO bellows.lease AS l (one, token, host, pid, command, taken_at, heartbeat) "
      "VALUES (true, 1, $1, $2::bigint, $3, clock_timestamp(), clock_timestamp()) "
      "ON CONFLICT (one) DO UPDATE SET token = l.token + 1, host = excluded.host, pid = "
      "excluded.pid, "
      "command = excluded.command, taken_at = excluded.taken_at, heartbeat = excluded.heartbeat, "
      "hold = NULL, hold_since = NULL RETURNING token",
      {host_name(), std::to_string(::getpid()), command});
  std::int64_t const token = rows.number(0, 0);
  transaction.commit();
  return token;
}

}  // namespace

struct Lease::State {
  postgres::Session lock_session;
  std::optional<postgres::Transaction> lock;
  postgres::Session beat_session;
  std::int64_t token = 0;
  std::mutex mutex;
  std::condition_variable wake;
  bool ending = false;
  std::optional<Hold> hold;
  bool hold_is_news = false;
  steady_clock::time_point told_at{};
  std::thread heart;  // last: it uses everything above

  State(postgres::Session for_lock, postgres::Session for_beat)
      : lock_session(std::move(for_lock)), beat_session(std::move(for_beat)) {}
  State(State const&) = delete;
  State& operator=(State const&) = delete;
  ~State() {
    {
      std::lock_guard const guard(mutex);
      ending = true;
    }
    wake.notify_all();
    if (heart.joinable()) {
      heart.join();
    }
  }

  void tell(std::optional<Hold> what) {
    auto const now = steady_clock::now();
    std::lock_guard const guard(mutex);
    bool const same_kind = what.has_value() == hold.has_value() &&
                           (!what || (what->kind == hold->kind && what->job == hold->job));
    if (what == hold || (same_kind && now - told_at < figures_every)) {
      return;
    }
    hold = std::move(what);
    told_at = now;
    hold_is_news = true;
    wake.notify_all();
  }

  void beat() {
    std::unique_lock guard(mutex);
    while (true) {
      wake.wait_for(guard, heartbeat_every, [this] { return ending || hold_is_news; });
      if (ending) {
        return;
      }
      hold_is_news = false;
      auto const now = hold;
      guard.unlock();  // whoever tells something need not wait for the server
      if (!beat_once(now)) {
        return;
      }
      guard.lock();
    }
  }

  bool beat_once(std::optional<Hold> const& now) {
    try {
      keep_alive(*lock);  // so that no firewall forgets its connection
      write_hold(beat_session, token, now);
      return true;
    } catch (std::exception const& error) {
      // The lock is gone, perhaps; the fence decides whether that matters.
      spdlog::warn("the lock's connection is lost ({}); another bellows may take over",
                   error.what());
      return false;
    }
  }
};

Lease::Lease(std::unique_ptr<State> state) : state_(std::move(state)) {}
Lease::Lease(Lease&&) noexcept = default;

Lease::~Lease() = default;

Lease Lease::take(Options const& options) {
  auto state =
      std::make_unique<State>(postgres::Session::connect(options.conninfo, "bellows lock"),
                              postgres::Session::connect(options.conninfo, "bellows heartbeat"));
  wait_for_lock(state->lock_session, options, state->lock);
  state->token = take_token(state->beat_session, options.command);
  state->heart = std::thread([raw = state.get()] { raw->beat(); });
  return Lease(std::move(state));
}

void Lease::tell(std::optional<Hold> hold) const {
  state_->tell(std::move(hold));
}

std::int64_t Lease::token() const {
  return state_->token;
}

void Lease::check(postgres::Transaction& transaction) const {
  auto const rows =
      transaction.run("SELECT 1 FROM bellows.lease WHERE token = $1::bigint FOR KEY SHARE",
                      {std::to_string(state_->token)});
  if (rows.empty()) {
    throw LeaseLost(
        "another bellows has taken over this database; this run stops and has written nothing "
        "more");
  }
}

bool lock_is_held(postgres::Session& session) {
  return session.run(fmt::format("SELECT EXISTS ({})", lock_holder()), {std::to_string(lock_key)})
      .truth(0, 0);
}

std::string describe_holder(postgres::Session& session) {
  auto const rows = session.run(
      fmt::format(
          "SELECT pid, host, command, to_char(taken_at, 'HH24:MI:SS'), round(extract(epoch FROM "
          "clock_timestamp() - heartbeat)), coalesce((SELECT ', server process ' || pid FROM ({}) "
          "AS holder LIMIT 1), '') FROM bellows.lease",
          lock_holder()),
      {std::to_string(lock_key)});
  if (rows.empty()) {
    return "it has not said who it is yet";
  }
  return fmt::format("pid {} on {}, `bellows {}` since {}, last sign of life {} s ago{}",
                     rows.text(0, 0), rows.text(0, 1), rows.text(0, 2), rows.text(0, 3),
                     rows.text(0, 4), rows.text(0, 5));
}

// Every transaction of a runner that writes locks the lease's row (check()), and whoever takes over
// waits for those that are open.
std::string how_to_end_holder(postgres::Session& session) {
  auto const rows = session.run(
      fmt::format("SELECT string_agg(DISTINCT pid::text, ', ') FROM ({} UNION SELECT pid FROM "
                  "pg_catalog.pg_locks WHERE relation = to_regclass('bellows.lease') AND granted "
                  "AND mode = 'RowShareLock' AND pid <> pg_backend_pid()) AS its WHERE EXISTS ({}) "
                  "AND EXISTS (SELECT FROM bellows.lease WHERE clock_timestamp() - heartbeat > "
                  "interval '{} s')",
                  lock_holder(), lock_holder(), silent_after.count()),
      {std::to_string(lock_key)});
  std::string const pids = rows.text(0, 0);
  return pids.empty() ? ""
                      : fmt::format(
                            "if that runner is stopped, or its host is gone: SELECT "
                            "pg_terminate_backend(p) FROM unnest(ARRAY[{}]) p; then bellows "
                            "resume",
                            pids);
}

}  // namespace bellows::runner
