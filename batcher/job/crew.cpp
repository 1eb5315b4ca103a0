#include "batcher/job/crew.hpp"

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
                options.steering,
                options.pause) {}

Outcome Crew::run() {
  if (stop_.requested() || !open()) {
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
  if (!board_.read().finished) {
    return Outcome::Stopped;
  }
  tell("job finished");
  return Outcome::Finished;
}

bool Crew::open() {
  auto const guard = stop_.on_second([this] { first_->cancel(); });
  Perseverance perseverance(spec_.id, *first_, stop_, options_.retry_budget,
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
  return perseverance.carry([this] {
    tell("job begins");
    postgres::Transaction transaction = first_->session().begin();
    job_ = open_job(transaction, spec_, options_, surroundings_.fence);
    tell("job recorded");
    transaction.commit();
    for (Checkpoint const& lane : job_.lanes) {
      board_.lane(lane, 0);
    }
    tell(job_.created ? "job created" : "job resumed");
  });
}

void Crew::hire() {
  std::lock_guard const lock(mutex_);
  vacuum_.emplace(options_.vacuum_share, job_.table.rows);
  for (Checkpoint const& checkpoint : job_.lanes) {
    if (!checkpoint.finished && !abandoned_) {
      governor_.begin(job_.table.relations);
      auto connection = first_ != nullptr
                            ? std::move(first_)
                            : std::make_unique<Connection>(surroundings_.conninfo, purpose, true);
      lanes_.emplace_back(spec_, options_, surroundings_, stop_, board_, job_, *vacuum_, governor_, checkpoint,
                          std::move(connection));
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
