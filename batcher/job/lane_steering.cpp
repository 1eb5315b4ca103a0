#include "batcher/control/turn.hpp"
#include "batcher/job/lane.hpp"

/// What a lane does between two batches: waits its turn, follows orders, divides itself, vacuums.
namespace bellows::batcher {
namespace {

using postgres::Transaction;

constexpr std::int64_t fewest_batches = 4;  // that are left in a lane worth dividing
// Where the network or the disk alone takes longer than the target, smaller batches spare nobody.
constexpr std::int64_t fewest_rows_beside = 100;

}  // namespace

bool Lane::await_turn() {
  auto const ended = [this] { return abandoned_ || parked_; };
  bool const turn = batcher::await_turn(
      governor_, stop_,
      {.lane = checkpoint_.lane,
       .ended = ended,
       .before_look = [this] { follow_orders(); },
       .show = [this](std::string const& why) { board_.waiting(checkpoint_.lane, why); },
       .wait_begins = [this](std::string const& what) { tell("waiting begins", what); },
       .wait_ended = [this] { tell("waiting ended", batch_name()); }});
  if (turn && checkpoint_.window) {  // a further stripe
    governor_.await_older_batches(checkpoint_.lane, last_took_,
                                  [&] { return ended() || stop_.requested(); });
  }
  return turn && !ended() && !stop_.requested();
}

bool Lane::spares_others() const {
  return options_.target_beside.count() > 0 && governor_.company();
}

// Its rest is divided between two batches, by its own thread, so nothing of it is under way.
void Lane::split_when_asked() {
  if (!split_wanted_ || (checkpoint_.window && !checkpoint_.finished)) {
    return;
  }
  std::optional<Split> split;
  try {
    bool const whole = checkpoint_.finished || checkpoint_.lane == page_lane;
    split = whole ? std::nullopt : divide();
  } catch (LaneChanged const&) {
    reread_checkpoint();
    return;
  } catch (postgres::Failure const& failure) {
    if (failure.kind != postgres::FailureKind::StatementTimeout || stop_.requested() ||
        abandoned_) {
      throw;
    }
    tell("split given up", failure.what());  // to look for the middle takes too long: stay whole
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
  bool const beside = spares_others();
  auto const target = beside ? std::min(options_.target, options_.target_beside) : options_.target;
  pace_.steer(beside ? std::max(options_.min_rows, fewest_rows_beside) : options_.min_rows,
              orders.batch.value_or(options_.max_rows), orders.target.value_or(target), beside);
  if (int const now = governor_.rows_may_go(); now != rows_may_go_) {
    rows_may_go_ = now;
    windows([](auto& way) { way.try_stripes_again(); });
  }
  pace_.at_most(governor_.most_rows(orders.lanes.value_or(options_.lanes)));
  board_.change([&](Progress& now) {
    now.pace = governor_.state();
    now.pace.beside = beside;
  });
}

void Lane::vacuum_when_due() {
  if (checkpoint_.finished || checkpoint_.window || !vacuum_.due()) {
    return;
  }
  tell("vacuum begins", spec_.table.display());
  auto const guard = stop_.on_first([this] { connection_->cancel(); });
  bool const ran = run_vacuum(connection_->session(), spec_);
  board_.change([&](Progress& now) { ++(ran ? now.vacuums : now.vacuums_skipped); });
  tell("vacuum ended", spec_.table.display() + (ran ? "" : " (skipped)"));
}

}  // namespace bellows::batcher
