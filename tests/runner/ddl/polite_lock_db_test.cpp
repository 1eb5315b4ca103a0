#include "runner/ddl/polite_lock.hpp"
#include "tests/support/beside.hpp"
#include "tests/support/own_cluster.hpp"
#include "tests/support/temp_database.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <list>
#include <optional>
#include <string>
#include <vector>

namespace bellows::ddl::polite_lock_db_test {
namespace {

using postgres::Failure;
using postgres::FailureKind;
using postgres::Session;
using postgres::Transaction;
using test::TempDatabase;

LockRequest exclusive(std::string const& table) {
  return {{sql::Identifier{"public"}, sql::Identifier{table}}, locks::Mode::AccessExclusive};
}

LockPolicy short_policy(milliseconds budget) {
  LockPolicy policy;
  policy.pause_low = milliseconds{5};
  policy.pause_high = milliseconds{20};
  policy.budget = budget;
  return policy;
}

void add_column(Transaction& transaction) {
  transaction.run("ALTER TABLE public.users ADD COLUMN display_name text");
}

class PoliteLock : public testing::Test {
 protected:
  PoliteLock() {
    database.run(
        "CREATE TABLE users (id int PRIMARY KEY, name text);"
        "INSERT INTO users SELECT g, 'x' FROM generate_series(1, 100) g;"
        "CREATE TABLE orders (id int PRIMARY KEY)");
    watch.observe = [this](Event const& event) {
      events.emplace_back(event.what);
      details.push_back(event.detail);
    };
  }
  std::ptrdiff_t count(std::string const& what) const {
    return std::count(events.begin(), events.end(), what);
  }
  bool has_column() const {
    return database.value(
               "SELECT count(*) FROM pg_attribute WHERE attrelid = 'users'::regclass"
               " AND attname = 'display_name'") == "1";
  }

  TempDatabase database;
  Session session = database.session("bellows test");
  LockWatch watch;
  std::vector<std::string> events;
  std::vector<std::string> details;
};

TEST_F(PoliteLock, TakesAFreeLockAtTheFirstProbe) {
  with_locks(session, {exclusive("users")}, short_policy(milliseconds{1'000}), watch, add_column);
  EXPECT_TRUE(has_column());
  EXPECT_EQ(events, (std::vector<std::string>{"lock attempt", "lock granted", "ddl commit"}));
  EXPECT_EQ(details.front(), "public.users ACCESS EXCLUSIVE, attempt 1, waits at most 0 ms");
}

TEST_F(PoliteLock, LocksEverythingInOrderBeforeTheBody) {
  std::string held;
  with_locks(session, {exclusive("users"), {exclusive("orders").table, locks::Mode::Share}},
             short_policy(milliseconds{1'000}), watch, [&](Transaction& transaction) {
               held = transaction
                          .run(
                              "SELECT string_agg(relation::regclass || ' ' || mode, ', ' ORDER BY"
                              " relation::regclass::text) FROM pg_locks WHERE pid ="
                              " pg_backend_pid() AND relation IN ('users'::regclass,"
                              " 'orders'::regclass)")
                          .text(0, 0);
             });
  EXPECT_EQ(held, "orders ShareLock, users AccessExclusiveLock");
}

TEST_F(PoliteLock, LeavesToTheBodyWhatLockTableCannotTake) {
  database.run("CREATE VIEW seen AS SELECT id FROM users; CREATE INDEX by_name ON users (name)");
  auto reader = database.session("reader");
  auto reading = reader.begin();
  reading.run("SELECT count(*) FROM users");
  with_locks(session, {exclusive("seen"), exclusive("not_there_yet")},
             short_policy(milliseconds{1'000}), watch,
             [](Transaction& transaction) { transaction.run("DROP VIEW public.seen"); });
  EXPECT_EQ(count("lock attempt"), 1) << "the table below the view is not ours to lock";
}

TEST_F(PoliteLock, SucceedsOnceTheTransactionEnds) {
  auto holder = database.session("nightly report");
  auto transaction = std::make_unique<Transaction>(holder.begin());
  transaction->run("SELECT count(*) FROM users");
  int refused = 0;
  watch.observe = [&](Event const& event) {
    events.emplace_back(event.what);
    if (event.what == "lock refused" && ++refused == 3) {
      transaction.reset();
    }
  };
  with_locks(session, {exclusive("users")}, short_policy(milliseconds{20'000}), watch, add_column);
  EXPECT_TRUE(has_column());
  EXPECT_EQ(count("lock refused"), 3);
}

TEST_F(PoliteLock, NamesTheHolderWhenTheBudgetIsSpent) {
  auto holder = database.session("nightly report");
  auto transaction = holder.begin();
  transaction.run("SELECT   count(*)\n FROM users");
  std::vector<Blocker> seen;
  watch.blocked = [&](std::vector<Blocker> const& blockers) { seen = blockers; };
  try {
    with_locks(session, {exclusive("users")}, short_policy(milliseconds{300}), watch, add_column);
    FAIL() << "the lock cannot have been granted";
  } catch (LockNotGranted const& error) {
    ASSERT_EQ(error.blockers.size(), 1U);
    EXPECT_EQ(error.blockers[0].pid, holder.backend_pid());
    std::string const message = error.what();
    for (std::string const& part :
         {std::string("could not lock public.users ACCESS EXCLUSIVE within 300 ms"),
          "pid " + std::to_string(holder.backend_pid()) +
              " (user postgres, nightly report, idle in"
              " transaction, transaction open for",
          std::string("SELECT count(*) FROM users"),
          "SELECT pg_terminate_backend(" + std::to_string(holder.backend_pid()) + ")",
          std::string("bellows resume")}) {
      EXPECT_NE(message.find(part), std::string::npos) << part << "\nnot in: " << message;
    }
  }
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].table, "public.users");
  EXPECT_FALSE(has_column());
}

TEST_F(PoliteLock, ALockRefusedInsideTheBodyIsAFailedAttempt) {
  auto holder = database.session("holder");
  auto transaction = std::make_unique<Transaction>(holder.begin());
  transaction->run("LOCK TABLE orders IN ROW EXCLUSIVE MODE");
  int runs = 0;
  with_locks(session, {exclusive("users")}, short_policy(milliseconds{20'000}), watch,
             [&](Transaction& body) {
               add_column(body);
               if (++runs == 3) {
                 transaction.reset();
               }
               body.run("ALTER TABLE orders ADD COLUMN note text");
             });
  EXPECT_EQ(runs, 3);
  EXPECT_EQ(count("lock refused"), 2);
  EXPECT_TRUE(has_column());
}

TEST_F(PoliteLock, AFailureOfTheBodyItselfIsNotRetried) {
  try {
    with_locks(session, {exclusive("users")}, short_policy(milliseconds{1'000}), watch,
               [](Transaction& body) {
                 add_column(body);
                 body.run("ALTER TABLE users ADD COLUMN name text");
               });
    FAIL() << "the column exists";
  } catch (Failure const& failure) {
    EXPECT_EQ(failure.sqlstate, "42701");
  }
  EXPECT_EQ(count("lock attempt"), 1);
  EXPECT_FALSE(has_column());
  EXPECT_EQ(session.run("SELECT 1").number(0, 0), 1) << "the session stays usable";
}

TEST_F(PoliteLock, LeavesNoSettingBehind) {
  session.run("SET lock_timeout = '7s'");
  with_locks(session, {exclusive("users")}, short_policy(milliseconds{1'000}), watch,
             [](Transaction& body) {
               EXPECT_EQ(body.run("SHOW lock_timeout").text(0, 0), "50ms");
               EXPECT_EQ(body.run("SHOW statement_timeout").text(0, 0), "0");
             });
  EXPECT_EQ(session.run("SHOW lock_timeout").text(0, 0), "7s");
}

TEST_F(PoliteLock, AStopEndsTheWaiting) {
  auto holder = database.session("holder");
  auto transaction = holder.begin();
  transaction.run("SELECT count(*) FROM users");
  Stop stop;
  watch.stop = &stop;
  LockPolicy policy = short_policy(milliseconds{600'000});
  policy.pause_low = policy.pause_high = milliseconds{600'000};
  watch.observe = [&](Event const& event) {
    if (event.what == "lock refused") {
      stop.request();
    }
  };
  EXPECT_THROW(with_locks(session, {exclusive("users")}, policy, watch, add_column), Interrupted);
  EXPECT_FALSE(has_column());
}

TEST_F(PoliteLock, TheSecondStopCancelsTheBody) {
  Stop stop;
  watch.stop = &stop;
  std::optional<test::Beside> impatient;
  auto const asked_to_sleep = [&] {
    return database.value(
               "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
               " AND datname = current_database()") == "1";
  };
  EXPECT_THROW(with_locks(session, {exclusive("users")}, short_policy(milliseconds{1'000}), watch,
                          [&](Transaction& body) {
                            add_column(body);
                            impatient.emplace([&] {
                              test::wait_until(asked_to_sleep, "the body to run");
                              stop.request();
                              stop.request();
                            });
                            body.run("SELECT pg_sleep(60)");
                          }),
               Interrupted);
  EXPECT_FALSE(has_column());
}

/// Statements of an application that arrive all the time; any of them that waits longer than
/// `patience` is killed by the server and counted.
class Readers {
 public:
  Readers(TempDatabase const& database, milliseconds patience) {
    for (int i = 0; i < 3; ++i) {
      threads_.emplace_back(
          [this, &database, patience] {
            Session session = database.session("reader");
            session.run("SET lock_timeout = " + std::to_string(patience.count()));
            while (!over_) {
              read(session);
            }
          },
          [this] { over_ = true; });
    }
  }
  int finish() {
    threads_.clear();
    return waited_too_long;
  }
  std::atomic<int> reads = 0;
  std::atomic<int> waited_too_long = 0;

 private:
  void read(Session& session) try {
    session.run("SELECT count(*) FROM public.users");
    ++reads;
  } catch (Failure const&) {
    ++waited_too_long;
  }

  std::atomic<bool> over_ = false;
  std::list<test::Beside> threads_;
};

/// The promise: whoever holds the table and however long, no reader waits longer than the largest
/// step. The server counts: the slack above the step is the scheduling of a busy machine.
TEST_F(PoliteLock, NoReaderWaitsLongerThanTheLargestStep) {
  LockPolicy policy = short_policy(milliseconds{60'000});
  policy.ladder = {milliseconds{0}, milliseconds{20}, milliseconds{100}};
  policy.probes = 1;
  auto holder = database.session("bulk load");
  auto transaction = std::make_unique<Transaction>(holder.begin());
  transaction->run("UPDATE users SET name = 'y' WHERE id = 1");
  Readers readers(database, milliseconds{600});
  int refused = 0;
  watch.observe = [&](Event const& event) {
    events.emplace_back(event.what);
    if (event.what == "lock refused" && ++refused == 15) {
      transaction.reset();
    }
  };
  test::wait_until([&] { return readers.reads > 10; }, "readers at work");
  with_locks(session, {exclusive("users")}, policy, watch, add_column);
  int const reads_at_commit = readers.reads;
  test::wait_until([&] { return readers.reads > reads_at_commit + 10; }, "readers go on");
  EXPECT_EQ(readers.finish(), 0);
  EXPECT_GE(count("lock refused"), 15);
  EXPECT_TRUE(has_column());
}

/// What the same request does without the ladder: the control that shows the test above can fail.
TEST_F(PoliteLock, ABluntRequestDoesMakeReadersWait) {
  auto holder = database.session("bulk load");
  auto transaction = std::make_unique<Transaction>(holder.begin());
  transaction->run("UPDATE users SET name = 'y' WHERE id = 1");
  Readers readers(database, milliseconds{600});
  test::Beside blunt(
      [&] {
        auto other = database.session("blunt");
        other.run("ALTER TABLE public.users ADD COLUMN display_name text");
      },
      [&] { transaction.reset(); });
  test::wait_until([&] { return readers.waited_too_long > 0; }, "a reader gives up");
  transaction.reset();
  blunt.join();
  EXPECT_GT(readers.finish(), 0);
}

/// Autovacuum gives way only after deadlock_timeout, which is longer than any step here.
TEST(PoliteLockAutovacuum, GivesWayAndNoReaderNotices) {
  test::OwnCluster cluster({"autovacuum_naptime=1s", "deadlock_timeout=1s",
                            "autovacuum_vacuum_cost_delay=100ms",
                            "autovacuum_vacuum_cost_limit=1"});
  TempDatabase database(cluster.conninfo());
  database.run(
      "CREATE TABLE users (id int, name text) WITH (autovacuum_vacuum_threshold = 1,"
      " autovacuum_vacuum_scale_factor = 0, autovacuum_analyze_threshold = 1000000);"
      "INSERT INTO users SELECT g, repeat('x', 500) FROM generate_series(1, 20000) g;"
      "UPDATE users SET name = 'y'");
  test::wait_until(
      [&] {
        return database.value(
                   "SELECT count(*) FROM pg_locks WHERE relation = 'users'::regclass"
                   " AND mode = 'ShareUpdateExclusiveLock' AND granted") == "1";
      },
      "autovacuum at work", std::chrono::seconds{60});
  Readers readers(database, milliseconds{600});
  test::wait_until([&] { return readers.reads > 3; }, "readers at work");
  bool saw_autovacuum = false;
  LockWatch watch;
  watch.blocked = [&](std::vector<Blocker> const& blockers) {
    for (Blocker const& blocker : blockers) {
      saw_autovacuum |= blocker.autovacuum;
    }
  };
  LockPolicy policy = short_policy(milliseconds{30'000});
  policy.ladder = {milliseconds{0}, milliseconds{50}, milliseconds{200}};
  auto session = database.session("bellows test");
  with_locks(session, {exclusive("users")}, policy, watch, add_column);
  EXPECT_TRUE(saw_autovacuum);
  EXPECT_EQ(readers.finish(), 0);
}

}  // namespace
}  // namespace bellows::ddl::polite_lock_db_test
