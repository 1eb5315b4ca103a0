#include "batcher/job/writer.hpp"

#include "batcher/letters/attempt.hpp"
#include "batcher/letters/letters.hpp"

#include <fmt/format.h>

namespace bellows::batcher {
namespace {

using postgres::Rows;
using postgres::Transaction;
using Clock = std::chrono::steady_clock;

Rows run_write(Transaction& transaction, Statement const& statement) {
  return transaction.run(statement.sql, statement.parameters);
}

}  // namespace

Writer::Writer(Spec const& spec, OpenJob const& job, Limits const& limits, Breaker& breaker,
               Observer const& observe, IsTheRows is_the_rows)
    : spec_(spec),
      job_(job),
      limits_(limits),
      breaker_(breaker),
      observe_(observe),
      is_the_rows_(std::move(is_the_rows)) {}

Written Writer::write(Transaction& transaction, Writing const& writing) const {
  Written written;
  if (writing.part.leaf && writing.part.leaf->name.empty()) {
    // The relation is gone, or the walk is at its end: no rows.
  } else if (writing.part.last_only) {
    written = write_one(transaction, writing);
  } else if (writing.lone) {
    set_limits(transaction, lone_limits(limits_, job_.table));
    written.rows = write_rows(transaction, writing.part);
  } else {
    lock_and_write(transaction, writing, written);
  }
  tell("rows written", fmt::format("{} of {}", written.rows, writing.name));
  return written;
}

void Writer::lock_and_write(Transaction& transaction, Writing const& writing,
                            Written& written) const {
  OnLocked const on_locked = writing.part.last_only ? OnLocked::Wait : OnLocked::GiveUp;
  auto const began = Clock::now();
  std::int64_t const locked =
      run_write(transaction, lock_sql(spec_, job_.key, writing.part, on_locked)).number(0, 0);
  if (on_locked == OnLocked::Wait) {
    written.waited = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
  }
  tell("rows locked", fmt::format("{} of {}", locked, writing.name));
  if (locked > 0) {
    written.rows = write_rows(transaction, writing.part);
  }
}

// Where rows are reached by pages, the predicate is what keeps a row from being written twice.
std::int64_t Writer::write_rows(Transaction& transaction, Part const& part) const {
  if (!job_.pages || !std::holds_alternative<Update>(spec_.action)) {
    return run_write(transaction, write_sql(spec_, job_.key, part)).affected();
  }
  Rows const written = run_write(transaction, marked_update_sql(spec_, job_.key, part));
  if (std::int64_t const again = written.number(0, 1); again > 0) {
    throw postgres::Failure(
        postgres::FailureKind::Permanent, "",
        fmt::format(
            "{}: {} of {} rows still match \"{}\" after they were written. Not every row of {} has "
            "a key, and without one that condition alone tells what is done, so a row would be "
            "written twice. Nothing of this batch was kept. Write the condition so that it is "
            "false "
            "for a row once it is written, as in \"column IS DISTINCT FROM expression\", or give "
            "the table a primary key",
            spec_.id, again, written.number(0, 0), spec_.where, spec_.table.display()));
  }
  return written.number(0, 0);
}

Written Writer::write_one(Transaction& transaction, Writing const& writing) const {
  if (writing.last_try) {  // the table being locked is not the row's fault
    transaction.run(fmt::format("LOCK TABLE {} IN ROW EXCLUSIVE MODE", spec_.table.quoted()));
  }
  Written written;
  auto const failure = attempt(
      transaction, [&] { lock_and_write(transaction, writing, written); }, is_the_rows_);
  if (failure) {
    set_aside(transaction, writing, *failure);
    written.rows = 0;
    written.set_aside = true;
  }
  return written;
}

void Writer::set_aside(Transaction& transaction, Writing const& writing,
                       postgres::Failure const& failure) const {
  if (auto const refused = breaker_.refuses()) {
    throw TooManyDeadLetters(
        fmt::format("{}: {}; the last is {} of {}: {}", spec_.id, *refused,
                    row_words(job_.key, writing.part), spec_.table.display(), failure.what()),
        failure.sqlstate);
  }
  write_letter(transaction, spec_.id,
               {writing.lane, row_name(writing.part), failure.sqlstate, failure.what()});
  tell("row set aside", fmt::format("{}: {}", row_words(job_.key, writing.part), failure.sqlstate));
}

void Writer::tell(std::string_view what, std::string detail) const {
  observe_({what, std::move(detail)});
}

}  // namespace bellows::batcher
