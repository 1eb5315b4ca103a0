#include "batcher/job/lane.hpp"

#include "batcher/letters/attempt.hpp"
#include "batcher/letters/letters.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::batcher {
namespace {

using postgres::Rows;
using postgres::Transaction;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// The checkpoint is not the one that the batch began with: an earlier COMMIT of ours, whose answer
// was lost, came through after all; a server's crash took our last commits; or another run works
// here.
struct Stale {};

constexpr std::int64_t fewest_batches = 4;  // that are left in a lane worth dividing
constexpr auto look_again = 100ms;          // at what keeps a lane waiting

/// However a batch ends, it is over for the governor.
struct Resting {
  Governor& governor;
  int lane;
  ~Resting() { governor.rested(lane); }
};

constexpr int most_busy_rows = 3;  // one after the other: then it is not the rows

Rows run(Transaction& transaction, Statement const& statement) {
  return transaction.run(statement.sql, statement.parameters);
}

PaceLimits pace_limits(Spec const& spec, Options const& options) {
  return {.target = options.target,
          .min_rows = options.min_rows,
          .max_rows = options.max_rows,
          .first_rows = spec.rows.value_or(options.first_rows)};
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
      striping_(options.stripes, job.table.stripes_pay),
      perseverance_(
          spec.id, *connection_, stop, options.retry_budget,
          {.reconnected = [this] { reread_checkpoint(); },
           .smaller = [this] { gave_way(); },
           .waiting_for =
               [this](std::string const& reason) { board_.waiting(checkpoint_.lane, reason); },
           .abandoned = [this] { return abandoned_.load(); },
           .isolate = [this](postgres::Failure const& failure) { return isolate(failure); }}),
      checkpoint_(std::move(checkpoint)),
      hash_(key_hash(job.key)) {}

Outcome Lane::run() {
  auto const guard = stop_.on_second([this] { connection_->cancel(); });
  show();
  while (!checkpoint_.finished && !abandoned_ && !parked_) {
    auto const batch = [this] {
      Resting const resting{governor_, checkpoint_.lane};
      run_batch();
    };
    if (stop_.requested() || !await_turn() || !perseverance_.carry(batch) ||
        !perseverance_.carry([this] { vacuum_when_due(); }) ||
        !perseverance_.carry([this] { split_when_asked(); })) {
      return Outcome::Stopped;
    }
  }
  return checkpoint_.finished ? Outcome::Finished : Outcome::Stopped;
}

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
  window_.reset();
  show();
  tell("checkpoint read", batch_name());
}

bool Lane::may_be_lone(Batch const& batch) const {
  if (!quiet_.lasts() || !row_cost_ || batch.part.last_only ||
      std::holds_alternative<Copy>(spec_.action)) {  // which would copy what has changed since
    return false;
  }
  auto const expected = static_cast<std::int64_t>(*row_cost_ * static_cast<double>(batch.rows));
  return batcher::may_be_lone(std::chrono::microseconds(expected), job_.table);
}

void Lane::gave_way() {
  tell("batch gave way", batch_name());
  if (lone_) {  // not too large, but not alone
    quiet_.disturbed();
    return;
  }
  pace_.gave_way();
  narrow_ = true;
}

// A bad row is looked for in smaller batches. A busy one, which has outlived the budget, is tried a
// last time, and set aside if need be; but not one after the other: then something else is wrong.
bool Lane::isolate(postgres::Failure const& failure) {
  if (failure.kind == postgres::FailureKind::BadRow) {
    if (tried_one_) {  // its own attempt did not catch that: it is not about the row
      return false;
    }
    bisect_.failed(tried_rows_);
    narrow_ = true;
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

std::int64_t Lane::size() const {
  return bisect_.on() ? std::min(bisect_.rows(), pace_.rows()) : pace_.rows();
}

Lane::Window Lane::find_window(Transaction& transaction, KeyValue const& upper,
                               std::int64_t rows) const {
  Range const rest{checkpoint_.cursor, upper};
  Rows const found = batcher::run(
      transaction, boundary_sql(spec_.table, job_.key, rest, rows, job_.space.histogram));
  if (found.empty()) {
    Rows const counted = batcher::run(transaction, count_sql(spec_.table, job_.key, rest));
    return {upper, counted.number(0, 0), true, std::nullopt};
  }
  Window window{key_value(found, 0, job_.key.size()), rows, false, std::nullopt};
  window.cut_short = window.upto == upper;
  if (!job_.space.histogram.empty()) {
    window.bucket = found.number(0, job_.key.size());
  }
  return window;
}

Lane::Batch Lane::plan_batch(Transaction& transaction) {
  if (!checkpoint_.window) {
    return next_window(transaction);
  }
  return narrow_ ? rest_of_stripes(transaction) : next_stripe(transaction);
}

Lane::Batch Lane::next_window(Transaction& transaction) {
  narrow_ = bisect_.on() || (narrow_ && pace_.rows() < options_.min_rows);
  int const stripes =
      hash_.empty() || narrow_ ? 1 : striping_.choose(pace_.rows(), !quiet_.lasts());
  std::int64_t const rows =
      stripes == 1 ? size()
                   : std::max(pace_.rows(), std::min(pace_.rows() * stripes, options_.max_rows));
  window_ = find_window(transaction, checkpoint_.upper.value(), rows);
  Range const range{checkpoint_.cursor, window_->upto};
  if (stripes > 1 && window_->rows > 0) {
    Batch batch{{range, {stripes, 0, 0}},
                window_->rows / stripes,
                window_->cut_short,
                checkpoint_,
                std::nullopt};
    batch.next.window = window_->upto;
    batch.next.stripes = stripes;
    batch.next.stripe = 1;
    return batch;
  }
  Batch batch{
      {range, {}, rows == 1}, window_->rows, window_->cut_short, checkpoint_, window_->bucket};
  pass(batch.next, *window_);
  return batch;
}

// The whole of the open window once more, for the rows of one more stripe.
Lane::Batch Lane::next_stripe(Transaction& transaction) {
  if (!window_) {  // it was opened by an earlier run, or before a reconnect
    Range const range{checkpoint_.cursor, checkpoint_.window.value()};
    Rows const counted = batcher::run(transaction, count_sql(spec_.table, job_.key, range));
    window_ = Window{range.upto, counted.number(0, 0), true, std::nullopt};
  }
  int const of = checkpoint_.stripes;
  Batch batch{{{checkpoint_.cursor, window_->upto}, {of, checkpoint_.stripe, checkpoint_.stripe}},
              window_->rows / of,
              window_->cut_short,
              checkpoint_,
              std::nullopt};
  if (++batch.next.stripe >= of) {
    batch.bucket = window_->bucket;
    pass(batch.next, *window_);
  }
  return batch;
}

// A part of the open window, for the rows of all stripes that are left: so it can be made as small
// as need be.
Lane::Batch Lane::rest_of_stripes(Transaction& transaction) {
  std::int64_t const rows = size();
  Window const window = find_window(transaction, checkpoint_.window.value(), rows);
  window_.reset();
  int const of = checkpoint_.stripes;
  Batch batch{{{checkpoint_.cursor, window.upto}, {of, checkpoint_.stripe, of - 1}, rows == 1},
              window.rows,
              window.cut_short,
              checkpoint_,
              window.bucket};
  pass(batch.next, window);
  return batch;
}

void Lane::pass(Checkpoint& next, Window const& window) {
  next.cursor = window.upto;
  next.rows_scanned += window.rows;
  if (!next.window || *next.window == window.upto) {
    next.window.reset();
    next.stripe = 0;
    next.stripes = 1;
  }
  next.finished = window.upto == *next.upper;
  std::int64_t const in_bucket =
      window.bucket == bucket_ ? next.rows_scanned - bucket_began_rows_ : 0;
  double const share = job_.share(next, window.bucket, in_bucket, next.rows_scanned);
  next.share = next.finished ? 1.0 : std::max(share, checkpoint_.share);
}

std::int64_t Lane::lock_and_write(Transaction& transaction, Part const& part,
                                  std::chrono::microseconds& waited) const {
  OnLocked const on_locked = part.last_only ? OnLocked::Wait : OnLocked::GiveUp;
  auto const began = Clock::now();
  std::int64_t const locked =
      batcher::run(transaction, lock_sql(spec_, job_.key, part, on_locked)).number(0, 0);
  if (on_locked == OnLocked::Wait) {
    waited = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
  }
  tell("rows locked", fmt::format("{} of {}", locked, batch_name()));
  return locked == 0 ? 0 : batcher::run(transaction, write_sql(spec_, job_.key, part)).affected();
}

std::int64_t Lane::write_one(Transaction& transaction, Batch& batch,
                             std::chrono::microseconds& waited) {
  if (given_up_) {  // the table being locked is not the row's fault
    transaction.run(fmt::format("LOCK TABLE {} IN ROW EXCLUSIVE MODE", spec_.table.quoted()));
  }
  std::int64_t written = 0;
  auto const failure = attempt(
      transaction, [&] { written = lock_and_write(transaction, batch.part, waited); },
      [this](postgres::Failure const& found) { return is_the_rows(found); });
  if (!failure) {
    return written;
  }
  set_aside(transaction, batch, *failure);
  batch.set_aside = true;
  return 0;
}

void Lane::set_aside(Transaction& transaction, Batch const& batch,
                     postgres::Failure const& failure) const {
  KeyValue const& row = batch.part.range.upto;
  if (auto const refused = breaker_.refuses()) {
    throw TooManyDeadLetters(
        fmt::format("{}: {}; the last is {} of {}: {}", spec_.id, *refused,
                    key_words(job_.key, row), spec_.table.display(), failure.what()),
        failure.sqlstate);
  }
  write_letter(transaction, spec_.id, {checkpoint_.lane, row, failure.sqlstate, failure.what()});
  tell("row set aside", fmt::format("{}: {}", key_words(job_.key, row), failure.sqlstate));
}

std::int64_t Lane::write_rows(Transaction& transaction, Batch& batch,
                              std::chrono::microseconds& waited) {
  std::int64_t written = 0;
  if (batch.part.last_only) {
    written = write_one(transaction, batch, waited);
  } else if (lone_) {
    set_limits(transaction, lone_limits(limits_, job_.table));
    written = batcher::run(transaction, write_sql(spec_, job_.key, batch.part)).affected();
  } else {
    written = lock_and_write(transaction, batch.part, waited);
  }
  tell("rows written", fmt::format("{} of {}", written, batch_name()));
  return written;
}

void Lane::run_batch() {
  tell("batch begins", batch_name());
  tried_one_ = false;
  auto const began = Clock::now();
  std::chrono::microseconds waited{0};
  std::optional<Batch> batch;
  lone_ = false;
  try {
    Transaction transaction = connection_->session().begin();
    Begun const begun = begin_batch(transaction, spec_.id, limits_, job_.table);
    quiet_.looked(begun.nobody_writes);
    batch = plan_batch(transaction);
    tried_one_ = batch->part.last_only;
    tried_rows_ = window_ ? window_->rows : batch->rows;
    lone_ = may_be_lone(*batch);
    governor_.working(checkpoint_.lane, begun.backend, batch->rows > 1,
                      [this] { connection_->cancel(); });
    tell("boundary found", fmt::format("{} rows in {}", batch->rows, batch_name()));
    std::int64_t const written = write_rows(transaction, *batch, waited);
    Updates const after = end_writing(transaction, limits_, job_.table);
    batch->next.rows_written += written;
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
  committed(*batch, took - waited);
}

void Lane::observe_updates(Updates const& before, Updates const& after, Batch const& batch) {
  std::int64_t const rows = after.rows - before.rows;
  std::int64_t const hot = after.hot - before.hot;
  Stripes const& stripes = batch.part.stripes;
  if (stripes.first > 0 && stripes.first == stripes.last) {
    striping_.updated(rows, hot);
  }
  if (!batch.next.window) {
    striping_.range_done(stripes.of > 1);
  }
  wal_from_ = before.wal;
  wal_upto_ = after.wal;
  board_.count(rows, hot);
  vacuum_.left_behind(rows - hot);
}

void Lane::committed(Batch const& batch, std::chrono::microseconds took) {
  std::string const name = batch_name();
  governor_.rested(checkpoint_.lane, static_cast<double>(batch.rows), wal_from_, wal_upto_, took);
  if (batch.bucket && *batch.bucket != bucket_) {
    bucket_ = *batch.bucket;
    bucket_began_rows_ = batch.next.rows_scanned;
  }
  std::int64_t const written_before = checkpoint_.rows_written;
  checkpoint_ = batch.next;
  if (!checkpoint_.window) {
    window_.reset();
  }
  if (batch.rows > 0) {
    row_cost_ = static_cast<double>(took.count()) / static_cast<double>(batch.rows);
  }
  if (batch.set_aside) {
    board_.change([](Progress& now) { ++now.dead_letters; });
    bisect_.found();
    busy_rows_ += given_up_ ? 1 : 0;
  } else {
    if (!batch.cut_short && !bisect_.on()) {
      pace_.batch_took(batch.rows, took);
    }
    bisect_.passed(tried_rows_, pace_.rows());
    busy_rows_ = 0;
  }
  given_up_ = false;
  breaker_.committed(batch.next.rows_written - written_before, batch.set_aside);
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
