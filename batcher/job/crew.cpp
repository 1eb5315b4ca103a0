#include "batcher/job/crew.hpp"

#include "batcher/letters/letters.hpp"
#include "batcher/letters/settle.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace bellows::batcher {
namespace {

constexpr char const* purpose = "bellows backfill";
constexpr int most_lanes = 64;
constexpr auto look_at_orders = std::chrono::milliseconds(250);

}  // namespace

Crew::Crew(Spec const& spec, Options const& options, Surroundings const& surroundings, Stop& stop,
           Board& board)
    : spec_(spec),
      options_(options),
      surroundings_(surroundings),
      stop_(stop),
      board_(board),
      first_(std::make_unique<Connection>(surroundings.conninfo, purpose)),
      governor_({surroundings.conninfo, spec.id, "", surroundings.say,
                 [&stop](std::string const& why) { stop.time_is_up(why); }},
                options.steering, options.pause) {}

Outcome Crew::run() {
  if (stop_.requested() || !open() || !settle()) {
    return Outcome::Stopped;
  }
  prepare();
  do {
    work_off();
  } while (!failure_ && divided_ever_ && !stop_.requested() && adopt_unknown());
  if (let_pages_begin()) {
    work_off();
  }
  if (failure_) {
    std::rethrow_exception(failure_);
  }
  if (!lanes_.empty()) {
    measure_growth();
  }
  if (!board_.read().finished || !count_letters()) {
    return Outcome::Stopped;
  }
  tell(letters_ == 0 ? "job finished" : "job ended with dead letters");
  return letters_ == 0 ? Outcome::Finished : Outcome::DeadLetters;
}

bool Crew::carry(Connection& connection, std::function<void()> const& work) {
  auto const guard = stop_.on_second([&] { connection.cancel(); });
  Perseverance perseverance(spec_.id, connection, stop_, options_.retry_budget,
                            {.reconnected = [] {},
                             .smaller = [] {},
                             .waiting_for =
                                 [this](std::string const& reason) {
                                   board_.change([&](Progress& now) { now.waiting_for = reason; });
                                 },
                             .abandoned =
                                 [this] {
                                   std::lock_guard const lock(mutex_);
                                   return abandoned_;
                                 }});
  return perseverance.carry(work);
}

bool Crew::open() {
  return carry(*first_, [this] {
    tell("job begins");
    postgres::Transaction transaction = first_->session().begin();
    job_ = open_job(transaction, spec_, options_, surroundings_.fence);
    tell("job recorded");
    transaction.commit();
    for (Checkpoint const& lane : job_.lanes) {
      board_.lane(lane, 0);
    }
    board_.change([this](Progress& now) { now.dead_letters = job_.letters; });
    tell(job_.created ? "job created" : "job resumed");
  });
}

// Before the lanes: what they know of themselves must not be older than this.
bool Crew::settle() {
  if (!options_.retry_dead_letters || job_.letters == 0) {
    return true;
  }
  governor_.begin(job_.table.relations);
  Settling settling(spec_, options_, surroundings_, stop_, board_, job_, governor_, *first_);
  auto const abandoned = [this] {
    std::lock_guard const lock(mutex_);
    return abandoned_;
  };
  return settling.run(abandoned) && open();
}

// As the ledger has them: a COMMIT whose answer was lost may have noted one.
bool Crew::count_letters() {
  if (lanes_.empty()) {
    letters_ = job_.letters;
    return true;
  }
  // No further one: there may be a limit. Those of the others are dropped as the page lane begins.
  Connection& connection = (by_pages_ ? lanes_.back() : lanes_.front()).connection();
  return carry(connection, [&] {
    postgres::Transaction transaction = connection.session().begin();
    letters_ = batcher::count_letters(transaction, spec_.id);
    transaction.commit();
    board_.change([this](Progress& now) { now.dead_letters = letters_; });
  });
}

void Crew::prepare() {
  std::lock_guard const lock(mutex_);
  vacuum_.emplace(options_.vacuum_share, job_.table.rows);
  std::int64_t written = 0;
  for (Checkpoint const& checkpoint : job_.lanes) {
    written += checkpoint.rows_written;
  }
  breaker_.emplace(options_.max_dead_letters, job_.letters, written);
  for (Checkpoint const& checkpoint : job_.lanes) {
    known_.insert(checkpoint.lane);
    if (checkpoint.finished) {
      continue;
    }
    governor_.begin(job_.table.relations);
    if (checkpoint.lane == page_lane) {
      by_pages_ = checkpoint;
    } else {
      waiting_.push_back(checkpoint);
    }
  }
  // A resumed job may have fewer lanes than are wanted now; a new one is cut as it can be.
  provided_ =
      job_.created ? options_.lanes : std::min(options_.lanes, static_cast<int>(job_.lanes.size()));
}

void Crew::work_off() {
  try {
    std::unique_lock lock(mutex_);
    while (true) {
      adjust();
      if (workers_.empty() && no_more_work()) {
        break;
      }
      changed_.wait_for(lock, look_at_orders);
    }
  } catch (...) {  // no thread to be had, say: those there are must end before it is told
    abandon();
    threads_.clear();
    throw;
  }
  threads_.clear();  // joined
}

// What the key ranges wrote, it need not look for.
bool Crew::let_pages_begin() {
  if (!by_pages_ || failure_ || stop_.requested()) {
    return false;
  }
  for (Lane& lane : lanes_) {  // they have ended; there may be a limit to connections
    lane.connection().drop();
  }
  std::lock_guard const lock(mutex_);
  waiting_.push_back(*by_pages_);
  return !abandoned_;
}

bool Crew::no_more_work() const {
  return waiting_.empty() || abandoned_ || stop_.requested();
}

void Crew::adjust() {
  if (abandoned_ || stop_.requested()) {
    return;
  }
  int const wanted = std::clamp(governor_.orders().lanes.value_or(options_.lanes), 1, most_lanes);
  auto const working = [this] {
    return static_cast<int>(
        std::count_if(workers_.begin(), workers_.end(), [](auto const& w) { return !w.leaves; }));
  };
  while (working() < wanted && !waiting_.empty()) {
    Checkpoint const next = waiting_.front();
    waiting_.pop_front();
    start(next);
  }
  while (working() > wanted) {
    stand_down();
  }
  if (wanted <= provided_ || working() >= wanted) {
    provided_ = wanted;
  } else if (!dividing_) {
    ask_for_division();
    provided_ = dividing_ ? provided_ : wanted;
  }
}

void Crew::start(Checkpoint const& checkpoint) {
  auto connection = first_ != nullptr
                        ? std::move(first_)
                        : std::make_unique<Connection>(surroundings_.conninfo, purpose, true);
  Lane& lane = lanes_.emplace_back(spec_, options_, surroundings_, stop_, board_, job_, *vacuum_,
                                   governor_, *breaker_, checkpoint, std::move(connection));
  int const number = checkpoint.lane;
  lane.on_split([this, number](auto const& half) { divided(number, half); });
  workers_.push_back({&lane, number});
  threads_.emplace_back([this, &lane] { work(lane); });
}

// The one that came last: the earlier ones know their batch size.
void Crew::stand_down() {
  auto const last =
      std::find_if(workers_.rbegin(), workers_.rend(), [](auto const& w) { return !w.leaves; });
  last->leaves = true;
  last->lane->park();
}

void Crew::ask_for_division() {
  Worker* largest = nullptr;
  double most = 0;
  for (Worker& worker : workers_) {
    double const left = board_.left(worker.number);
    if (!worker.leaves && !worker.whole && left > most) {
      largest = &worker;
      most = left;
    }
  }
  if (largest != nullptr) {
    dividing_ = divided_ever_ = true;
    largest->lane->want_split();
  }
}

void Crew::divided(int lane, std::optional<Checkpoint> const& half) {
  if (half) {
    board_.lane(*half, 0);
  }
  std::lock_guard const lock(mutex_);
  dividing_ = false;
  if (half) {
    known_.insert(half->lane);
    waiting_.push_back(*half);
  } else {
    for (Worker& worker : workers_) {
      worker.whole = worker.whole || worker.number == lane;
    }
  }
  changed_.notify_all();
}

// A division whose COMMIT was answered by silence may have come through after all.
bool Crew::adopt_unknown() {
  std::vector<Checkpoint> found;
  bool const read = carry(lanes_.front().connection(), [&] {
    postgres::Transaction transaction = lanes_.front().connection().session().begin();
    found = find_checkpoints(transaction, spec_);
    transaction.commit();
  });
  std::lock_guard const lock(mutex_);
  for (Checkpoint const& each : found) {
    if (!each.finished && known_.insert(each.lane).second) {
      waiting_.push_back(each);
    }
  }
  return read && !waiting_.empty();
}

void Crew::work(Lane& lane) {
  run_lane(lane);
  std::lock_guard const lock(mutex_);
  auto const self = std::find_if(workers_.begin(), workers_.end(),
                                 [&](Worker const& worker) { return worker.lane == &lane; });
  if (self->leaves && !lane.checkpoint().finished) {
    waiting_.push_back(lane.checkpoint());
    lane.connection().drop();
  }
  dividing_ = dividing_ && !lane.split_wanted();
  workers_.erase(self);
  changed_.notify_all();
}

void Crew::run_lane(Lane& lane) {
  try {
    lane.run();
  } catch (...) {
    {
      std::lock_guard const lock(mutex_);
      if (!failure_) {
        failure_ = std::current_exception();
      }
    }
    abandon();
  }
}

// For people: where it can't be had, the job is no less done.
void Crew::measure_growth() {
  try {
    auto session = postgres::Session::connect(surroundings_.conninfo, purpose);
    auto transaction = session.begin();
    Sizes const now = read_sizes(transaction, job_.table);
    auto const growth = [](std::int64_t before, std::int64_t after) {
      return before > 0
                 ? std::optional(static_cast<double>(after) / static_cast<double>(before) - 1)
                 : std::nullopt;
    };
    board_.change([&](Progress& shown) {
      shown.heap_growth = growth(job_.sizes.heap, now.heap);
      shown.index_growth = growth(job_.sizes.indexes, now.indexes);
    });
  } catch (postgres::Failure const& failure) {
    spdlog::debug("{}: sizes at the end: {}", spec_.id, failure.what());
  }
}

void Crew::abandon() {
  std::lock_guard const lock(mutex_);
  abandoned_ = true;
  changed_.notify_all();
  if (first_ != nullptr) {
    first_->cancel();
  }
  for (Lane& lane : lanes_) {
    lane.abandon();
  }
}

void Crew::tell(std::string_view what) const {
  surroundings_.observe({what, spec_.id});
}

}  // namespace bellows::batcher
