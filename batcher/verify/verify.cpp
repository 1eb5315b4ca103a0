#include "batcher/verify/verify.hpp"

#include "batcher/control/turn.hpp"
#include "batcher/job/beside.hpp"
#include "batcher/job/connection.hpp"
#include "batcher/job/perseverance.hpp"
#include "batcher/job/table_facts.hpp"
#include "batcher/keys/key_space.hpp"
#include "batcher/keys/pages.hpp"
#include "batcher/keys/range_sql.hpp"
#include "batcher/pace/pace.hpp"
#include "batcher/verify/any_row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <utility>

namespace bellows::batcher {
namespace {

using postgres::Rows;
using postgres::Transaction;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr int only_lane = 0;  // for the governor
constexpr std::int64_t lightness =
    10;  // a row is read in a tenth of the time that it is written in
constexpr std::size_t most_examples = 10;
constexpr double most_ranges = 500;
constexpr double fewest_rows = 10'000;  // of a range
constexpr int most_readings = 3;        // of a table that is not empty, and shows no row
constexpr std::uint64_t hash_mask = (std::uint64_t{1} << 63) - 1;

// Sums of hashes modulo 2^63, so that rows may come in any order, and ranges in pieces.
std::int64_t added(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>((static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b)) &
                                   hash_mask);
}

Rows run(Transaction& transaction, Statement const& statement) {
  return transaction.run(statement.sql, statement.parameters);
}

// One reader's walk over the table. Nothing is kept in the ledger: it begins anew each time.
class Reading {
 public:
  Reading(VerifySpec const& spec, Options const& options, Surroundings const& surroundings,
          Stop& stop, Board& board)
      : spec_(spec),
        options_(options),
        observe_(surroundings.observe),
        stop_(stop),
        board_(board),
        connection_(surroundings.conninfo, "bellows verify"),
        pace_({.target = options.target,
               .min_rows = options.min_rows,
               .max_rows = lightness * options.max_rows,
               .first_rows = lightness * options.first_rows}),
        governor_({surroundings.conninfo, spec.id, spec.orders_of, surroundings.say,
                   [&stop](std::string const& why) { stop.time_is_up(why); }},
                  options.steering, options.pause),
        perseverance_(spec.id, connection_, stop, options.retry_budget,
                      {.reconnected = [] {},
                       .smaller = [this] { pace_.gave_way(); },
                       .waiting_for =
                           [this](std::string const& reason) {
                             board_.change([&](Progress& now) { now.waiting_for = reason; });
                           }}) {}

  Verified run_to_the_end() {
    auto const guard = stop_.on_second([this] { connection_.cancel(); });
    carry([this] { begin(); });
    while (!done_) {
      await_turn();
      carry([this] {
        Resting const resting{governor_};
        read_range();
      });
    }
    if (found_.rows == 0) {
      carry([this] { look_for_any(); });
    }
    board_.change([](Progress& now) { now.finished = true; });
    observe_({"verify finished", spec_.id});
    return found_;
  }
  /// No row was read, and the table has some: they came meanwhile, or are not where it looked.
  bool missed_all() const { return missed_all_; }
  void abandon() {
    abandoned_ = true;
    connection_.cancel();
  }

 private:
  /// However a read ends, it is over for the governor.
  struct Resting {
    Governor& governor;
    ~Resting() { governor.rested(only_lane); }
  };

  [[noreturn]] void interrupted() const {
    throw Interrupted(spec_.id + ": stopped before the whole table was read");
  }

  void carry(std::function<void()> const& work) {
    if (stop_.requested() || abandoned_ || !perseverance_.carry(work)) {
      interrupted();
    }
  }

  void look_for_any() {
    observe_({"no row read", spec_.id});
    Transaction transaction = connection_.session().begin();
    missed_all_ = any_row(transaction, spec_.table, "");
    transaction.commit();
  }

  void await_turn() {
    auto const show = [this](std::string const& why) {
      board_.change([&](Progress& now) { now.waiting_for = why; });
    };
    if (!batcher::await_turn(governor_, stop_,
                             {.lane = only_lane,
                              .ended = [this] { return abandoned_.load(); },
                              .before_look = [this] { follow_orders(); },
                              .show = show,
                              .wait_begins =
                                  [this](std::string const& by) {
                                    observe_({"waiting begins", by});
                                  },
                              .wait_ended =
                                  [this] {
                                    observe_({"waiting ended", spec_.id});
                                  }})) {
      interrupted();
    }
  }

  void follow_orders() {
    Orders const orders = governor_.orders();
    pace_.steer(options_.min_rows, orders.batch.value_or(lightness * options_.max_rows),
                orders.target.value_or(options_.target));
    pace_.at_most(governor_.most_rows(1));
    board_.change([this](Progress& now) { now.pace = governor_.state(); });
  }

  Transaction limited() {
    auto const limit = options_.statement_timeout > 0ms ? options_.statement_timeout
                                                        : std::max(20 * options_.target, 1'000ms);
    Transaction transaction = connection_.session().begin();
    backend_ = static_cast<int>(
        transaction
            .run("SELECT pg_catalog.pg_backend_pid(), set_config('statement_timeout', $1, true), "
                 "set_config('DateStyle', 'ISO, YMD', "
                 "true),"
                 " set_config('IntervalStyle', 'postgres', true), set_config('extra_float_digits', "
                 "'3', "
                 "true),"
                 " set_config('row_security', 'off', true), set_config('transaction_read_only', "
                 "'on', true)",
                 {std::to_string(limit.count())})
            .number(0, 0));
    return transaction;
  }

  void begin() {
    observe_({"verify begins", spec_.id});
    Transaction transaction = limited();
    key_ = read_key(transaction, spec_.table, spec_.key);
    space_ = read_key_space(transaction, spec_.table, key_);
    if (key_.empty() || may_be_null(key_)) {
      begin_by_pages(transaction);
    } else {
      begin_by_key(transaction);
    }
    if (!done_) {
      Spec const of_its_own{spec_.id, spec_.table, spec_.key, Delete{}, "", std::nullopt};
      governor_.begin(read_table_facts(transaction, of_its_own, key_).relations);
    }
    transaction.commit();
  }

  /// By pages, a bound has no values; by key, as many as the key.
  void take_bounds(std::size_t values) {
    found_.at_bounds = std::all_of(spec_.bounds.begin(), spec_.bounds.end(),
                                   [&](KeyValue const& bound) { return bound.size() == values; });
    bounds_ = found_.at_bounds ? spec_.bounds : std::vector<KeyValue>();
  }

  void begin_by_key(Transaction& transaction) {
    take_bounds(key_.size());
    upper_ = greatest_key(transaction, spec_.table, key_);
    if (!upper_ && !bounds_.empty()) {  // all of them are gone since
      upper_ = bounds_.back();
    }
    range_rows_ =
        static_cast<std::int64_t>(std::max(space_.estimated_rows / most_ranges, fewest_rows));
    done_ = !upper_;
  }

  // One walk: a row that has moved since it began was written by somebody since, as it would be by
  // key where it was changed behind the reader.
  void begin_by_pages(Transaction& transaction) {
    take_bounds(0);
    extents_ = read_extents(transaction, spec_.table);
    double pages = 0;
    for (Extent const& extent : extents_) {
      pages += static_cast<double>(extent.pages);
    }
    Rows const server = transaction.run("SELECT current_setting('server_version_num')");
    pages_.emplace(spec_.table, space_.estimated_rows / std::max(pages, 1.0),
                   static_cast<int>(std::stol(server.text(0, 0))));
    open_.upto = {};
    finish_by_pages(extents_.empty());
  }

  // Places mean nothing later: all of the table is one range.
  void finish_by_pages(bool at_end) {
    done_ = at_end;
    if (at_end && !spec_.columns.empty()) {
      found_.ranges.push_back(std::exchange(open_, {}));
    }
  }

  void read_pages() {
    auto const began = Clock::now();
    Transaction transaction = limited();
    governor_.working(only_lane,
                      {backend_, std::nullopt, pace_.rows() > 1, [this] { connection_.cancel(); }});
    auto const window = pages_->next(transaction, extents_, place_, pace_.rows());
    if (!window || window->name.empty()) {
      place_ = window ? PagePlace{1, 0, window->relation, window->range.upto.front()} : place_;
      finish_by_pages(!window || window->last);
      return;
    }
    Statement counting;
    std::string const condition =
        within(counting, page_key(), window->range) + pages_->and_pages(window->range);
    Verified const here =
        count(transaction, counting,
              fmt::format("ONLY {} AS {}", window->name, spec_.table.name.quoted()), condition,
              fmt::format("'ctid ' || ctid || {}", sql::quote_literal(" of " + window->name)));
    transaction.commit();
    add(here);
    place_ = {1, 0, window->relation, window->range.upto.front()};
    open_.rows += here.rows;
    open_.differing += here.differing;
    open_.hash = added(open_.hash, here.ranges.front().hash);
    finish_by_pages(window->last);
    told(here, began, share_of(extents_, place_));
  }

  bool before_last_bound() const { return next_bound_ < bounds_.size(); }

  void read_range() {
    if (pages_) {
      read_pages();
      return;
    }
    auto const began = Clock::now();
    Transaction transaction = limited();
    governor_.working(only_lane,
                      {backend_, std::nullopt, pace_.rows() > 1, [this] { connection_.cancel(); }});
    KeyValue const stop = before_last_bound() ? bounds_[next_bound_] : *upper_;
    Range range{cursor_, stop};
    Rows const boundary =
        batcher::run(transaction, boundary_sql(spec_.table, key_, range, pace_.rows()));
    if (!boundary.empty()) {
      range.upto = key_value(boundary, 0, key_.size());
    }
    Statement counting;
    std::string const condition = within(counting, key_, range);
    Verified here = count(transaction, counting, spec_.table.quoted(), condition, "");
    here.ranges.front().upto = range.upto;
    transaction.commit();
    take(here, range, range.upto == stop);
    told(here, began, space_.share(std::nullopt, 0, found_.rows));
  }

  // record_send() tells NULL from '' and one column from the next, and gives the same bytes
  // whatever TimeZone, DateStyle or bytea_output a later session has, as ROW()::text does not.
  std::string hash_sql() const {
    if (spec_.columns.empty()) {
      return "0";
    }
    std::string columns;
    auto const add_column = [&](sql::Identifier const& column) {
      columns += (columns.empty() ? "" : ", ") + column.quoted();
    };
    for (KeyType const& column : key_) {
      add_column(column.name);
    }
    for (sql::Identifier const& column : spec_.columns) {
      add_column(column);
    }
    return fmt::format(
        "coalesce(sum(pg_catalog.hashtextextended(pg_catalog.encode(pg_catalog.record_send(ROW({}))"
        ","
        " 'hex'), 0)::numeric) % 9223372036854775808, 0)::bigint",
        columns);
  }

  /// `place`: SQL that tells a row's place; empty: it is told by its key.
  Verified count(Transaction& transaction, Statement counting, std::string const& from,
                 std::string const& condition, std::string const& place) const {
    counting.sql =
        fmt::format("SELECT count(*), count(*) FILTER (WHERE ({}\n)), {} FROM {} WHERE {}",
                    spec_.differs, hash_sql(), from, condition);
    Rows const counted = batcher::run(transaction, counting);
    Verified here{counted.number(0, 0), counted.number(0, 1), {}, {}};
    here.ranges = {{{}, here.rows, here.differing, added(counted.number(0, 2), 0)}};
    std::size_t const room = most_examples - found_.examples.size();
    if (here.differing > 0 && room > 0) {
      here.examples = examples(transaction, counting, from, condition, place, room);
    }
    return here;
  }

  std::vector<std::string> examples(Transaction& transaction, Statement asking,
                                    std::string const& from, std::string const& condition,
                                    std::string const& place, std::size_t room) const {
    std::vector<std::string> examples;
    std::string const where = " WHERE " + condition + and_where(spec_.differs);
    std::string const most = std::to_string(room);
    asking.sql = place.empty()
                     ? select_keys(spec_.table, key_, where, key_order(key_), most)
                     : fmt::format("SELECT {} FROM {}{} LIMIT {}", place, from, where, most);
    Rows const rows = batcher::run(transaction, asking);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      examples.push_back(place.empty() ? key_words(key_, key_value(rows, row, key_.size()))
                                       : rows.text(row, 0));
    }
    return examples;
  }

  void add_to_range(VerifiedRange const& piece, bool at_stop) {
    open_.upto = piece.upto;
    open_.rows += piece.rows;
    open_.differing += piece.differing;
    open_.hash = added(open_.hash, piece.hash);
    bool const chosen = bounds_.empty() && open_.rows >= range_rows_;
    if (at_stop || chosen) {
      found_.ranges.push_back(std::exchange(open_, {}));
    }
  }

  void add(Verified const& here) {
    found_.rows += here.rows;
    found_.differing += here.differing;
    found_.examples.insert(found_.examples.end(), here.examples.begin(), here.examples.end());
  }

  void take(Verified const& here, Range const& range, bool at_stop) {
    add(here);
    cursor_ = range.upto;
    if (!spec_.columns.empty()) {
      add_to_range(here.ranges.front(), at_stop);
    }
    done_ = at_stop && !before_last_bound();
    next_bound_ += at_stop && before_last_bound() ? 1U : 0U;
  }

  void told(Verified const& here, Clock::time_point began, double share) {
    auto const took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
    governor_.rested(only_lane, static_cast<double>(here.rows), 0, 0, took);
    pace_.batch_took(here.rows, took);
    board_.change([&](Progress& now) {
      now.rows_scanned = found_.rows;
      ++now.batches;
      now.batch_rows = pace_.rows();
      now.share = done_ ? 1.0 : std::max(now.share, std::min(share, 0.999));
    });
    observe_({"range verified", fmt::format("{}: {} rows", spec_.id, found_.rows)});
  }

  VerifySpec const& spec_;
  Options const& options_;
  Observer const& observe_;
  Stop& stop_;
  Board& board_;
  Connection connection_;
  Pace pace_;
  Governor governor_;
  Perseverance perseverance_;

  std::atomic<bool> abandoned_ = false;
  int backend_ = 0;  // the server process of the transaction at hand
  Key key_;
  std::optional<Pages> pages_;  // not by key: some rows have none
  Extents extents_;
  PagePlace place_;
  KeySpace space_;
  std::optional<KeyValue> cursor_;
  std::optional<KeyValue> upper_;
  bool done_ = false;
  bool missed_all_ = false;
  std::vector<KeyValue> bounds_;
  std::size_t next_bound_ = 0;
  std::int64_t range_rows_ = 0;
  VerifiedRange open_;
  Verified found_;
};

}  // namespace

Verified verify(VerifySpec const& spec, Options const& options, Surroundings& surroundings) {
  Stop own;
  Stop& stop = surroundings.stop != nullptr ? *surroundings.stop : own;
  for (int readings = 0; readings < most_readings; ++readings) {
    Board board(spec.id);
    Reading reading(spec, options, surroundings, stop, board);
    Verified verified;
    work_beside_progress([&] { verified = reading.run_to_the_end(); }, [&] { reading.abandon(); },
                         board, surroundings.show);
    if (!reading.missed_all()) {
      return verified;
    }
  }
  throw std::invalid_argument(fmt::format(
      "{}: no row of {} was read, but the server says that it has some: they are not kept where a "
      "walk over a table of this server finds them, so nothing can be said of them",
      spec.id, spec.table.display()));
}

}  // namespace bellows::batcher
