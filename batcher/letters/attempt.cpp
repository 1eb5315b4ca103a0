#include "batcher/letters/attempt.hpp"

namespace bellows::batcher {

using postgres::Failure;
using postgres::FailureKind;

std::optional<Failure> attempt(postgres::Transaction& transaction,
                               std::function<void()> const& work,
                               std::function<bool(Failure const&)> const& is_the_rows) {
  transaction.run("SAVEPOINT bellows_row");
  try {
    work();
    // Else a deferred one would fail the COMMIT, and with it what is noted about the row.
    transaction.run("SET CONSTRAINTS ALL IMMEDIATE");
  } catch (Failure const& failure) {
    if (!is_the_rows(failure)) {
      throw;
    }
    transaction.run("ROLLBACK TO SAVEPOINT bellows_row");
    return failure;
  }
  return std::nullopt;
}

bool is_busy(FailureKind kind) {
  return kind == FailureKind::LockTimeout || kind == FailureKind::StatementTimeout ||
         kind == FailureKind::Deadlock || kind == FailureKind::Serialization;
}

}  // namespace bellows::batcher
