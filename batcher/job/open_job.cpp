#include "batcher/job/open_job.hpp"

#include "batcher/keys/cuts.hpp"
#include "batcher/letters/letters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace bellows::batcher {
namespace {

using postgres::Transaction;

bool finished(std::vector<Checkpoint> const& lanes) {
  return !lanes.empty() &&
         std::all_of(lanes.begin(), lanes.end(), [](auto const& lane) { return lane.finished; });
}

// A place in the key space as a share of it, by the histogram.
double place(Transaction& transaction, OpenJob const& job, std::optional<KeyValue> const& key,
             double otherwise) {
  if (!key) {
    return otherwise;
  }
  std::string const type = job.key.front().type;
  auto const rows =
      transaction.run(fmt::format("SELECT width_bucket($1::{}, $2::{}[])", type, type),
                      {key->front(), job.space.histogram});
  return job.space.share(rows.number(0, 0), 0, 0);
}

// From the lanes' upper bounds, not their cursors; divided lanes are numbered in any order.
void find_spans(Transaction& transaction, OpenJob& job) {
  if (job.space.histogram.empty() || job.lanes.size() < 2) {
    return;
  }
  std::vector<std::pair<double, Checkpoint*>> ends;
  for (Checkpoint& lane : job.lanes) {
    ends.emplace_back(place(transaction, job, lane.upper, 1.0), &lane);
  }
  std::stable_sort(ends.begin(), ends.end(),
                   [](auto const& one, auto const& other) { return one.first < other.first; });
  ends.back().first = 1.0;
  double from = 0;
  for (auto const& [upto, lane] : ends) {
    lane->span = {from, upto};
    from = upto;
  }
}

}  // namespace

void divide_span(Transaction& transaction, OpenJob const& job, Checkpoint& first,
                 Checkpoint& second) {
  if (job.space.histogram.empty()) {
    return;
  }
  auto const [from, upto] = first.span.value_or(std::pair{0.0, 1.0});
  double const middle = std::clamp(place(transaction, job, first.upper, upto), from, upto);
  first.span = {from, middle};
  second.span = {middle, upto};
}

double OpenJob::share(Checkpoint const& lane, std::optional<std::int64_t> bucket,
                      std::int64_t rows_in_bucket, std::int64_t rows) const {
  if (!bucket || !lane.span) {
    auto const all = static_cast<std::int64_t>(lanes.size());
    return all > 1 ? space.share(std::nullopt, 0, rows * all)
                   : space.share(bucket, rows_in_bucket, rows);
  }
  auto const [from, upto] = *lane.span;
  double const width = std::max(upto - from, 1e-6);
  return std::clamp((space.share(bucket, rows_in_bucket, rows) - from) / width, 0.0, 0.999);
}

OpenJob open_job(Transaction& transaction, Spec const& spec, Options const& options,
                 std::int64_t fence) {
  for (auto const& [name, value] :
       {std::pair{"DateStyle", "ISO, YMD"}, std::pair{"IntervalStyle", "postgres"},
        std::pair{"extra_float_digits", "3"}, std::pair{"row_security", "off"}}) {
    transaction.set_local(name, value);  // the frozen bound must read back as the same value …
  }                                      // … and no policy may hide the rows that set it
  OpenJob job;
  job.lanes = find_checkpoints(transaction, spec);
  job.letters = count_letters(transaction, spec.id);
  if (!finished(job.lanes) || job.letters > 0) {  // those of a finished job may be gone by now
    job.key = read_key(transaction, spec.table, spec.key);
    job.space = read_key_space(transaction, spec.table, job.key);
    job.table = read_table_facts(transaction, spec, job.key);
    job.sizes = read_sizes(transaction, job.table);
  }
  if (job.lanes.empty()) {
    auto const upper = greatest_key(transaction, spec.table, job.key);
    std::vector<KeyValue> cuts;
    if (upper && options.lanes > 1) {
      cuts = cut_key_space(transaction, spec.table, job.key, job.table.rows, options.lanes);
    }
    job.created = create_job(transaction, spec, cuts, upper);
  }
  take_lease(transaction, spec, fence);
  job.lanes = find_checkpoints(transaction, spec);
  if (!finished(job.lanes)) {
    find_spans(transaction, job);
  }
  return job;
}

}  // namespace bellows::batcher
