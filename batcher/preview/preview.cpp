#include "batcher/preview/preview.hpp"

#include "batcher/job/batch_sql.hpp"
#include "batcher/job/ledger.hpp"
#include "batcher/job/table_facts.hpp"
#include "batcher/keys/cuts.hpp"
#include "batcher/keys/key_space.hpp"
#include "batcher/keys/pages.hpp"
#include "batcher/preview/explained.hpp"
#include "batcher/preview/filled.hpp"
#include "batcher/preview/first_match.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace bellows::batcher {
namespace {

using postgres::Failure;
using postgres::FailureKind;
using postgres::Rows;
using postgres::Session;
using postgres::Transaction;

constexpr std::chrono::milliseconds look_time{1'000};  // for one row that the job takes
constexpr int longest_value = 200;                     // characters shown of one

Rows run(Transaction& transaction, Statement const& statement) {
  return transaction.run(statement.sql, statement.parameters);
}

/// What a batch would find set, but for commits: there are none.
Transaction begin(Session& session, PreviewOptions const& options) {
  Transaction transaction = session.begin();
  transaction.run(
      "SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', '100', true),"
      " set_config('row_security', 'off', true), set_config('bellows.backfill', 'on', true),"
      " set_config('plan_cache_mode', 'force_custom_plan', true),"
      " set_config('DateStyle', 'ISO, YMD', true), set_config('IntervalStyle', 'postgres', true),"
      " set_config('extra_float_digits', '3', true)",
      {std::to_string(options.statement_timeout.count())});
  return transaction;
}

std::string clipped(std::string const& expression) {
  return fmt::format("left(({}\n)::text, {})", expression, longest_value);
}

/// What is the same for all places.
struct Ground {
  Spec const& spec;
  PreviewOptions const& options;
  Key key;
  TableFacts table;
  KeyValue upper;
  Filled filled;
  bool columns_exist = false;
};

/// The rows of a range in the key's order: key, whether the job takes it, and `values`.
Rows read_rows(Transaction& transaction, Ground const& ground, Range const& range,
               std::vector<std::string> const& values) {
  Statement statement;
  std::string const condition = within(statement, ground.key, range);
  std::string keys;
  for (KeyType const& column : ground.key) {
    keys += column.name.quoted() + ", ";
  }
  std::string inner;
  std::string outer;
  for (std::size_t i = 0; i < values.size(); ++i) {
    inner += fmt::format(", {} AS \"bellows {}\"", values[i], i);
    outer += fmt::format(", \"bellows {}\"", i);
  }
  // Ordered below the casts: above them the order would be that of the keys' texts.
  statement.sql = fmt::format(
      "SELECT {}, \"bellows takes\"{} FROM (SELECT {}{} AS \"bellows takes\"{} FROM {} WHERE {}"
      " ORDER BY {}) AS found",
      key_texts(ground.key), outer, keys, matches(ground.spec), inner, ground.spec.table.quoted(),
      condition, key_order(ground.key));
  return batcher::run(transaction, statement);
}

using Values = std::vector<std::optional<std::string>>;

Values values_in(Rows const& rows, std::size_t row, Ground const& ground, std::size_t from = 0) {
  Values values;
  for (std::size_t i = 0; i < ground.filled.columns.size(); ++i) {
    values.push_back(rows.value(row, ground.key.size() + 1 + from + i));
  }
  return values;
}

std::map<KeyValue, Values> by_key(Rows const& rows, Ground const& ground) {
  std::map<KeyValue, Values> all;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    all.emplace(key_value(rows, row, ground.key.size()), values_in(rows, row, ground));
  }
  return all;
}

/// Only of an UPDATE the column held something before.
void add_change(Preview& preview, Ground const& ground, std::string const& row,
                Values const& before, Values const& after) {
  if (ground.filled.columns.empty()) {
    preview.changes.push_back({row, "", std::nullopt, std::nullopt});
  }
  bool const replaces = ground.columns_exist && ground.filled.kind == Writes::Update;
  for (std::size_t i = 0; i < before.size(); ++i) {
    preview.changes.push_back(
        {row, ground.filled.columns[i].first.raw(), replaces ? before[i] : std::nullopt, after[i]});
  }
}

/// Of the first rows that the job takes.
void add_changes(Preview& preview, Ground const& ground, Rows const& rows,
                 std::map<KeyValue, Values> const& after) {
  int room = ground.options.examples;
  for (std::size_t row = 0; row < rows.size() && room > 0; ++row) {
    KeyValue const key = key_value(rows, row, ground.key.size());
    auto const found = after.find(key);
    if (found == after.end() || !rows.truth(row, ground.key.size())) {
      continue;
    }
    --room;
    add_change(preview, ground, key_words(ground.key, key), values_in(rows, row, ground),
               found->second);
  }
}

/// The first rows of a part of the key space.
Range find_range(Transaction& transaction, Ground const& ground, Range range) {
  Rows const found = batcher::run(
      transaction, boundary_sql(ground.spec.table, ground.key, range, ground.options.rows));
  if (!found.empty()) {
    range.upto = key_value(found, 0, ground.key.size());
  }
  return range;
}

/// What is read of a row to show it: an UPDATE's columns, before and after; else the values that
/// are written.
std::vector<std::string> shown_values(Ground const& ground, bool computed) {
  std::vector<std::string> values;
  for (auto const& [column, expression] : ground.filled.columns) {
    values.push_back(clipped(computed ? expression : column.quoted()));
  }
  return values;
}

/// Locks, writes, looks, and lets the caller's transaction fall.
void try_place(Transaction& transaction, Ground const& ground, Range const& place,
               Preview& preview) {
  Range const range = find_range(transaction, ground, place);
  Part const part{range, {}};
  batcher::run(transaction, lock_sql(ground.spec, ground.key, part, OnLocked::GiveUp));
  bool const in_place = ground.filled.kind == Writes::Update;
  std::vector<std::string> const values = shown_values(ground, !in_place);
  Rows const rows = read_rows(transaction, ground, range, values);
  Statement const writing = write_sql(ground.spec, ground.key, part);
  if (preview.explain.empty()) {
    preview.explain = explain_text(transaction, writing);
  }
  // Twice: the first time brings the pages into memory, and their images into the log.
  transaction.run("SAVEPOINT first");
  nlohmann::json const cold = analyzed(transaction, writing);
  add_triggers(preview, cold);
  if (preview.changes.empty()) {
    Rows const now = in_place ? read_rows(transaction, ground, range, values) : rows;
    add_changes(preview, ground, rows, by_key(now, ground));
  }
  transaction.run("ROLLBACK TO SAVEPOINT first");
  std::int64_t const hot_before = read_updates(transaction, ground.table).hot;
  Sampled sample = sampled_from(analyzed(transaction, writing));
  sample.milliseconds_cold = number(cold, "Execution Time");
  sample.scanned = static_cast<std::int64_t>(rows.size());
  sample.hot = read_updates(transaction, ground.table).hot - hot_before;
  preview.samples.push_back(sample);
}

/// Of the first rows that the job takes, what they would get, beside what they have. Both are read
/// at once: a place in two partitions is two rows'.
void add_computed(Transaction& transaction, Preview& preview, Ground const& ground,
                  Range const& range) {
  std::vector<std::string> values = shown_values(ground, true);
  std::size_t const computed = values.size();
  if (ground.columns_exist && ground.filled.kind == Writes::Update) {
    std::vector<std::string> const held = shown_values(ground, false);
    values.insert(values.end(), held.begin(), held.end());
  }
  std::size_t const before = values.size() - computed;
  Rows const rows = read_rows(transaction, ground, range, values);
  int room = ground.options.examples;
  for (std::size_t row = 0; row < rows.size() && room > 0; ++row) {
    if (rows.truth(row, ground.key.size())) {
      --room;
      KeyValue const key = key_value(rows, row, ground.key.size());
      add_change(preview, ground, key_words(ground.key, key), values_in(rows, row, ground, before),
                 values_in(rows, row, ground));
    }
  }
}

/// Where the new column is not there yet, the values that it would get.
void compute_only(Transaction& transaction, Ground const& ground, Preview& preview) {
  preview.not_tried =
      "the columns that it fills are not there yet: the values are computed, nothing is written";
  Spec every = ground.spec;
  if (ground.filled.kind == Writes::Update && !ground.columns_exist) {
    every.where.clear();  // it names the new column
  }
  Ground const computed{every,        ground.options, ground.key,          ground.table,
                        ground.upper, ground.filled,  ground.columns_exist};
  add_computed(transaction, preview, computed,
               find_range(transaction, computed, {{}, computed.upper}));
}

/// A row that was written is elsewhere, so what became of it cannot be shown: only values are
/// computed, of the first pages.
void look_at_pages(Transaction& transaction, Ground& ground, Preview& preview) {
  ground.key = page_key();
  ground.upper = {"(8,0)"};
  compute_only(transaction, ground, preview);
  preview.not_tried =
      "the table has no key to find a row again by: values are computed, nothing is written";
}

/// Rows that somebody holds, or that take too long, are no reason to fail.
bool may_be_left_out(FailureKind kind) {
  return kind == FailureKind::LockTimeout || kind == FailureKind::StatementTimeout ||
         kind == FailureKind::Deadlock;
}

/// Where an earlier run of the job stands; none where it never ran.
std::vector<Checkpoint> stands_at(Transaction& transaction, Spec const& spec) {
  bool const ledger =
      transaction.run("SELECT to_regclass('bellows.lanes')").value(0, 0).has_value();
  return ledger ? find_checkpoints(transaction, spec) : std::vector<Checkpoint>();
}

bool has_rows(Transaction& transaction, Ground const& ground, Range const& range) {
  Statement statement;
  std::string const condition = within(statement, ground.key, range);
  statement.sql =
      fmt::format("SELECT EXISTS (SELECT FROM {} WHERE {})", ground.spec.table.quoted(), condition);
  return batcher::run(transaction, statement).truth(0, 0);
}

/// Where each lane would go on, at most so many. Of an open window some stripes are done, so it is
/// passed over.
std::vector<Range> behind_cursors(Transaction& transaction, Ground const& ground,
                                  std::vector<Checkpoint> const& lanes) {
  std::vector<Range> places;
  for (Checkpoint const& lane : lanes) {
    bool const by_key = lane.lane != page_lane && lane.upper;
    if (!by_key || lane.finished ||
        places.size() == static_cast<std::size_t>(ground.options.places)) {
      continue;
    }
    Range const left{lane.window ? lane.window : lane.cursor, *lane.upper};
    if (has_rows(transaction, ground, left)) {
      places.push_back(left);
    }
  }
  return places;
}

/// A place each at the beginning of `whole` and at the cuts inside it.
std::vector<Range> spread(Transaction& transaction, Ground const& ground, Range const& whole,
                          std::int64_t rows) {
  std::vector<Range> places{whole};
  for (KeyValue& cut :
       cut_key_space(transaction, ground.spec.table, ground.key, rows, ground.options.places)) {
    if (has_rows(transaction, ground, {whole.after, cut}) &&
        has_rows(transaction, ground, {cut, whole.upto})) {
      places.push_back({std::move(cut), whole.upto});
    }
  }
  return places;
}

/// By the share of the key space that is done, or by the size of the file, whichever says less: a
/// file in which rows were rewritten has grown, and of an open window no share is done yet.
std::int64_t rows_left(std::vector<Checkpoint> const& lanes, std::int64_t done,
                       std::int64_t estimate) {
  if (std::ranges::all_of(lanes, &Checkpoint::finished)) {
    return 0;
  }
  double share = 0;
  double weight = 0;
  for (Checkpoint const& lane : lanes) {
    share += lane.share * lane.weight;
    weight += lane.weight;
  }
  share /= std::max(weight, 1e-9);
  auto const by_size = static_cast<double>(std::max<std::int64_t>(estimate - done, 0));
  double const by_share = static_cast<double>(done) * (1 - share) / std::max(share, 1e-9);
  return std::llround(share > 0 ? std::min(by_share, by_size) : by_size);
}

/// What is done is neither counted nor shown.
std::vector<Range> survey_rest(Transaction& transaction, Ground const& ground,
                               std::vector<Checkpoint> const& lanes, Preview& preview) {
  for (Checkpoint const& lane : lanes) {
    preview.done += std::max(lane.rows_scanned, lane.rows_written);
  }
  bool const ended = std::ranges::all_of(lanes, &Checkpoint::finished);
  preview.rows = rows_left(lanes, preview.done, preview.rows);
  if (ground.key.empty()) {
    preview.not_tried = "the table has no key by which to find where it was interrupted";
    return {};
  }
  auto places = behind_cursors(transaction, ground, lanes);
  if (places.empty()) {
    preview.not_tried =
        ended ? "every row has had its turn" : "what is left is in the range at hand";
  }
  return places.size() == 1
             ? spread(transaction, ground, places.front(), preview.rows + preview.done)
             : places;
}

/// Looks at the table, and finds where to try; nowhere: `preview` says why.
std::vector<Range> survey(Session& session, Ground& ground, Preview& preview) {
  Transaction transaction = begin(session, ground.options);
  ground.key = read_key(transaction, ground.spec.table, ground.spec.key);
  ground.filled = filled(ground.spec);
  ground.columns_exist = columns_exist(transaction, ground.filled);
  preview.writes = ground.filled.kind;
  ground.table = read_table_facts(transaction, ground.spec, ground.key);
  Sizes const sizes = read_sizes(transaction, ground.table);
  preview.rows = ground.table.rows;
  preview.heap_bytes = sizes.heap;
  preview.index_bytes = sizes.indexes;
  preview.stripes = ground.table.stripes_pay;
  if (auto const lanes = stands_at(transaction, ground.spec); !lanes.empty()) {
    return survey_rest(transaction, ground, lanes, preview);
  }
  if (ground.key.empty()) {
    look_at_pages(transaction, ground, preview);
    return {};
  }
  auto const upper = greatest_key(transaction, ground.spec.table, ground.key);
  if (!upper) {
    preview.rows = 0;
    preview.not_tried = "the table is empty";
    return {};
  }
  ground.upper = *upper;
  if (is_touch(ground.spec) && !can_be_asked(transaction, ground.spec)) {
    preview.not_tried =
        "the column that it fills is not there yet, nor the trigger that fills it: nothing is "
        "written";
    return {};
  }
  if (!ground.columns_exist) {
    compute_only(transaction, ground, preview);
    return {};
  }
  return spread(transaction, ground, {std::nullopt, ground.upper}, preview.rows);
}

void try_places(Session& session, Ground const& ground, std::vector<Range> const& places,
                Preview& preview) {
  for (Range const& place : places) {
    try {
      Transaction transaction = begin(session, ground.options);
      try_place(transaction, ground, place, preview);
    } catch (Failure const& failure) {
      if (!may_be_left_out(failure.kind)) {
        throw;
      }
      preview.not_tried = fmt::format("rows were held, or took too long: {}", failure.what());
    }
  }
}

/// Places were tried, they are not the whole table, and none has a row that the job takes.
bool has_met_none(Preview const& preview) {
  std::int64_t scanned = 0;
  std::int64_t written = 0;
  for (Sampled const& sample : preview.samples) {
    scanned += sample.scanned;
    written += sample.written;
  }
  return !preview.samples.empty() && written == 0 && scanned < preview.rows;
}

/// Where one is, as far as that is found soon.
void look_elsewhere(Session& session, Ground const& ground, Preview& preview) {
  PreviewOptions hurried = ground.options;
  hurried.statement_timeout = std::min(hurried.statement_timeout, look_time);
  std::optional<KeyValue> after;
  try {
    Transaction transaction = begin(session, hurried);
    preview.expected_rows = estimate_matches(transaction, ground.spec);
    auto const match = any_match(transaction, ground.spec, ground.key);
    if (!match) {
      preview.expected_rows = 0;
      return;
    }
    after = key_before(transaction, ground.spec.table, ground.key, *match, ground.options.rows / 2);
  } catch (Failure const& failure) {
    if (!may_be_left_out(failure.kind)) {
      throw;
    }
    return;
  }
  try_places(session, ground, {{after, ground.upper}}, preview);
}

}  // namespace

Preview preview(Session& session, Spec const& spec, PreviewOptions const& options) {
  Preview preview;
  Ground ground{spec, options, {}, {}, {}, {}, false};
  try_places(session, ground, survey(session, ground, preview), preview);
  if (has_met_none(preview)) {
    look_elsewhere(session, ground, preview);
  }
  if (!preview.samples.empty()) {
    preview.not_tried.clear();
  }
  return preview;
}

}  // namespace bellows::batcher
