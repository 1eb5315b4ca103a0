#include "batcher/job/writer.hpp"

#include "batcher/letters/attempt.hpp"
#include "batcher/letters/letters.hpp"

#include <fmt/format.h>

namespace bellows::batcher {
namespace {

using postgres::Rows;
using postgres::Transaction;
using Clock = std::chrono::steady_clock;

Rows run(Transaction& transaction, Statement const& statement) {
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
  if (writing.part.last_only) {
    written = write_one(transaction, writing);
  } else if (writing.lone) {
    set_limits(transaction, lone_limits(limits_, job_.table));
    written.rows = run(transaction, write_sql(spec_, job_.key, writing.part)).affected();
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
      run(transaction, lock_sql(spec_, job_.key, writing.part, on_locked)).number(0, 0);
  if (on_locked == OnLocked::Wait) {
    written.waited = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - began);
  }
  tell("rows locked", fmt::format("{} of {}", locked, writing.name));
  if (locked > 0) {
    written.rows = run(transaction, write_sql(spec_, job_.key, writing.part)).affected();
  }
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
  KeyValue const& row = writing.part.range.upto;
  if (auto const refused = breaker_.refuses()) {
    throw TooManyDeadLetters(
        fmt::format("{}: {}; the last is {} of {}: {}", spec_.id, *refused,
                    key_words(job_.key, row), spec_.table.display(), failure.what()),
        failure.sqlstate);
  }
  write_letter(transaction, spec_.id, {writing.lane, row, failure.sqlstate, failure.what()});
  tell("row set aside", fmt::format("{}: {}", key_words(job_.key, row), failure.sqlstate));
}

void Writer::tell(std::string_view what, std::string detail) const {
  observe_({what, std::move(detail)});
}

}  // namespace bellows::batcher
