#include "batcher/job/windows.hpp"

#include <algorithm>

namespace bellows::batcher {
namespace {

using postgres::Rows;
using postgres::Transaction;

Rows run(Transaction& transaction, Statement const& statement) {
  return transaction.run(statement.sql, statement.parameters);
}

std::int64_t size(Wanted const& wanted) {
  return std::min(wanted.part.value_or(wanted.rows), wanted.rows);
}

}  // namespace

Windows::Windows(Spec const& spec, Options const& options, OpenJob const& job)
    : spec_(spec),
      options_(options),
      job_(job),
      striping_(options.stripes, job.table.stripes_pay),
      hash_(key_hash(job.key)) {}

Batch Windows::next(Transaction& transaction, Checkpoint const& at, Wanted const& wanted) {
  if (!at.window) {
    return next_window(transaction, at, wanted);
  }
  return narrow_ ? rest_of_stripes(transaction, at, size(wanted)) : next_stripe(transaction, at);
}

Windows::Window Windows::find_window(Transaction& transaction, Checkpoint const& at,
                                     KeyValue const& upper, std::int64_t rows) const {
  Range const rest{at.cursor, upper};
  Rows const found =
      run(transaction, boundary_sql(spec_.table, job_.key, rest, rows, job_.space.histogram));
  if (found.empty()) {
    Rows const counted = run(transaction, count_sql(spec_.table, job_.key, rest));
    return {upper, counted.number(0, 0), true, std::nullopt};
  }
  Window window{key_value(found, 0, job_.key.size()), rows, false, std::nullopt};
  window.cut_short = window.upto == upper;
  if (!job_.space.histogram.empty()) {
    window.bucket = found.number(0, job_.key.size());
  }
  return window;
}

Batch Windows::next_window(Transaction& transaction, Checkpoint const& at, Wanted const& wanted) {
  narrow_ = wanted.part || (narrow_ && wanted.rows < options_.min_rows);
  int const stripes = hash_.empty() || narrow_ ? 1 : striping_.choose(wanted.rows, wanted.locking);
  std::int64_t const rows =
      stripes == 1 ? size(wanted)
                   : std::max(wanted.rows, std::min(wanted.rows * stripes, options_.max_rows));
  window_ = find_window(transaction, at, at.upper.value(), rows);
  Range const range{at.cursor, window_->upto};
  if (stripes > 1 && window_->rows > 0) {
    Batch batch{
        {range, {stripes, 0, 0}}, window_->rows / stripes, window_->cut_short, at, std::nullopt};
    batch.next.window = window_->upto;
    batch.next.stripes = stripes;
    batch.next.stripe = 1;
    go_into(batch.next, *window_, stripes);
    return batch;
  }
  Batch batch{{range, {}, rows == 1}, window_->rows, window_->cut_short, at, window_->bucket};
  pass(batch.next, *window_);
  return batch;
}

// The whole of the open window once more, for the rows of one more stripe.
Batch Windows::next_stripe(Transaction& transaction, Checkpoint const& at) {
  if (!window_) {  // it was opened by an earlier run, or before a reconnect
    Range const range{at.cursor, at.window.value()};
    Rows const counted = run(transaction, count_sql(spec_.table, job_.key, range));
    window_ = Window{range.upto, counted.number(0, 0), true, std::nullopt};
  }
  Batch batch{{{at.cursor, window_->upto}, {at.stripes, at.stripe, at.stripe}},
              window_->rows / at.stripes,
              window_->cut_short,
              at,
              std::nullopt};
  if (++batch.next.stripe >= at.stripes) {
    batch.bucket = window_->bucket;
    pass(batch.next, *window_);
  } else {
    go_into(batch.next, *window_, at.stripes - at.stripe);
  }
  return batch;
}

// A part of the open window, for the rows of all stripes that are left: so it can be made as small
// as need be.
Batch Windows::rest_of_stripes(Transaction& transaction, Checkpoint const& at, std::int64_t rows) {
  Window const window = find_window(transaction, at, at.window.value(), rows);
  window_.reset();
  Batch batch{{{at.cursor, window.upto}, {at.stripes, at.stripe, at.stripes - 1}, rows == 1},
              window.rows,
              window.cut_short,
              at,
              window.bucket};
  pass(batch.next, window);
  return batch;
}

void Windows::pass(Checkpoint& next, Window const& window) const {
  double const share_before = next.share;
  next.cursor = window.upto;
  next.rows_scanned += window.rows;
  if (!next.window || *next.window == window.upto) {
    next.window.reset();
    next.stripe = 0;
    next.stripes = 1;
  }
  next.finished = window.upto == *next.upper;
  next.share = next.finished ? 1.0 : std::max(place(next, window), share_before);
}

double Windows::place(Checkpoint const& behind, Window const& window) const {
  std::int64_t const in_bucket =
      window.bucket == bucket_ ? behind.rows_scanned - bucket_began_rows_ : 0;
  return job_.share(behind, window.bucket, in_bucket, behind.rows_scanned);
}

// One stripe of those that were left: each is as much of what is left of the window.
void Windows::go_into(Checkpoint& next, Window const& window, int left) const {
  Checkpoint behind = next;
  behind.rows_scanned += window.rows;
  next.share += std::max(place(behind, window) - next.share, 0.0) / left;
}

bool Windows::updated(Batch const& batch, std::int64_t rows, std::int64_t hot) {
  Stripes const& stripes = batch.part.stripes;
  if (stripes.first > 0 && stripes.first == stripes.last) {
    striping_.updated(rows, hot);
  }
  return batch.next.window || striping_.range_done(stripes.of > 1);
}

void Windows::committed(Batch const& batch) {
  if (batch.bucket && *batch.bucket != bucket_) {
    bucket_ = *batch.bucket;
    bucket_began_rows_ = batch.next.rows_scanned;
  }
  if (!batch.next.window) {
    window_.reset();
  }
}

}  // namespace bellows::batcher
