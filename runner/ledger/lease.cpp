#include "runner/ledger/lease.hpp"

#include "runner/ddl/attended.hpp"
#include "runner/ddl/interrupted.hpp"
#include "runner/ledger/holder.hpp"

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

constexpr std::chrono::seconds heartbeat_every{2};
constexpr std::chrono::seconds figures_every{1};
constexpr std::chrono::seconds refused_within{10};    // that a lost lock is asked for in vain
constexpr milliseconds takes_over_within{5'000};      // at least: its predecessor's last step ends
constexpr std::chrono::seconds confirmed_within{60};  // while the server can be reached

std::string host_name() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
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

// What may be said by whoever finds it: a statement that ran alone may have ended meanwhile.
constexpr char const* taken_over =
    "another bellows has taken over this database; this run stops. What it had committed until "
    "then "
    "stays; it begins nothing further";

bool is_ours(postgres::Rows const& tokens, std::int64_t token) {
  return !tokens.empty() && tokens.number(0, 0) == token;
}

}  // namespace

/// The lock's sessions belong to the heart, a thread, once it beats; the rest goes by the mutex.
struct Lease::State {
  Options options;
  std::optional<postgres::Session> lock_session;
  std::optional<postgres::Transaction> lock;
  std::optional<postgres::Session> beat_session;
  steady_clock::time_point written_at{};
  std::int64_t token = 0;
  std::mutex mutex;
  std::condition_variable wake;  // the heart
  std::condition_variable answer;
  bool ending = false;
  bool held = true;
  std::int64_t asked = 0;  // by confirm()
  std::int64_t answered = 0;
  steady_clock::time_point answered_at{};
  std::optional<std::string> gone;  // for good, and why
  std::optional<Hold> hold;
  bool hold_is_news = false;
  steady_clock::time_point told_at{};
  std::thread heart;  // last: it uses everything above

  explicit State(Options with) : options(std::move(with)) {}
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

  void connect() {
    lock_session.emplace(postgres::Session::connect(options.conninfo, "bellows lock"));
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

  bool confirm(milliseconds known_for) {
    auto const now = steady_clock::now();
    auto const give_up = now + confirmed_within;
    std::unique_lock guard(mutex);
    if (held && !gone && now - answered_at < known_for) {
      return true;
    }
    std::int64_t const mine = ++asked;
    wake.notify_all();
    auto const settled = [&] { return gone || answered >= mine; };
    while (!answer.wait_for(guard, milliseconds{50}, settled)) {
      if (!held && options.stop != nullptr && options.stop->requested()) {
        return false;
      }
      if (!held && steady_clock::now() >= give_up) {
        throw LeaseLost(
            "the lock could not be taken again; this run stops. What it had committed until then "
            "stays; it begins nothing further");
      }
    }
    if (gone) {
      throw LeaseLost(*gone);
    }
    return true;
  }

  void beat() {
    std::unique_lock guard(mutex);
    while (!gone) {
      wake.wait_for(guard, heartbeat_every,
                    [this] { return ending || hold_is_news || asked > answered; });
      if (ending) {
        return;
      }
      bool const news = hold_is_news;
      hold_is_news = false;
      auto const now = hold;
      std::int64_t const upto = asked;
      guard.unlock();  // whoever tells something need not wait for the server
      auto const began = steady_clock::now();
      bool const ours = is_alive() || take_again();
      if (ours) {
        write(now, news);
      }
      guard.lock();
      if (ours) {
        answered = upto;
        answered_at = began;
      }
      answer.notify_all();
    }
  }

  bool is_alive() {
    try {
      keep_alive(*lock);  // also so that no firewall forgets its connection
      return true;
    } catch (std::exception const& error) {
      spdlog::warn(
          "the lock's connection is lost ({}); it is taken again, unless another bellows is "
          "quicker",
          error.what());
    }
    lock.reset();
    lock_session.reset();
    std::lock_guard const guard(mutex);
    held = false;
    return false;
  }

  // For people only: where it can't be had, the run is no less ours.
  void write(std::optional<Hold> const& now, bool news) {
    if (!news && steady_clock::now() - written_at < heartbeat_every) {
      return;
    }
    try {
      if (!beat_session) {
        beat_session.emplace(postgres::Session::connect(options.conninfo, "bellows heartbeat"));
      }
      write_hold(*beat_session, token, now);
      written_at = steady_clock::now();
    } catch (std::exception const& error) {
      spdlog::debug("heartbeat: {}", error.what());
      beat_session.reset();
    }
  }

  // For as long as the server is away; while somebody has the lock, for a short time: a server
  // takes a moment to see that a client is dead, and whoever takes over, to say so.
  bool take_again() {
    std::optional<steady_clock::time_point> give_up;
    milliseconds pause{20};
    while (true) {
      try {
        if (!lock_session) {
          connect();
        }
        if (try_again()) {
          return true;
        }
        give_up = give_up.value_or(steady_clock::now() + refused_within);
        if (steady_clock::now() >= *give_up) {
          return give_in(
              fmt::format("the lock is lost, and held by somebody else ({}); this run "
                          "stops. What it had committed until then stays; it begins "
                          "nothing further",
                          describe_holder(*lock_session)));
        }
      } catch (LeaseLost const& lost) {
        return give_in(lost.what());
      } catch (std::exception const& error) {
        spdlog::debug("the lock can't be taken again yet: {}", error.what());
        lock_session.reset();
      }
      std::unique_lock guard(mutex);
      if (wake.wait_for(guard, jittered(pause), [this] { return ending; })) {
        return false;
      }
      pause = std::min(2 * pause, milliseconds{300});
    }
  }

  // Once the lock is held nobody takes over any more, so the token is read behind it. The sign of
  // life is the transaction's last statement again.
  bool try_again() {
    constexpr char const* newest = "SELECT token FROM bellows.lease";
    auto got = try_lock(*lock_session);
    if (!is_ours(got ? got->run(newest) : lock_session->run(newest), token)) {
      throw LeaseLost(taken_over);
    }
    if (!got) {
      return false;
    }
    keep_alive(*got);
    lock.emplace(std::move(*got));
    written_at = {};
    spdlog::warn("the lock is held again, and nobody has taken over meanwhile: the run goes on");
    std::lock_guard const guard(mutex);
    held = true;
    return true;
  }

  bool give_in(std::string const& why) {
    lock_session.reset();
    std::lock_guard const guard(mutex);
    gone = why;
    return false;
  }
};

Lease::Lease(std::unique_ptr<State> state) : state_(std::move(state)) {}
Lease::Lease(Lease&&) noexcept = default;

Lease::~Lease() = default;

Lease Lease::take(Options const& options) {
  auto state = std::make_unique<State>(options);
  state->connect();
  state->beat_session.emplace(postgres::Session::connect(options.conninfo, "bellows heartbeat"));
  wait_for_lock(*state->lock_session, options, state->lock);
  ddl::attended(*state->beat_session,
                {options.conninfo, options.stop, std::max(options.wait, takes_over_within)},
                [&] { state->token = take_token(*state->beat_session, options.command); });
  state->heart = std::thread([raw = state.get()] { raw->beat(); });
  return Lease(std::move(state));
}

void Lease::tell(std::optional<Hold> hold) const {
  state_->tell(std::move(hold));
}

std::int64_t Lease::token() const {
  return state_->token;
}

bool Lease::confirm(milliseconds known_for) const {
  return state_->confirm(known_for);
}

void Lease::check(postgres::Transaction& transaction) const {
  auto const rows =
      transaction.run("SELECT 1 FROM bellows.lease WHERE token = $1::bigint FOR KEY SHARE",
                      {std::to_string(state_->token)});
  if (rows.empty()) {
    throw LeaseLost(taken_over);
  }
}

}  // namespace bellows::runner
