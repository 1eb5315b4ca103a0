#include "batcher/job/ledger.hpp"

#include "batcher/keys/pages.hpp"
#include "batcher/letters/letters.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace bellows::batcher {
namespace {

using postgres::Parameter;
using postgres::Rows;
using postgres::Transaction;

constexpr char const* lane_columns =
    "lane, fence, batch, cursor_key, upper_key, window_key, stripe, stripes, rows_scanned,"
    " rows_written, share, finished, weight";

std::optional<KeyValue> optional_key(Rows const& rows, std::size_t row, std::size_t column) {
  auto const text = rows.value(row, column);
  return text ? std::optional(key_from_json(*text)) : std::nullopt;
}

Parameter parameter(std::optional<KeyValue> const& key) {
  return key ? Parameter(to_json(*key)) : std::nullopt;
}

Checkpoint checkpoint_in(Rows const& rows, std::size_t row) {
  Checkpoint at;
  at.lane = static_cast<int>(rows.number(row, 0));
  at.fence = rows.number(row, 1);
  at.batch = rows.number(row, 2);
  at.cursor = optional_key(rows, row, 3);
  at.upper = optional_key(rows, row, 4);
  at.window = optional_key(rows, row, 5);
  at.stripe = static_cast<int>(rows.number(row, 6));
  at.stripes = static_cast<int>(rows.number(row, 7));
  at.rows_scanned = rows.number(row, 8);
  at.rows_written = rows.number(row, 9);
  at.share = std::stod(rows.text(row, 10));
  at.finished = rows.truth(row, 11);
  at.weight = std::stod(rows.text(row, 12));
  return at;
}

std::string lost(std::string const& job, std::string const& how) {
  return "job " + job + " is not ours any more: " + how;
}

nlohmann::json pairs(std::vector<std::pair<sql::Identifier, std::string>> const& columns) {
  nlohmann::json list = nlohmann::json::array();
  for (auto const& [column, expression] : columns) {
    list.push_back({column.raw(), expression});
  }
  return list;
}

void tell_action(nlohmann::json& job, Update const& update) {
  job["set"] = pairs(update.set);
}
void tell_action(nlohmann::json& job, Delete const& /*action*/) {
  job["delete"] = true;
}
void tell_action(nlohmann::json& job, Copy const& copy) {
  job["into"] = copy.into.display();
  job["columns"] = pairs(copy.columns);
  job["on_conflict"] = copy.on_conflict;
  job["overriding"] = copy.overriding;
}

}  // namespace

std::vector<std::string> const& job_tables_ddl() {
  // The lane's row is rewritten with every batch: room on its page keeps those updates HOT.
  static std::vector<std::string> const statements{
      R"(CREATE TABLE IF NOT EXISTS bellows.jobs (
  job text PRIMARY KEY,
  spec jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz
))",
      R"(CREATE TABLE IF NOT EXISTS bellows.lanes (
  job text NOT NULL REFERENCES bellows.jobs ON DELETE CASCADE,
  lane integer NOT NULL,
  fence bigint NOT NULL,
  batch bigint NOT NULL DEFAULT 0,
  cursor_key jsonb,
  upper_key jsonb,
  window_key jsonb,
  stripe integer NOT NULL DEFAULT 0,
  stripes integer NOT NULL DEFAULT 1,
  rows_scanned bigint NOT NULL DEFAULT 0,
  rows_written bigint NOT NULL DEFAULT 0,
  share double precision NOT NULL DEFAULT 0,
  finished boolean NOT NULL DEFAULT false,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (job, lane)
) WITH (fillfactor = 20))"};
  return statements;
}

std::string fingerprint(Spec const& spec) {
  nlohmann::json key = nlohmann::json::array();
  for (sql::Identifier const& column : spec.key) {
    key.push_back(column.raw());
  }
  nlohmann::json job{{"table", spec.table.display()}, {"key", key}, {"where", spec.where}};
  std::visit([&](auto const& action) { tell_action(job, action); }, spec.action);
  return job.dump();
}

bool create_job(Transaction& transaction, Spec const& spec, NewLanes const& lanes) {
  auto const& [cuts, upper, pages] = lanes;
  Rows const added = transaction.run(
      "INSERT INTO bellows.jobs (job, spec, finished_at)"
      " VALUES ($1, $2::jsonb, CASE WHEN $3::boolean THEN clock_timestamp() END)"
      " ON CONFLICT (job) DO NOTHING",
      {spec.id, fingerprint(spec), upper || pages ? "f" : "t"});
  if (added.affected() == 0) {
    return false;
  }
  if (pages) {
    transaction.run(
        "INSERT INTO bellows.lanes (job, lane, fence, upper_key, weight)"
        " VALUES ($1, $2::int, 0, $3::jsonb, $4::float8)",
        {spec.id, std::to_string(page_lane), parameter(pages), upper ? "0.1" : "1"});
    if (!upper) {
      return true;
    }
  }
  std::optional<KeyValue> after;
  for (std::size_t lane = 0; lane <= cuts.size(); ++lane) {
    std::optional<KeyValue> const upto = lane < cuts.size() ? std::optional(cuts[lane]) : upper;
    transaction.run(
        "INSERT INTO bellows.lanes (job, lane, fence, cursor_key, upper_key, share, finished)"
        " VALUES ($1, $2::int, 0, $3::jsonb, $4::jsonb, CASE WHEN $4 IS NULL THEN 1 ELSE 0 END,"
        " $4 IS NULL)",
        {spec.id, std::to_string(lane), parameter(after), parameter(upto)});
    after = upto;
  }
  return true;
}

std::vector<Checkpoint> find_checkpoints(Transaction& transaction, Spec const& spec) {
  Rows const job = transaction.run("SELECT spec = $2::jsonb, spec FROM bellows.jobs WHERE job = $1",
                                   {spec.id, fingerprint(spec)});
  if (job.empty()) {
    return {};
  }
  if (!job.truth(0, 0)) {
    throw std::invalid_argument(
        fmt::format("job {} was begun as something else: the ledger has {}, asked for was {}",
                    spec.id, job.text(0, 1), fingerprint(spec)));
  }
  Rows const rows = transaction.run(
      fmt::format("SELECT {} FROM bellows.lanes WHERE job = $1 ORDER BY lane", lane_columns),
      {spec.id});
  if (rows.empty()) {
    throw std::invalid_argument("job " + spec.id + " has no lane in the ledger");
  }
  std::vector<Checkpoint> lanes;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    lanes.push_back(checkpoint_in(rows, row));
  }
  return lanes;
}

void take_lease(Transaction& transaction, Spec const& spec, std::int64_t fence) {
  Rows const newer = transaction.run(
      "WITH taken AS (UPDATE bellows.lanes SET fence = greatest(fence, $2::bigint)"
      " WHERE job = $1 RETURNING fence)"
      " SELECT FROM taken WHERE fence > $2::bigint",
      {spec.id, std::to_string(fence)});
  if (!newer.empty()) {
    throw LostLease(lost(spec.id, "a newer run has taken it over"));
  }
}

Checkpoint read_checkpoint(Transaction& transaction, std::string const& job, int lane,
                           std::int64_t fence) {
  Rows const rows = transaction.run(
      fmt::format("SELECT {} FROM bellows.lanes WHERE job = $1 AND lane = $2::int", lane_columns),
      {job, std::to_string(lane)});
  if (rows.empty()) {
    throw LostLease(lost(job, "it was removed from the ledger"));
  }
  Checkpoint const checkpoint = checkpoint_in(rows, 0);
  if (checkpoint.fence != fence) {
    throw LostLease(lost(job, "a newer run has taken it over"));
  }
  return checkpoint;
}

bool write_checkpoint(Transaction& transaction, std::string const& job, Checkpoint const& now) {
  Rows const written = transaction.run(
      "UPDATE bellows.lanes SET batch = batch + 1, cursor_key = $5::jsonb, window_key = $6::jsonb,"
      " stripe = $7::int, stripes = $8::int, rows_scanned = $9::bigint, rows_written = $10::bigint,"
      " share = $11::float8, finished = $12::boolean, updated_at = clock_timestamp()"
      " WHERE job = $1 AND lane = $2::int AND fence = $3::bigint AND batch = $4::bigint",
      {job, std::to_string(now.lane), std::to_string(now.fence), std::to_string(now.batch - 1),
       parameter(now.cursor), parameter(now.window), std::to_string(now.stripe),
       std::to_string(now.stripes), std::to_string(now.rows_scanned),
       std::to_string(now.rows_written), fmt::format("{}", now.share), now.finished ? "t" : "f"});
  if (now.lane == page_lane && written.affected() == 1) {  // each walk has a bound of its own
    transaction.run(
        "UPDATE bellows.lanes SET upper_key = $3::jsonb WHERE job = $1 AND lane = $2::int",
        {job, std::to_string(now.lane), parameter(now.upper)});
  }
  if (written.affected() == 1 && now.finished) {
    note_finished(transaction, job);
  }
  return written.affected() == 1;
}

bool walk_again(Transaction& transaction, std::string const& job, std::int64_t fence,
                KeyValue const& extents) {
  transaction.run("DELETE FROM bellows.dead_letters WHERE job = $1 AND lane = $2::int",
                  {job, std::to_string(page_lane)});
  transaction.run("UPDATE bellows.jobs SET finished_at = NULL WHERE job = $1", {job});
  return transaction
             .run(
                 "UPDATE bellows.lanes SET cursor_key = NULL, upper_key = $4::jsonb,"
                 " finished = false, batch = batch + 1, share = 0, updated_at = clock_timestamp()"
                 " WHERE job = $1 AND lane = $2::int AND fence = $3::bigint",
                 {job, std::to_string(page_lane), std::to_string(fence), to_json(extents)})
             .affected() == 1;
}

void note_finished(Transaction& transaction, std::string const& job) {
  // Two lanes that finish at once must see one another, hence the lock, and then a new snapshot.
  // A stronger lock would deadlock with their dead letters' foreign keys.
  transaction.run("SELECT FROM bellows.jobs WHERE job = $1 FOR NO KEY UPDATE", {job});
  transaction.run(
      "UPDATE bellows.jobs SET finished_at = clock_timestamp() WHERE job = $1 AND NOT EXISTS"
      " (SELECT FROM bellows.lanes WHERE job = $1 AND NOT finished)"
      " AND NOT EXISTS (SELECT FROM bellows.dead_letters WHERE job = $1)",
      {job});
}

bool add_written(Transaction& transaction, std::string const& job, int lane, std::int64_t fence,
                 std::int64_t rows) {
  return transaction
             .run(
                 "UPDATE bellows.lanes SET rows_written = rows_written + $4::bigint,"
                 " updated_at = clock_timestamp()"
                 " WHERE job = $1 AND lane = $2::int AND fence = $3::bigint",
                 {job, std::to_string(lane), std::to_string(fence), std::to_string(rows)})
             .affected() == 1;
}

namespace {

/// Session or Transaction.
template <typename Asked>
std::optional<Progress> progress_in(Asked& asked, std::string const& job_id) {
  Rows const rows = asked.run(
      "SELECT sum(rows_written)::bigint, sum(greatest(rows_scanned, rows_written))::bigint,"
      " sum(batch)::bigint,"
      " sum(share * weight) / sum(weight),"
      " bool_and(finished) FROM bellows.lanes WHERE job = $1 HAVING count(*) > 0",
      {job_id});
  if (rows.empty()) {
    return std::nullopt;
  }
  Progress progress;
  progress.job = job_id;
  progress.rows_written = rows.number(0, 0);
  progress.rows_scanned = rows.number(0, 1);
  progress.batches = rows.number(0, 2);
  progress.share = std::stod(rows.text(0, 3));
  progress.finished = rows.truth(0, 4);
  return progress;
}

}  // namespace

std::optional<Progress> read_progress(postgres::Session& session, std::string const& job_id) {
  auto progress = progress_in(session, job_id);
  if (progress) {
    progress->dead_letters = read_dead_letters(session, job_id, 1).count;
  }
  return progress;
}

void forget_job(Transaction& transaction, std::string const& job_id) {
  transaction.run("DELETE FROM bellows.controls WHERE job = $1", {job_id});
  transaction.run("DELETE FROM bellows.jobs WHERE job = $1", {job_id});
}

bool has_written(Progress const& progress) {
  return progress.batches > progress.dead_letters;
}

std::optional<std::int64_t> give_up_job(Transaction& transaction, std::string const& job_id,
                                        std::int64_t fence) {
  // A batch that is under way holds its lane's row when it commits; a later one finds the fence.
  transaction.run(
      "UPDATE bellows.lanes SET fence = greatest(fence, $2::bigint), updated_at = clock_timestamp()"
      " WHERE job = $1",
      {job_id, std::to_string(fence)});
  auto progress = progress_in(transaction, job_id);
  if (progress) {
    progress->dead_letters = count_letters(transaction, job_id);
  }
  if (!progress || !has_written(*progress)) {
    forget_job(transaction, job_id);
    return std::nullopt;
  }
  transaction.run("DELETE FROM bellows.controls WHERE job = $1", {job_id});
  return progress->rows_written;
}

}  // namespace bellows::batcher
