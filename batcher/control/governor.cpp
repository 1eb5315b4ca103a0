#include "batcher/control/governor.hpp"

#include "batcher/control/budget.hpp"
#include "batcher/control/in_step.hpp"
#include "batcher/control/kept_rows.hpp"
#include "batcher/control/replica_memory.hpp"
#include "batcher/pace/company.hpp"
#include "batcher/signals/watch.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace bellows::batcher {
namespace {

using postgres::Failure;
using postgres::Session;
using namespace std::chrono_literals;
using Clock = Brake::Clock;

constexpr char const* purpose = "bellows pace";
constexpr auto tick = 250ms;
constexpr auto between_looks = 1s;
constexpr auto between_notes = 10s;  // of which replicas there are
constexpr auto first_look = 50ms;
constexpr char const* first_look_name = "first look";  // nobody has paused it
constexpr auto long_batch = 200ms;
constexpr auto orders_grace = 10s;  // also for a look that does not come back
constexpr double ahead = 1;         // seconds of a budget that a job draws before it spends them

}  // namespace

struct Governor::State {
  State(World to, Steering with, std::chrono::milliseconds pause)
      : world(std::move(to)),
        steering(std::move(with)),
        brake(pause, Clock::now()),
        kept_rows(steering.signals &&
                  steering.signals->kept_rows == SignalOptions::OnKeptRows::Wait),
        orders_read(Clock::now()) {
    brake.limit(steering.rates, Clock::now());
  }

  struct Work {
    int pid = 0;
    Clock::time_point since;
    std::function<void()> cancel;
    bool cancelled = false;  // or never to be
  };

  // The thread's own.
  void run();
  void round();
  void reach_server();
  void look();
  void remember();
  void read_controls();
  void draw();
  void free_those_who_wait();
  void cancel_for(int pid, int waiter);
  void blind(std::string const& why);
  void judge();
  void tell_changes();

  World const world;
  Steering const steering;
  std::optional<Watch> watch;
  std::unique_ptr<Session> session;
  Clock::time_point next_look{};
  Clock::time_point retry_at{};
  bool recalled = false;             // which replicas an earlier run has seen
  bool may_remember = true;          // … in the ledger
  std::set<std::string> remembered;  // as it has them
  Clock::time_point remembered_at{};
  std::string told;  // what holds the job, as people were told
  std::chrono::system_clock::time_point told_at;

  mutable std::mutex mutex;  // over the rest
  std::condition_variable ends;
  std::condition_variable looked;
  bool ending = false;
  bool looking = false;
  bool has_looked = false;
  Brake brake;
  Company company;
  KeptRows kept_rows;
  Orders orders;
  Clock::time_point orders_read;
  std::string orders_unread;   // why they have not been for too long; empty: they have
  std::string not_looked_yet;  // why nothing may begin yet; empty: the first look is done
  Clock::time_point judged_at{};
  std::map<int, Work> work;
  std::int64_t charged = 0;  // WAL position up to which batches have been charged
  std::vector<SignalState> signals;
  std::thread thread;

  InStep in_step;  // guards itself
};

void Governor::State::run() {
  std::unique_lock lock(mutex);
  while (!ending) {
    lock.unlock();
    round();
    lock.lock();
    ends.wait_for(lock, tick, [this] { return ending; });
  }
}

void Governor::State::round() {
  try {
    reach_server();
    if (session != nullptr) {
      if (Clock::now() >= next_look) {
        next_look = Clock::now() + between_looks;
        look();
        read_controls();
      }
      draw();
      free_those_who_wait();
    }
  } catch (Failure const& failure) {
    blind(failure.what());
  } catch (std::exception const& error) {  // an answer that makes no sense
    blind(error.what());
  }
  judge();
  try {
    tell_changes();
  } catch (std::exception const& error) {  // who cannot be told must not end the process
    spdlog::warn("{}: {}", world.job, error.what());
  }
}

void Governor::State::reach_server() {
  if (session != nullptr && session->alive()) {
    return;
  }
  session.reset();
  if (Clock::now() >= retry_at) {
    retry_at = Clock::now() + between_looks;
    session = std::make_unique<Session>(Session::connect(world.conninfo, purpose));
  }
}

void Governor::State::look() {
  if (!watch) {
    return;
  }
  if (!recalled && steering.controls) {
    watch->expect_replicas(remembered_replicas(*session));
    recalled = true;
  }
  watch->look(*session, Clock::now());
  remember();
  for (auto const& [name, why] : watch->take_refused()) {
    world.say(fmt::format("  {} is not watched: {}", name, why));
  }
  std::optional<std::string> to_blame;
  {
    std::lock_guard const lock(mutex);
    to_blame = kept_rows.look(watch->holders());
  }
  if (to_blame) {
    world.say(fmt::format("  {}: {}", world.job, *to_blame));
  }
}

// A look fails in the end where it may not be written: it is no reason to hold the job.
void Governor::State::remember() {
  std::set<std::string> const& now = watch->replicas();
  bool const due = now != remembered || Clock::now() - remembered_at >= between_notes;
  if (!recalled || now.empty() || !due || !may_remember) {
    remembered = now;
    return;
  }
  try {
    remember_replicas(*session, now);
  } catch (Failure const& failure) {
    may_remember = false;
    spdlog::info("{}: replicas are not remembered: {}", world.job, failure.what());
  }
  remembered = now;
  remembered_at = Clock::now();
}

void Governor::State::read_controls() {
  Orders now;
  if (steering.controls) {
    now = read_orders(*session, world.orders_of.empty() ? world.job : world.orders_of);
  }
  std::lock_guard const lock(mutex);
  orders = std::move(now);
  orders_read = Clock::now();
  orders_unread.clear();
  not_looked_yet.clear();
  Rates const rates{orders.rates.rows ? orders.rates.rows : steering.rates.rows,
                    orders.rates.wal ? orders.rates.wal : steering.rates.wal};
  brake.limit(rates, Clock::now());
  brake.share_budget(orders.shared.rows.has_value(), orders.shared.wal.has_value());
}

void Governor::State::draw() {
  Rates shared;
  Brake::Purse purse;
  {
    std::lock_guard const lock(mutex);
    shared = orders.shared;
    purse = brake.purse();
  }
  auto const drawn = [&](std::optional<double> rate, std::optional<double> has, char const* name) {
    if (!rate || !has || *has >= *rate * ahead / 2) {
      return 0.0;
    }
    return draw_budget(*session, name, world.job, *rate, *rate * ahead - *has);
  };
  double const rows = drawn(shared.rows, purse.rows, "rows");
  double const wal = drawn(shared.wal, purse.wal, "wal");
  std::lock_guard const lock(mutex);
  brake.draw({rows, wal});
}

void Governor::State::free_those_who_wait() {
  std::vector<int> pids;
  {
    std::lock_guard const lock(mutex);
    bool const any_long = std::any_of(work.begin(), work.end(), [](auto const& each) {
      return Clock::now() - each.second.since >= long_batch;
    });
    for (auto const& [lane, each] : work) {
      if (any_long) {
        pids.push_back(each.pid);
      }
    }
  }
  if (pids.empty()) {
    return;
  }
  for (auto const& [waiter, holder] : waiting_for(*session, pids)) {
    cancel_for(holder, waiter);
  }
}

// Under the lock: rested() comes after, so what is cancelled is that batch and no later one.
void Governor::State::cancel_for(int pid, int waiter) {
  std::lock_guard const lock(mutex);
  for (auto& [lane, each] : work) {
    if (each.pid == pid && !each.cancelled) {
      each.cancelled = true;
      spdlog::info("{}: session {} waits for lane {}: its batch is cancelled", world.job, waiter,
                   lane);
      each.cancel();
    }
  }
}

void Governor::State::blind(std::string const& why) {
  if (watch) {
    watch->blind(why, Clock::now());
  }
  std::lock_guard const lock(mutex);
  if (!not_looked_yet.empty()) {
    not_looked_yet = "the server has not been looked at yet: " + why;
  }
  if (steering.controls && Clock::now() - orders_read > orders_grace) {
    orders_unread = "orders cannot be read: " + why;
  }
}

void Governor::State::judge() {
  std::lock_guard const lock(mutex);
  judged_at = Clock::now();
  if (!orders.paused.empty()) {
    brake.hold(orders.paused);
  } else if (!orders_unread.empty()) {
    brake.hold(orders_unread, "orders");
  } else if (!not_looked_yet.empty()) {
    brake.hold(not_looked_yet, first_look_name);
  } else {
    brake.hold(kept_rows.holds(), "kept rows");
  }
  has_looked = not_looked_yet.empty();
  looked.notify_all();
  if (!watch) {
    return;
  }
  Signal const* const worst = watch->worst();
  if (worst != nullptr) {
    brake.press(worst->pressure(), worst->holds(), watch->name_of(*worst), worst->why(),
                Clock::now());
  }
  signals = watch->states();
}

// Once when something begins to hold the job, once when it goes on.
void Governor::State::tell_changes() {
  PaceState now;
  {
    std::lock_guard const lock(mutex);
    now = brake.state(Clock::now());
  }
  std::string const held_by = now.duty == 0 ? now.limited_by : "";
  auto const at = std::chrono::system_clock::now();
  if (!held_by.empty() && !told.empty() && steering.patience > 0ms &&
      at - told_at >= steering.patience) {
    world.give_up(fmt::format(
        "held for {} s (--max-hold) by {}: {}",
        std::chrono::duration_cast<std::chrono::seconds>(at - told_at).count(), held_by, now.why));
  }
  if (held_by == told) {
    return;
  }
  if (!told.empty() && held_by.empty()) {
    auto const lasted = std::chrono::duration_cast<std::chrono::seconds>(at - told_at);
    world.say(fmt::format("  {} goes on after {} s ({})", world.job, lasted.count(), told));
  }
  if (!held_by.empty()) {
    world.say(fmt::format("  {} waits: {}: {}", world.job, held_by, now.why));
    told_at = told.empty() ? at : told_at;
  }
  told = held_by;
}

Governor::Governor(World world, Steering const& steering, std::chrono::milliseconds pause)
    : state_(std::make_unique<State>(std::move(world), steering, pause)) {}

Governor::~Governor() {
  {
    std::lock_guard const lock(state_->mutex);
    state_->ending = true;
    state_->ends.notify_all();
  }
  if (state_->thread.joinable()) {
    state_->thread.join();
  }
}

void Governor::begin(std::string const& relations) {
  State& state = *state_;
  if (state.looking || !(state.steering.signals || state.steering.controls)) {
    return;
  }
  if (state.steering.signals) {
    state.watch.emplace(*state.steering.signals, relations, Clock::now());
  }
  state.looking = true;
  state.not_looked_yet = "the server has not been looked at yet";
  state.brake.hold(state.not_looked_yet, first_look_name);
  state.thread = std::thread([&state] { state.run(); });
}

Brake::Wait Governor::wait(int lane) {
  std::unique_lock lock(state_->mutex);
  // It takes a few milliseconds: not worth a word, nor a lane's whole pause between two questions.
  state_->looked.wait_for(lock, first_look,
                          [this] { return !state_->looking || state_->has_looked; });
  auto const now = Clock::now();
  if (state_->has_looked && now - state_->judged_at > orders_grace) {
    return {tick, true, "pace", "the server does not answer when it is looked at"};
  }
  return state_->brake.wait(lane, now);
}

void Governor::working(int lane, Batch batch) {
  state_->in_step.begins(lane);
  std::lock_guard const lock(state_->mutex);
  if (batch.newest) {
    state_->company.batch_begins(*batch.newest, Clock::now(), batch.takes);
  }
  state_->work[lane] = {batch.pid, Clock::now(), std::move(batch.cancel), !batch.could_be_smaller};
}

void Governor::rows_stayed() {
  std::lock_guard const lock(state_->mutex);
  state_->kept_rows.stayed();
}

int Governor::rows_may_go() const {
  std::lock_guard const lock(state_->mutex);
  return state_->kept_rows.released();
}

bool Governor::company() const {
  std::lock_guard const lock(state_->mutex);
  return state_->company.here();
}

void Governor::rested(int lane, double rows, std::int64_t wal_from, std::int64_t wal_upto,
                      std::chrono::microseconds took) {
  state_->in_step.ends(lane);
  std::lock_guard const lock(state_->mutex);
  state_->work.erase(lane);
  std::int64_t const from = std::max(wal_from, state_->charged);
  std::int64_t const wal = std::max<std::int64_t>(wal_upto - from, 0);
  state_->charged = std::max(state_->charged, wal_upto);
  state_->brake.spent(lane, rows, static_cast<double>(wal), took, Clock::now());
}

void Governor::rested(int lane) {
  state_->in_step.ends(lane);
  std::lock_guard const lock(state_->mutex);
  state_->work.erase(lane);
}

void Governor::await_older_batches(int lane, std::chrono::microseconds most,
                                   std::function<bool()> const& ended) {
  state_->in_step.await_older(lane, most, ended);
}

std::optional<std::int64_t> Governor::most_rows(int lanes) const {
  std::lock_guard const lock(state_->mutex);
  return state_->brake.most_rows(lanes);
}

Orders Governor::orders() const {
  std::lock_guard const lock(state_->mutex);
  return state_->orders;
}

PaceState Governor::state() const {
  std::lock_guard const lock(state_->mutex);
  PaceState state = state_->brake.state(Clock::now());
  state.signals = state_->signals;
  return state;
}

}  // namespace bellows::batcher
