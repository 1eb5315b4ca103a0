#include "batcher/job/lane.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace bellows::batcher {
namespace {

using postgres::Rows;
using postgres::Transaction;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

// The checkpoint is not the one that the batch began with: an earlier COMMIT of ours, whose answer
// was lost, came through after all; or another run works here.
struct Stale {};

std::string milliseconds(std::chrono::milliseconds time) {
  return std::to_string(time.count());  // the unit of PostgreSQL's timeouts
}

std::chrono::milliseconds statement_timeout(Options const& options) {
  return options.statement_timeout > 0ms ? options.statement_timeout
                                         : std::max(20 * options.target, 1'000ms);
}

// Shorter than the server's deadlock_timeout: where a trigger of the user's makes us wait while we
// hold rows, it is we who give way before the server looks for somebody to kill.
std::chrono::milliseconds lock_timeout(Transaction& transaction) {
  Rows const rows = transaction.run(
      "SELECT setting::bigint FROM pg_catalog.pg_settings WHERE name = 'deadlock_timeout'");
  std::chrono::milliseconds const deadlock(rows.empty() ? 1'000 : rows.number(0, 0));
  return std::clamp(deadlock / 2, 1ms, 200ms);
}

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
           Board& board)
    : spec_(spec),
      options_(options),
      surroundings_(surroundings),
      stop_(stop),
      board_(board),
      connection_(surroundings.conninfo, "bellows backfill"),
      pace_(pace_limits(spec, options)),
      perseverance_(spec.id, connection_, stop, options.retry_budget,
                    {.reconnected = [this] { reread_checkpoint(); },
                     .smaller = [this] { pace_.gave_way(); },
                     .waiting_for =
                         [this](std::string const& reason) {
                           board_.change([&](Progress& now) { now.waiting_for = reason; });
                         }}) {}

Outcome Lane::run() {
  auto const guard = stop_.on_second([this] { connection_.cancel(); });
  if (stop_.requested() || !perseverance_.carry([this] { open_job(); })) {
    return Outcome::Stopped;
  }
  while (!checkpoint_.finished && !abandoned_) {
    bool const stopping = options_.pause > 0ms ? stop_.wait_for(options_.pause) : stop_.requested();
    if (stopping || !perseverance_.carry([this] { run_batch(); })) {
      return Outcome::Stopped;
    }
  }
  if (!checkpoint_.finished) {
    return Outcome::Stopped;
  }
  tell("job finished", spec_.id);
  return Outcome::Finished;
}

void Lane::abandon() {
  abandoned_ = true;
  connection_.cancel();
}

void Lane::open_job() {
  tell("job begins", spec_.id);
  bool created = false;
  Transaction transaction = connection_.session().begin();
  for (auto const& [name, value] :
       {std::pair{"DateStyle", "ISO, YMD"}, std::pair{"IntervalStyle", "postgres"},
        std::pair{"extra_float_digits", "3"}}) {
    transaction.set_local(name, value);  // the frozen bound must read back as the same value
  }
  std::optional<Checkpoint> found = find_checkpoint(transaction, spec_);
  if (!found || !found->finished) {  // the columns of a finished job may be gone by now
    key_ = read_key(transaction, spec_.table, spec_.key);
    space_ = read_key_space(transaction, spec_.table, key_);
    lock_timeout_ = lock_timeout(transaction);
  }
  if (!found) {
    created = create_job(transaction, spec_, greatest_key(transaction, spec_.table, key_));
  }
  take_lease(transaction, spec_, surroundings_.fence);
  checkpoint_ = *find_checkpoint(transaction, spec_);
  tell("job recorded", spec_.id);
  transaction.commit();
  opened_ = true;
  show();
  tell(created ? "job created" : "job resumed", spec_.id);
}

void Lane::reread_checkpoint() {
  if (!opened_) {
    return;
  }
  Transaction transaction = connection_.session().begin();
  checkpoint_ = read_checkpoint(transaction, spec_.id, surroundings_.fence);
  transaction.commit();
  show();
  tell("checkpoint read", batch_name());
}

void Lane::set_limits(Transaction& transaction) const {
  // A stalled client must not sit on locks, hence the idle timeout. The user's triggers may look for
  // bellows.backfill, and need their search_path: it stays. With row_security off a policy that
  // would hide rows from us is an error: rows that are not seen would be neither written nor missed.
  transaction.run(
      "SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $2, true),"
      " set_config('idle_in_transaction_session_timeout', '30000', true),"
      " set_config('plan_cache_mode', 'force_custom_plan', true),"
      " set_config('row_security', 'off', true),"
      " set_config('bellows.backfill', 'on', true)",
      {milliseconds(statement_timeout(options_)), milliseconds(lock_timeout_)});
}

Lane::Window Lane::find_window(Transaction& transaction) const {
  Range const rest{checkpoint_.cursor, checkpoint_.upper.value()};
  Rows const found = batcher::run(
      transaction, boundary_sql(spec_.table, key_, rest, pace_.rows(), space_.histogram));
  if (found.empty()) {
    Rows const counted = batcher::run(transaction, count_sql(spec_.table, key_, rest));
    return {rest.upto, counted.number(0, 0), true, std::nullopt};
  }
  Window window{key_value(found, 0, key_.size()), pace_.rows(), false, std::nullopt};
  window.last = window.upto == rest.upto;
  if (!space_.histogram.empty()) {
    window.bucket = found.number(0, key_.size());
  }
  return window;
}

std::int64_t Lane::write_rows(Transaction& transaction, Range const& range,
                              std::chrono::microseconds& waited) const {
  OnLocked const on_locked = pace_.rows() == 1 ? OnLocked::Wait : OnLocked::GiveUp;
  auto const began = Clock::now();
  std::int64_t const locked =
      batcher::run(transaction, lock_sql(spec_, key_, range, on_locked)).number(0, 0);
  if (on_locked == OnLocked::Wait) {
    waited = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
  }
  tell("rows locked", fmt::format("{} of {}", locked, batch_name()));
  if (locked == 0) {
    return 0;
  }
  std::int64_t const written = batcher::run(transaction, update_sql(spec_, key_, range)).affected();
  tell("rows written", fmt::format("{} of {}", written, batch_name()));
  return written;
}

void Lane::run_batch() {
  tell("batch begins", batch_name());
  auto const began = Clock::now();
  std::chrono::microseconds waited{0};
  std::optional<Checkpoint> next;
  Window window;
  try {
    Transaction transaction = connection_.session().begin();
    set_limits(transaction);
    window = find_window(transaction);
    tell("boundary found", fmt::format("{} rows in {}", window.rows, batch_name()));
    Range const range{checkpoint_.cursor, window.upto};
    std::int64_t const written = window.rows == 0 ? 0 : write_rows(transaction, range, waited);
    next = after(window, written);
    if (!write_checkpoint(transaction, spec_.id, *next)) {
      throw Stale();
    }
    tell("checkpoint written", batch_name());
    transaction.commit();
  } catch (Stale const&) {  // rolled back: look again, LostLease if that is why
    reread_checkpoint();
    return;
  }
  auto const took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
  committed(*next, window, took - waited);
}

Checkpoint Lane::after(Window const& window, std::int64_t written) const {
  Checkpoint next = checkpoint_;
  ++next.batch;
  next.cursor = window.upto;
  next.rows_scanned += window.rows;
  next.rows_written += written;
  next.finished = window.last;
  std::int64_t const in_bucket =
      window.bucket == bucket_ ? next.rows_scanned - bucket_began_rows_ : 0;
  double const share = space_.share(window.bucket, in_bucket, next.rows_scanned);
  next.share = window.last ? 1.0 : std::max(share, checkpoint_.share);
  return next;
}

void Lane::committed(Checkpoint const& next, Window const& window, std::chrono::microseconds took) {
  std::string const name = batch_name();
  if (window.bucket && *window.bucket != bucket_) {
    bucket_ = *window.bucket;
    bucket_began_rows_ = next.rows_scanned;
  }
  checkpoint_ = next;
  if (!window.last) {  // the last one is a remainder: it says little about the size
    pace_.batch_took(window.rows, took);
  }
  show();
  tell("batch committed", name);
}

void Lane::show() const {
  board_.change([this](Progress& now) {
    now.rows_written = checkpoint_.rows_written;
    now.rows_scanned = checkpoint_.rows_scanned;
    now.batches = checkpoint_.batch;
    now.share = std::max(now.share, checkpoint_.share);
    now.finished = checkpoint_.finished;
    now.batch_rows = pace_.rows();
  });
}

void Lane::tell(std::string_view what, std::string detail) const {
  surroundings_.observe({what, std::move(detail)});
}

std::string Lane::batch_name() const {
  return fmt::format("{} batch {}", spec_.id, checkpoint_.batch + 1);
}

}  // namespace bellows::batcher
