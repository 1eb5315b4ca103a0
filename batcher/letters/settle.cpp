#include "batcher/letters/settle.hpp"

#include "batcher/control/turn.hpp"
#include "batcher/job/batch_sql.hpp"
#include "batcher/keys/pages.hpp"
#include "batcher/letters/attempt.hpp"

#include <algorithm>

namespace bellows::batcher {
namespace {

using postgres::Failure;
using postgres::Transaction;
using Clock = std::chrono::steady_clock;

constexpr int only_lane = 0;  // for the governor

postgres::Rows run(Transaction& transaction, Statement const& statement) {
  return transaction.run(statement.sql, statement.parameters);
}

}  // namespace

Settling::Settling(Spec const& spec, Options const& options, Surroundings const& surroundings,
                   Stop& stop, Board& board, OpenJob const& job, Governor& governor,
                   Connection& connection)
    : spec_(spec),
      options_(options),
      surroundings_(surroundings),
      stop_(stop),
      board_(board),
      job_(job),
      governor_(governor),
      connection_(connection),
      limits_(locking_limits(options, job.table)) {}

bool Settling::run(std::function<bool()> const& abandoned) {
  auto const guard = stop_.on_second([this] { connection_.cancel(); });
  Perseverance perseverance(spec_.id, connection_, stop_, options_.retry_budget,
                            {.reconnected = [] {},
                             .smaller = [] {},
                             .waiting_for =
                                 [this](std::string const& reason) {
                                   board_.change([&](Progress& now) { now.waiting_for = reason; });
                                 },
                             .abandoned = abandoned,
                             .isolate =
                                 [this](Failure const& failure) {
                                   bool const last_try = !given_up_ && is_busy(failure.kind);
                                   given_up_ = given_up_ || last_try;
                                   return last_try;
                                 }});
  if (!perseverance.carry([this] { read(); })) {
    return false;
  }
  for (Letter const& letter : letters_) {
    given_up_ = false;
    bool const stopping = stop_.requested() || !await_turn(abandoned);
    if (stopping || !perseverance.carry([&] { settle(letter); })) {
      return false;
    }
  }
  return true;
}

bool Settling::await_turn(std::function<bool()> const& abandoned) {
  return batcher::await_turn(
      governor_, stop_,
      {.lane = only_lane,
       .ended = abandoned,
       .before_look =
           [this] { board_.change([this](Progress& now) { now.pace = governor_.state(); }); },
       .show =
           [this](std::string const& why) {
             board_.change([&](Progress& now) { now.waiting_for = why; });
           },
       .wait_begins =
           [this](std::string const& by) {
             surroundings_.observe({"waiting begins", by});
           },
       .wait_ended =
           [this] {
             surroundings_.observe({"waiting ended", spec_.id});
           }});
}

void Settling::read() {
  Transaction transaction = connection_.session().begin();
  letters_ = read_letters(transaction, spec_.id);
  auto const by_place =
      std::stable_partition(letters_.begin(), letters_.end(),
                            [](Letter const& letter) { return letter.lane != page_lane; });
  if (by_place != letters_.end()) {  // such a row may lie elsewhere by now
    if (!walk_again(transaction, spec_.id, surroundings_.fence,
                    to_key(read_extents(transaction, spec_.table)))) {
      throw LostLease("job " + spec_.id + " is not ours any more: a newer run has taken it over");
    }
    letters_.erase(by_place, letters_.end());
  }
  transaction.commit();
}

void Settling::settle(Letter const& letter) {
  if (!surroundings_.may_begin()) {
    return;
  }
  tell("dead letter begins", letter);
  auto const began = Clock::now();
  Transaction transaction = connection_.session().begin();
  Begun const begun = begin_batch(transaction, spec_.id, limits_, job_.table);
  if (!hold_letter(transaction, spec_.id, letter.key)) {
    return;  // settled: by a COMMIT of ours whose answer was lost, or by another run
  }
  std::int64_t written = 0;
  auto const failure = attempt(
      transaction, [&] { written = write(transaction, letter); },
      [this](Failure const& found) { return is_the_rows(found); });
  std::int64_t const rows = failure ? 0 : written;
  if (!add_written(transaction, spec_.id, letter.lane, surroundings_.fence, rows)) {
    throw LostLease("job " + spec_.id + " is not ours any more: a newer run has taken it over");
  }
  if (failure) {
    write_letter(transaction, spec_.id,
                 {letter.lane, letter.key, failure->sqlstate, failure->what()});
  } else {
    remove_letter(transaction, spec_.id, letter.key);
    note_finished(transaction, spec_.id);
  }
  tell("dead letter tried", letter);
  Updates const after = end_writing(transaction, limits_, job_.table, Flush::ByCommit);
  commit_on_disk(transaction);
  transaction.commit();
  governor_.rested(only_lane, 1, begun.before.wal, after.wal,
                   std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began));
  tell(failure ? "dead letter kept" : "dead letter settled", letter);
  board_.change([&](Progress& now) { now.dead_letters -= failure ? 0 : 1; });
}

std::int64_t Settling::write(Transaction& transaction, Letter const& letter) const {
  Part const part{{std::nullopt, letter.key}, {}, true};
  std::int64_t const locked =
      batcher::run(transaction, lock_sql(spec_, job_.key, part, OnLocked::Wait)).number(0, 0);
  return locked == 0 ? 0 : batcher::run(transaction, write_sql(spec_, job_.key, part)).affected();
}

// While it is being stopped, a cancelled statement says nothing about the row.
bool Settling::is_the_rows(Failure const& failure) const {
  return failure.kind == postgres::FailureKind::BadRow ||
         (given_up_ && is_busy(failure.kind) && !stop_.requested());
}

void Settling::tell(std::string_view what, Letter const& letter) const {
  surroundings_.observe({what, spec_.id + " " + key_words(job_.key, letter.key)});
}

}  // namespace bellows::batcher
