#include "batcher/job/split.hpp"

#include "batcher/keys/middle.hpp"

#include <fmt/format.h>

namespace bellows::batcher {
namespace {

using postgres::Transaction;

std::string text(double number) {
  return fmt::format("{}", number);
}

// The lane's row must be as we know it: an earlier COMMIT whose answer was lost may have divided
// it.
bool shorten(Transaction& transaction, Spec const& spec, Checkpoint const& now,
             KeyValue const& upper_before) {
  return transaction
             .run(
                 "UPDATE bellows.lanes SET upper_key = $5::jsonb, share = $6::float8,"
                 " weight = $7::float8, updated_at = clock_timestamp() WHERE job = $1"
                 " AND lane = $2::int AND fence = $3::bigint AND batch = $4::bigint"
                 " AND upper_key = $8::jsonb AND NOT finished",
                 {spec.id, std::to_string(now.lane), std::to_string(now.fence),
                  std::to_string(now.batch), to_json(*now.upper), text(now.share), text(now.weight),
                  to_json(upper_before)})
             .affected() == 1;
}

int add(Transaction& transaction, Spec const& spec, Checkpoint const& lane) {
  return static_cast<int>(
      transaction
          .run("INSERT INTO bellows.lanes (job, lane, fence, cursor_key, upper_key, weight)"
               " SELECT $1, max(lane) + 1, $2::bigint, $3::jsonb, $4::jsonb, $5::float8"
               " FROM bellows.lanes WHERE job = $1 RETURNING lane",
               {spec.id, std::to_string(lane.fence), to_json(*lane.cursor), to_json(*lane.upper),
                text(lane.weight)})
          .number(0, 0));
}

}  // namespace

std::optional<Split> split_lane(Transaction& transaction, Spec const& spec, OpenJob const& job,
                                Checkpoint const& lane, std::int64_t least) {
  if (lane.finished || lane.window || !lane.upper) {
    return std::nullopt;
  }
  // Two lanes that are divided at once must not take the same number.
  transaction.run("SELECT FROM bellows.jobs WHERE job = $1 FOR NO KEY UPDATE", {spec.id});
  auto const middle = middle_of(transaction, spec.table, job.key, {lane.cursor, *lane.upper},
                                job.table.rows, least);
  if (!middle) {
    return std::nullopt;
  }
  double const rest = lane.weight * (1 - lane.share);
  Split split{lane, {}};
  split.first.upper = middle;
  split.first.weight = lane.weight - rest / 2;
  split.first.share = lane.weight * lane.share / split.first.weight;
  split.second.fence = lane.fence;
  split.second.cursor = middle;
  split.second.upper = lane.upper;
  split.second.weight = rest / 2;
  divide_span(transaction, job, split.first, split.second);
  if (!shorten(transaction, spec, split.first, *lane.upper)) {
    throw LaneChanged();
  }
  split.second.lane = add(transaction, spec, split.second);
  return split;
}

}  // namespace bellows::batcher
