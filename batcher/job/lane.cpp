#include "batcher/job/lane.hpp"

#include "batcher/letters/attempt.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::batcher {
namespace {

using postgres::Transaction;
using Clock = std::chrono::steady_clock;

// The checkpoint is not the one that the batch began with: an earlier COMMIT of ours, whose answer
// was lost, came through after all; a server's crash took our last commits; or another run works
// here.
struct Stale {};

/// However a batch ends, it is over for the governor.
struct Resting {
  Governor& governor;
  int lane;
  ~Resting() { governor.rested(lane); }
};

constexpr int most_busy_rows = 3;  // one after the other: then it is not the rows

PaceLimits pace_limits(Spec const& spec, Options const& options) {
  return {.target = options.target,
          .min_rows = options.min_rows,
          .max_rows = options.max_rows,
          .first_rows = spec.rows.value_or(options.first_rows)};
}

std::variant<Windows, PageWindows> windows_for(int lane, Spec const& spec, Options const& options,
                                               OpenJob const& job) {
  if (lane == page_lane) {
    return PageWindows(spec, job);
  }
  return Windows(spec, options, job);
}

}  // namespace

Lane::Lane(Spec const& spec, Options const& options, Surroundings const& surroundings, Stop& stop,
           Board& board, OpenJob const& job, Vacuum& vacuum, Governor& governor, Breaker& breaker,
           Checkpoint checkpoint, std::unique_ptr<Connection> connection)
    : spec_(spec),
      options_(options),
      surroundings_(surroundings),
      stop_(stop),
      board_(board),
      job_(job),
      vacuum_(vacuum),
      governor_(governor),
      breaker_(breaker),
      connection_(std::move(connection)),
      limits_(locking_limits(options, job.table)),
      pace_(pace_limits(spec, options)),
      windows_(windows_for(checkpoint.lane, spec, options, job)),
      writer_(spec, job, limits_, breaker, surroundings.observe,
              [this](postgres::Failure const& failure) { return is_the_rows(failure); }),
      perseverance_(
          spec.id, *connection_, stop, options.retry_budget,
          {.reconnected = [this] { reread_checkpoint(); },
           .smaller = [this] { gave_way(); },
           .waiting_for =
               [this](std::string const& reason) { board_.waiting(checkpoint_.lane, reason); },
           .abandoned = [this] { return abandoned_.load(); },
           .isolate = [this](postgres::Failure const& failure) { return isolate(failure); }}),
      checkpoint_(std::move(checkpoint)) {}

Outcome Lane::run() {
  auto const guard = stop_.on_second([this] { connection_->cancel(); });
  show();
  while (!checkpoint_.finished && !abandoned_ && !parked_) {
    auto const batch = [this] {
      Resting const resting{governor_, checkpoint_.lane};
      run_batch();
    };
    if (stop_.requested() || !await_turn() || !perseverance_.carry([this] { vacuum_when_due(); }) ||
        stop_.requested() || !perseverance_.carry(batch) ||
        !perseverance_.carry([this] { split_when_asked(); })) {
      return Outcome::Stopped;
    }
  }
  return checkpoint_.finished ? Outcome::Finished : Outcome::Stopped;
}

void Lane::abandon() {
  abandoned_ = true;
  connection_->cancel();
}

void Lane::reread_checkpoint() {
  Transaction transaction = connection_->session().begin();
  auto const span = checkpoint_.span;
  checkpoint_ = read_checkpoint(transaction, spec_.id, checkpoint_.lane, surroundings_.fence);
  checkpoint_.span = span;
  transaction.commit();
  windows([&](auto& way) { way.forget(); });
  show();
  tell("checkpoint read", batch_name());
}

bool Lane::may_be_lone(Batch const& batch) const {
  if (!quiet_.lasts() || !row_cost_ || batch.part.last_only ||
      std::holds_alternative<Copy>(spec_.action)) {  // which would copy what has changed since
    return false;
  }
  auto const of_rows = static_cast<std::int64_t>(*row_cost_ * static_cast<double>(batch.rows));
  return batcher::may_be_lone(pace_.fixed() + std::chrono::microseconds(of_rows), job_.table);
}

void Lane::gave_way() {
  tell("batch gave way", batch_name());
  if (lone_) {  // not too large, but not alone
    quiet_.disturbed();
    return;
  }
  pace_.gave_way();
  windows([&](auto& way) { way.narrow(); });
}

// A bad row is looked for in smaller batches. A busy one, which has outlived the budget, is tried a
// last time, and set aside if need be; but not one after the other: then something else is wrong.
bool Lane::isolate(postgres::Failure const& failure) {
  if (failure.kind == postgres::FailureKind::BadRow) {
    // Its own attempt did not catch that, or it came before a row was written (a key that cannot be
    // read as a value of its own type): it is not about the row, and smaller batches fail as well.
    if (tried_one_ || !has_rows_) {
      return false;
    }
    bisect_.failed(tried_rows_);
    windows([&](auto& way) { way.narrow(); });
    tell("bad row ahead", fmt::format("{} in {}", failure.sqlstate, batch_name()));
    return true;
  }
  bool const hopeless = given_up_ || !tried_one_ || busy_rows_ >= most_busy_rows;
  if (hopeless || !is_busy(failure.kind)) {
    return false;
  }
  given_up_ = true;
  return true;
}

// While it is being stopped, a cancelled statement says nothing about the row.
bool Lane::is_the_rows(postgres::Failure const& failure) const {
  return failure.kind == postgres::FailureKind::BadRow ||
         (given_up_ && is_busy(failure.kind) && !stop_.requested() && !abandoned_);
}

Wanted Lane::wanted() const {
  return {pace_.rows(), bisect_.on() ? std::optional(bisect_.rows()) : std::nullopt,
          !quiet_.lasts()};
}

void Lane::run_batch() {
  if (!surroundings_.may_begin()) {
    return;
  }
  tell("batch begins", batch_name());
  tried_one_ = has_rows_ = false;
  auto const began = Clock::now();
  Written written;
  std::optional<Batch> batch;
  lone_ = false;
  try {
    Transaction transaction = connection_->session().begin();
    Begun const begun = begin_batch(transaction, spec_.id, limits_, job_.table);
    quiet_.looked(begun.nobody_writes);
    batch = windows([&](auto& way) { return way.next(transaction, checkpoint_, wanted()); });
    has_rows_ = true;
    tried_one_ = batch->part.last_only;
    tried_rows_ = windows([&](auto& way) { return way.scanned(*batch); });
    lone_ = may_be_lone(*batch);
    governor_.working(checkpoint_.lane,
                      {begun.backend, begun.newest, batch->rows > 1,
                       [this] { connection_->cancel(); }, batch->part.last_only ? 2 : 1});
    tell("boundary found", fmt::format("{} rows in {}", batch->rows, batch_name()));
    written =
        writer_.write(transaction, {batch->part, checkpoint_.lane, batch_name(), lone_, given_up_});
    Updates const after = end_writing(transaction, limits_, job_.table,
                                      spares_others() ? Flush::ByCommit : Flush::ByServer);
    windows([&](auto& way) { way.wrote(transaction, *batch, written.rows); });
    batch->next.rows_written += written.rows;
    ++batch->next.batch;
    if (!write_checkpoint(transaction, spec_.id, batch->next)) {
      throw Stale();
    }
    if (batch->next.finished) {
      commit_on_disk(transaction);
    }
    tell("checkpoint written", batch_name());
    transaction.commit();
    observe_updates(begun.before, after, *batch);
  } catch (Stale const&) {  // rolled back: look again, LostLease if that is why
    reread_checkpoint();
    return;
  }
  auto const took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
  committed(*batch, written, took - written.waited);
}

void Lane::observe_updates(Updates const& before, Updates const& after, Batch const& batch) {
  std::int64_t const rows = after.rows - before.rows;
  std::int64_t const hot = after.hot - before.hot;
  if (!windows([&](auto& way) { return way.updated(batch, rows, hot); })) {
    governor_.rows_stayed();
  }
  wal_from_ = before.wal;
  wal_upto_ = after.wal;
  board_.count(rows, hot);
  vacuum_.left_behind(rows - hot);
}

void Lane::committed(Batch const& batch, Written const& written, std::chrono::microseconds took) {
  std::string const name = batch_name();
  last_took_ = took;
  has_rows_ = false;  // what fails from here on, a division say, is about none of them
  governor_.rested(checkpoint_.lane, static_cast<double>(batch.rows), wal_from_, wal_upto_, took);
  checkpoint_ = batch.next;
  windows([&](auto& way) { way.committed(batch); });
  if (written.set_aside) {
    board_.change([](Progress& now) { ++now.dead_letters; });
    bisect_.found();
    busy_rows_ += given_up_ ? 1 : 0;
  } else {
    if (!batch.cut_short && !bisect_.on()) {
      pace_.batch_took(batch.rows, took);
    }
    if (batch.rows > 0) {
      auto const of_rows = std::max(took - pace_.fixed(), std::chrono::microseconds(0));
      row_cost_ = static_cast<double>(of_rows.count()) / static_cast<double>(batch.rows);
    }
    bisect_.passed(tried_rows_, pace_.rows());
    busy_rows_ = 0;
  }
  given_up_ = false;
  breaker_.committed(written.rows, written.set_aside);
  show();
  tell("batch committed", name);
}

void Lane::show() const {
  board_.lane(checkpoint_, pace_.rows());
}

void Lane::tell(std::string_view what, std::string detail) const {
  surroundings_.observe({what, std::move(detail)});
}

std::string Lane::batch_name() const {
  return fmt::format("{} batch {}", spec_.id, checkpoint_.batch + 1);
}

}  // namespace bellows::batcher
