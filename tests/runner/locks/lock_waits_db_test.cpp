#include "tests/runner/locks/lock_bench.hpp"
#include "tests/support/beside.hpp"
#include "tests/support/wait.hpp"

#include <algorithm>
#include <optional>

/// What statements wait for while somebody else holds a lock: also those that run in no
/// transaction, whose locks are gone when they are done.
namespace bellows::locks::lock_waits_db_test {
namespace {

using sql::QualifiedName;

/// Whoever asks for a lock on any relation of the database would wait here for ever.
TEST_F(LockTable, SaysWhatNeedsNoRelation) {
  session_.run("SET lock_timeout = '10s'");
  for (cases::Aside const& one : cases::asides) {
    std::string const statement = filled(one.statement);
    SCOPED_TRACE(statement);
    executed_.insert(statement);
    Effects const effects = effects_of(sql::parse_one(statement), catalog_);
    EXPECT_TRUE(effects.known);
    EXPECT_TRUE(effects.relations.empty());
    run_all(one.before);
    {
      postgres::Session holder = database_.session("holder");
      postgres::Transaction held = holder.begin();
      held.run(
          "LOCK TABLE child, parent, lone, measure, base, levels, adopted, looked_at IN ACCESS"
          " EXCLUSIVE MODE");
      EXPECT_NO_THROW(session_.run(statement));
    }
    run_all(one.after);
    if (!one.refused.empty()) {
      EXPECT_FALSE(effects.transactional);
      expect_refused(filled(one.refused));
    }
  }
}

/// A DETACH PARTITION CONCURRENTLY that was interrupted between its two transactions.
TEST_F(LockTable, SaysWhatEndsAnInterruptedDetach) {
  if (!has(14)) {
    return;
  }
  postgres::Session reader = database_.session("reader");
  std::optional<postgres::Transaction> reading(reader.begin());
  reading->run("SELECT count(*) FROM measure");
  postgres::Session watcher = database_.session("watcher");
  test::Beside worker(
      [&] {
        EXPECT_THROW(session_.run("ALTER TABLE measure DETACH PARTITION measure_2 CONCURRENTLY"),
                     postgres::Failure);
      },
      [&] { reading.reset(); });
  // Not only blocked: that it may be by anybody, and before its first transaction has committed.
  test::wait_until(
      [&] {
        return watcher
            .run("SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = 'measure_2'::regclass")
            .truth(0, 0);
      },
      "the first transaction of the DETACH");
  watcher.run("SELECT pg_cancel_backend($1)", {std::to_string(session_.backend_pid())});
  worker.join();
  reading.reset();
  try_statement("ALTER TABLE measure DETACH PARTITION measure_2 FINALIZE");
}

/// The mode that `pid` waits for on `relation`, as soon as it does. Before that it may wait for
/// others: a REINDEX of a whole schema comes to other tables first, which an autovacuum may hold.
std::string awaited(postgres::Session& watcher, int pid, std::string const& relation) {
  std::string mode;
  test::wait_until(
      [&] {
        postgres::Rows const rows = watcher.run(
            "SELECT mode FROM pg_locks WHERE NOT granted AND pid = $1 AND relation = $2::regclass",
            {std::to_string(pid), relation});
        mode = rows.size() == 0 ? "" : rows.text(0, 0);
        return rows.size() > 0;
      },
      "process " + std::to_string(pid) + " to wait for a lock on " + relation);
  return mode;
}

TEST_F(LockTable, SaysWhatStatementsOutsideOfTransactionsAskFor) {
  for (cases::Alone const& one : cases::alone) {
    if (!has(one.since)) {
      continue;
    }
    std::string const statement = filled(one.statement);
    SCOPED_TRACE(statement);
    executed_.insert(statement);
    Effects const effects = effects_of(sql::parse_one(statement), catalog_);
    EXPECT_TRUE(effects.known);
    EXPECT_FALSE(effects.transactional);
    postgres::Session holder = database_.session("holder");
    postgres::Session watcher = database_.session("watcher");
    std::optional<postgres::Transaction> held(holder.begin());
    held->run("LOCK TABLE " + std::string(one.held) + " IN SHARE UPDATE EXCLUSIVE MODE");
    test::Beside worker([&] { session_.run(statement); }, [&] { held.reset(); });
    std::string const mode = awaited(watcher, session_.backend_pid(), std::string(one.held));
    held.reset();
    EXPECT_NO_THROW(worker.join());
    auto const told = std::ranges::find(
        effects.relations,
        QualifiedName{sql::Identifier("public"), sql::Identifier(std::string(one.held))},
        &Effect::relation);
    ASSERT_NE(told, effects.relations.end());
    EXPECT_EQ(to_string(told->lock), to_string(test::mode_of(mode)));
    expect_refused(statement);
  }
}

}  // namespace
}  // namespace bellows::locks::lock_waits_db_test
