#include "batcher/job/lane.hpp"

#include <algorithm>

/// What a lane does between two batches: waits its turn, follows orders, divides itself, vacuums.
namespace bellows::batcher {
namespace {

using postgres::Transaction;
using namespace std::chrono_literals;

constexpr std::int64_t fewest_batches = 4;  // that are left in a lane worth dividing
constexpr auto look_again = 100ms;          // at what keeps a lane waiting

}  // namespace

bool Lane::await_turn() {
  bool told = false;
  while (!abandoned_ && !parked_) {
    follow_orders();
    Brake::Wait const wait = governor_.wait(checkpoint_.lane);
    if (told && (wait.time == 0ms || wait.why.empty())) {
      board_.waiting(checkpoint_.lane, "");
      tell("waiting ended", batch_name());
      told = false;
    }
    if (wait.time == 0ms) {
      return true;
    }
    if (!wait.why.empty()) {
      board_.waiting(checkpoint_.lane, wait.by + ": " + wait.why);
      if (!told) {
        tell("waiting begins", wait.by);
      }
      told = true;
    }
    if (stop_.wait_for(std::min(wait.time, look_again))) {
      return false;
    }
  }
  return false;
}

// Its rest is divided between two batches, by its own thread, so nothing of it is under way.
void Lane::split_when_asked() {
  if (!split_wanted_ || (checkpoint_.window && !checkpoint_.finished)) {
    return;
  }
  std::optional<Split> split;
  try {
    split = checkpoint_.finished ? std::nullopt : divide();
  } catch (LaneChanged const&) {
    reread_checkpoint();
    return;
  }
  split_wanted_ = false;
  if (split) {
    checkpoint_ = split->first;
    show();
    tell("split committed", batch_name());
  }
  on_split_(split ? std::optional(split->second) : std::nullopt);
}

std::optional<Split> Lane::divide() {
  tell("split begins", batch_name());
  Transaction transaction = connection_->session().begin();
  begin_batch(transaction, spec_.id, limits_, job_.table);
  auto split = split_lane(transaction, spec_, job_, checkpoint_, fewest_batches * pace_.rows());
  tell("split about to commit", batch_name());
  transaction.commit();
  return split;
}

void Lane::follow_orders() {
  Orders const orders = governor_.orders();
  pace_.steer(orders.batch.value_or(options_.max_rows), orders.target.value_or(options_.target));
  pace_.at_most(governor_.most_rows());
  board_.change([this](Progress& now) { now.pace = governor_.state(); });
}

void Lane::vacuum_when_due() {
  if (checkpoint_.finished || checkpoint_.window || !vacuum_.due()) {
    return;
  }
  tell("vacuum begins", spec_.table.display());
  run_vacuum(connection_->session(), spec_);
  board_.change([](Progress& now) { ++now.vacuums; });
  tell("vacuum ended", spec_.table.display());
}

}  // namespace bellows::batcher
