#include "batcher/job/open_job.hpp"

#include "batcher/job/page_windows.hpp"
#include "batcher/keys/cuts.hpp"
#include "batcher/letters/letters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace bellows::batcher {
namespace {

using postgres::Transaction;

double server_number(postgres::Rows const& rows, std::size_t column) {
  return std::stod(rows.text(0, column));
}

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
    if (lane.lane == page_lane) {
      continue;
    }
    ends.emplace_back(place(transaction, job, lane.upper, 1.0), &lane);
  }
  if (ends.empty()) {
    return;
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

constexpr char const* what_to_do =
    "Say in `where` which rows are due, so that none is once it is written (as in \"column IS "
    "DISTINCT FROM expression\"), or give the table a primary key";

bool told_apart(Spec const& spec) {
  return !spec.where.empty() && !std::holds_alternative<Copy>(spec.action);
}

bool any_without_key(Transaction& transaction, Spec const& spec, Key const& key) {
  std::string without;
  for (KeyType const& column : key) {
    if (column.nullable) {
      without +=
          fmt::format("{}SELECT FROM {} WHERE {} IS NULL", without.empty() ? "" : " UNION ALL ",
                      spec.table.quoted(), column.name.quoted());
    }
  }
  return !without.empty() &&
         transaction.run(fmt::format("SELECT EXISTS ({})", without)).truth(0, 0);
}

// A tree of relations is updated leaf by leaf, and a leaf cannot give a row to another one.
void refuse_moves(Transaction& transaction, Spec const& spec) {
  auto const* const update = std::get_if<Update>(&spec.action);
  if (update == nullptr) {
    return;
  }
  KeyValue columns;
  for (auto const& [column, expression] : update->set) {
    columns.push_back(column.raw());
  }
  auto const moving = transaction.run(
      "SELECT a.attname FROM pg_catalog.pg_partition_tree($1::regclass) t"
      " JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = t.relid"
      " JOIN pg_catalog.pg_attribute a ON a.attrelid = t.relid"
      "   AND a.attnum = ANY (p.partattrs::int2[])"
      " WHERE a.attname::text IN (SELECT jsonb_array_elements_text($2::jsonb)) LIMIT 1",
      {spec.table.quoted(), to_json(columns)});
  if (!moving.empty()) {
    throw std::invalid_argument(fmt::format(
        "job {} would change {}, by which {} is partitioned, and not every row has a key: rows are "
        "then written partition by partition, and cannot move to another one. Give the table a "
        "primary key",
        spec.id, moving.text(0, 0), spec.table.display()));
  }
}

// By pages go the rows that no key range holds. What tells then whether a row is done is the
// predicate alone.
bool goes_by_pages(Transaction& transaction, Spec const& spec, Key const& key) {
  if (!key.empty() && (!may_be_null(key) || !told_apart(spec))) {
    if (any_without_key(transaction, spec, key)) {
      throw std::invalid_argument(fmt::format(
          "job {}: some rows of {} have no value in a column of the key ({}), and nothing else "
          "would tell those that are done from those that are not. {}",
          spec.id, spec.table.display(), key_order(key), what_to_do));
    }
    return false;
  }
  refuse_moves(transaction, spec);
  return true;
}

// A job that began by pages ends so: the key may be every row's by now, the lane is there still.
bool began_by_pages(std::vector<Checkpoint> const& lanes) {
  return std::any_of(lanes.begin(), lanes.end(), [](Checkpoint const& lane) {
    return lane.lane == page_lane && !lane.finished;
  });
}

void read_table(Transaction& transaction, Spec const& spec, OpenJob& job) {
  job.key = read_key(transaction, spec.table, spec.key);
  job.space = read_key_space(transaction, spec.table, job.key);
  job.table = read_table_facts(transaction, spec, job.key);
  job.sizes = read_sizes(transaction, job.table);
  if (goes_by_pages(transaction, spec, job.key) || began_by_pages(job.lanes)) {
    auto const server = transaction.run(
        "SELECT current_setting('server_version_num'), current_setting('block_size')");
    double const pages = static_cast<double>(job.sizes.heap) / server_number(server, 1);
    job.pages = ByPages{static_cast<double>(job.table.rows) / std::max(pages, 1.0),
                        static_cast<int>(server_number(server, 0))};
  }
}

NewLanes new_lanes(Transaction& transaction, Spec const& spec, Options const& options,
                   OpenJob const& job) {
  NewLanes lanes;
  if (job.pages) {
    Extents const extents = read_extents(transaction, spec.table);
    lanes.pages = extents.empty() ? std::nullopt : std::optional(to_key(extents));
  }
  if (job.key.empty()) {
    return lanes;
  }
  lanes.upper = greatest_key(transaction, spec.table, job.key);
  if (lanes.upper && options.lanes > 1) {
    lanes.cuts = cut_key_space(transaction, spec.table, job.key, job.table.rows, options.lanes);
  }
  return lanes;
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
    double all = 0;
    for (Checkpoint const& each : lanes) {
      all += each.lane == page_lane ? 0 : each.weight;
    }
    return all > lane.weight
               ? space.share(std::nullopt, 0,
                             static_cast<std::int64_t>(static_cast<double>(rows) * all /
                                                       std::max(lane.weight, 1e-6)))
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
    read_table(transaction, spec, job);
  }
  if (job.lanes.empty()) {
    job.created = create_job(transaction, spec, new_lanes(transaction, spec, options, job));
  }
  take_lease(transaction, spec, fence);
  job.lanes = find_checkpoints(transaction, spec);
  if (!finished(job.lanes)) {
    find_spans(transaction, job);
  }
  return job;
}

}  // namespace bellows::batcher
