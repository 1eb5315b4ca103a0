#include "batcher/job/crew.hpp"

#include "batcher/letters/letters.hpp"
#include "batcher/letters/settle.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace bellows::batcher {
namespace {

constexpr char const* purpose = "bellows backfill";
constexpr int most_lanes = 64;

}  // namespace

Crew::Crew(Spec const& spec, Options const& options, Surroundings const& surroundings, Stop& stop,
           Board& board)
    : spec_(spec),
      options_(options),
      surroundings_(surroundings),
      stop_(stop),
      board_(board),
      first_(std::make_unique<Connection>(surroundings.conninfo, purpose)),
      governor_({surroundings.conninfo, spec.id, surroundings.say,
                 [&stop](std::string const& why) { stop.time_is_up(why); }},
                options.steering, options.pause) {}

Outcome Crew::run() {
  if (stop_.requested() || !open() || !settle()) {
    return Outcome::Stopped;
  }
  hire();
  if (lanes_.size() == 1) {
    run_lane(lanes_.front());
  } else if (!lanes_.empty()) {
    boost::asio::thread_pool pool(static_cast<std::size_t>(std::clamp<int>(
        options_.lanes, 1, std::min<int>(most_lanes, static_cast<int>(lanes_.size())))));
    for (Lane& lane : lanes_) {
      boost::asio::post(pool, [this, &lane] { run_lane(lane); });
    }
    pool.join();
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
  Settling settling(spec_, options_, surroundings_, stop_, board_, job_, *first_);
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
  Connection& connection = lanes_.front().connection();  // no further one: there may be a limit
  return carry(connection, [&] {
    postgres::Transaction transaction = connection.session().begin();
    letters_ = batcher::count_letters(transaction, spec_.id);
    transaction.commit();
    board_.change([this](Progress& now) { now.dead_letters = letters_; });
  });
}

void Crew::hire() {
  std::lock_guard const lock(mutex_);
  vacuum_.emplace(options_.vacuum_share, job_.table.rows);
  std::int64_t written = 0;
  for (Checkpoint const& checkpoint : job_.lanes) {
    written += checkpoint.rows_written;
  }
  breaker_.emplace(options_.max_dead_letters, job_.letters, written);
  for (Checkpoint const& checkpoint : job_.lanes) {
    if (!checkpoint.finished && !abandoned_) {
      governor_.begin(job_.table.relations);
      auto connection = first_ != nullptr
                            ? std::move(first_)
                            : std::make_unique<Connection>(surroundings_.conninfo, purpose, true);
      lanes_.emplace_back(spec_, options_, surroundings_, stop_, board_, job_, *vacuum_, governor_,
                          *breaker_, checkpoint, std::move(connection));
    }
  }
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
