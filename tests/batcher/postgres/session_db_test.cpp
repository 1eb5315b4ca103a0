#include "batcher/postgres/session.hpp"
#include "tests/support/beside.hpp"
#include "tests/support/temp_database.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>

namespace bellows::postgres::session_db_test {
namespace {

using test::TempDatabase;

// The failure that `work` ends in; none is a failure of the test.
template <typename Work>
Failure failure_of(Work const& work) {
  try {
    work();
  } catch (Failure const& failure) {
    return failure;
  }
  ADD_FAILURE() << "nothing failed";
  return {FailureKind::Permanent, "", ""};
}

TEST(Session, BindsParametersAndReadsNulls) {
  TempDatabase db;
  Session session = db.session();
  Rows const rows = session.run("SELECT $1::int + 1, $2::text, $3::text, $4::bool",
                                {"41", std::nullopt, "it's", "t"});
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows.number(0, 0), 42);
  EXPECT_EQ(rows.value(0, 1), std::nullopt);
  EXPECT_EQ(rows.text(0, 1), "");
  EXPECT_EQ(rows.text(0, 2), "it's");
  EXPECT_TRUE(rows.truth(0, 3));
  EXPECT_THROW(rows.number(0, 1), std::invalid_argument);
  EXPECT_THROW(rows.value(1, 0), std::out_of_range);
  EXPECT_THROW(rows.value(0, 4), std::out_of_range);
}

TEST(Session, RefusesSeveralStatementsAtOnce) {
  TempDatabase db;
  Session session = db.session();
  EXPECT_EQ(failure_of([&] { session.run("SELECT 1; SELECT 2"); }).sqlstate, "42601");
}

TEST(Session, RunsWhatMayNotBeInATransaction) {
  TempDatabase db;
  Session session = db.session();
  session.run("CREATE TABLE t (id int)");
  session.run("CREATE INDEX CONCURRENTLY i ON t (id)");
  session.run("VACUUM t");
  EXPECT_EQ(
      session.run("SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass").text(0, 0),
      "t");
}

TEST(Session, ItsTransactionsAreReadCommittedWhateverTheDefaults) {
  TempDatabase db;
  db.session().run("ALTER DATABASE " + db.name() +
                   " SET default_transaction_isolation = 'serializable'");
  db.session().run("ALTER DATABASE " + db.name() + " SET default_transaction_read_only = on");
  Session session = db.session();
  Transaction transaction = session.begin();
  EXPECT_EQ(transaction.run("SHOW transaction_isolation").text(0, 0), "read committed");
  EXPECT_EQ(transaction.run("SHOW transaction_read_only").text(0, 0), "off");
}

TEST(Session, TransactionIsRolledBackUnlessCommitted) {
  TempDatabase db;
  Session session = db.session();
  session.run("CREATE TABLE t (id int)");
  {
    Transaction transaction = session.begin();
    EXPECT_EQ(transaction.run("INSERT INTO t VALUES (1), (2)").affected(), 2);
  }
  EXPECT_EQ(session.run("SELECT count(*) FROM t").number(0, 0), 0);
  Transaction transaction = session.begin();
  transaction.run("INSERT INTO t VALUES (1)");
  transaction.commit();
  EXPECT_EQ(db.value("SELECT count(*) FROM t"), "1");
}

TEST(Session, FailedTransactionCannotPretendToCommit) {
  TempDatabase db;
  Session session = db.session();
  Transaction transaction = session.begin();
  EXPECT_EQ(failure_of([&] { transaction.run("SELECT 1/0"); }).sqlstate, "22012");
  EXPECT_EQ(failure_of([&] { transaction.commit(); }).sqlstate, "25P02");
}

// libpqxx 6.4 has classes of its own for some states, and not all of them tell which one it was.
TEST(Session, EverySqlstateComesThroughLibpqxx) {
  TempDatabase db;
  Session session = db.session();
  for (char const* const state :
       {"0A000", "21000", "22000", "22012", "22P02", "23000", "23001", "23502", "23503",
        "23505", "23514", "23P01", "25006", "25P03", "34000", "38000", "40000", "40001",
        "40P01", "42501", "42601", "42703", "42883", "42P01", "44000", "53000", "53100",
        "53200", "53400", "54000", "55P03", "57014", "57P01", "57P03", "58030", "P0001",
        "P0002", "P0003", "P0004", "XX000", "MY001"}) {
    Failure const failure = failure_of([&] {
      Transaction transaction = session.begin();
      transaction.run(std::string("DO $$ BEGIN RAISE 'no' USING ERRCODE = '") + state +
                      "'; END $$");
    });
    EXPECT_EQ(failure.sqlstate, state) << failure.what();
    EXPECT_EQ(failure.kind, classify(state)) << state;
    EXPECT_TRUE(session.alive()) << state;
  }
}

TEST(Session, SetLocalEndsWithTheTransaction) {
  TempDatabase db;
  Session session = db.session();
  {
    Transaction transaction = session.begin();
    transaction.set_local("bellows.backfill", "o'n");
    EXPECT_EQ(transaction.run("SHOW bellows.backfill").text(0, 0), "o'n");
    transaction.commit();
  }
  EXPECT_EQ(session.run("SELECT current_setting('bellows.backfill', true)").text(0, 0), "");
}

TEST(Session, LockTimeoutIsTold) {
  TempDatabase db;
  Session holder = db.session();
  holder.run("CREATE TABLE t (id int)");
  Transaction holding = holder.begin();
  holding.run("LOCK TABLE t");
  Session session = db.session();
  Transaction transaction = session.begin();
  transaction.set_local("lock_timeout", "10ms");
  Failure const failure = failure_of([&] { transaction.run("SELECT FROM t"); });
  EXPECT_EQ(failure.kind, FailureKind::LockTimeout);
  EXPECT_EQ(failure.sqlstate, "55P03");
}

TEST(Session, StatementTimeoutIsTold) {
  TempDatabase db;
  Session session = db.session();
  Transaction transaction = session.begin();
  transaction.set_local("statement_timeout", "10ms");
  EXPECT_EQ(failure_of([&] { transaction.run("SELECT pg_sleep(60)"); }).kind,
            FailureKind::StatementTimeout);
}

TEST(Session, CancelFromAnotherThreadLeavesItUsable) {
  TempDatabase db;
  Session session = db.session();
  Session watcher = db.session();
  test::Beside canceller([&] {
    test::wait_until(
        [&] {
          return watcher
              .run("SELECT wait_event = 'PgSleep' FROM pg_stat_activity WHERE pid = $1::int",
                   {std::to_string(session.backend_pid())})
              .truth(0, 0);
        },
        "the statement to run");
    session.cancel();
  });
  EXPECT_EQ(failure_of([&] { session.run("SELECT pg_sleep(60)"); }).kind,
            FailureKind::StatementTimeout);
  canceller.join();
  EXPECT_EQ(session.run("SELECT 7").number(0, 0), 7);
}

TEST(Session, DeadlockIsTold) {
  TempDatabase db;
  Session first = db.session();
  first.run("CREATE TABLE t (id int PRIMARY KEY)");
  first.run("INSERT INTO t VALUES (1), (2)");
  Session second = db.session();
  Session watcher = db.session();
  std::optional<Transaction> one(first.begin());
  one->run("SELECT FROM t WHERE id = 1 FOR UPDATE");
  std::optional<FailureKind> others;
  test::Beside other(
      [&] {
        Transaction two = second.begin();
        two.run("SELECT FROM t WHERE id = 2 FOR UPDATE");
        try {
          two.run("SELECT FROM t WHERE id = 1 FOR UPDATE");
        } catch (Failure const& failure) {
          others = failure.kind;
        }
      },
      [&] { one.reset(); });
  test::wait_until_blocked(watcher, second.backend_pid());
  std::optional<FailureKind> ours;
  try {
    one->run("SELECT FROM t WHERE id = 2 FOR UPDATE");
    one->commit();
  } catch (Failure const& failure) {
    ours = failure.kind;
    one.reset();
  }
  other.join();
  EXPECT_EQ(ours ? *ours : others.value_or(FailureKind::Permanent), FailureKind::Deadlock);
}

TEST(Session, SerializationFailureIsTold) {
  TempDatabase db;
  Session first = db.session();
  first.run("CREATE TABLE t (id int)");
  first.run("INSERT INTO t VALUES (1)");
  Transaction one = first.begin();
  one.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ");
  one.run("SELECT FROM t");
  db.session().run("UPDATE t SET id = 2");
  EXPECT_EQ(failure_of([&] { one.run("UPDATE t SET id = 3"); }).kind, FailureKind::Serialization);
}

TEST(Session, TerminatedServerProcessIsALostConnection) {
  TempDatabase db;
  Session session = db.session();
  Transaction transaction = session.begin();
  transaction.run("SELECT 1");
  db.session().run("SELECT pg_terminate_backend($1::int)", {std::to_string(session.backend_pid())});
  Failure const failure = failure_of([&] { transaction.run("SELECT 1"); });
  EXPECT_EQ(failure.kind, FailureKind::ConnectionLost);
  EXPECT_NE(std::string(failure.what()).find("administrator command"), std::string::npos)
      << failure.what();
  EXPECT_FALSE(session.alive());
}

TEST(Session, OneThatWasEndedWhileItLayIdleIsNotAlive) {
  TempDatabase db;
  Session session = db.session();
  session.run("SELECT 1");
  EXPECT_TRUE(session.alive());
  db.session().run("SELECT pg_terminate_backend($1::int)", {std::to_string(session.backend_pid())});
  test::wait_until([&] { return !session.alive(); }, "it to be known without a question");
  EXPECT_EQ(failure_of([&] { session.run("SELECT 1"); }).kind, FailureKind::ConnectionLost);
}

TEST(Session, NeverReconnectsByItself) {
  TempDatabase db;
  Session session = db.session();
  EXPECT_TRUE(session.alive());
  db.session().run("SELECT pg_terminate_backend($1::int)", {std::to_string(session.backend_pid())});
  EXPECT_EQ(failure_of([&] { session.run("SELECT 1"); }).kind, FailureKind::ConnectionLost);
  EXPECT_EQ(failure_of([&] { session.run("SELECT 1"); }).kind, FailureKind::ConnectionLost);
  EXPECT_EQ(failure_of([&] { session.begin(); }).kind, FailureKind::ConnectionLost);
  session.cancel();  // harmless
}

TEST(Session, LostCommitIsInDoubt) {
  TempDatabase db;
  Session session = db.session();
  session.run("CREATE TABLE t (id int)");
  Transaction transaction = session.begin();
  transaction.run("INSERT INTO t VALUES (1)");
  db.session().run("SELECT pg_terminate_backend($1::int)", {std::to_string(session.backend_pid())});
  EXPECT_EQ(failure_of([&] { transaction.commit(); }).kind, FailureKind::InDoubt);
}

TEST(Session, ConstraintThatFailsAtCommitIsAFailure) {
  TempDatabase db;
  Session session = db.session();
  session.run("CREATE TABLE t (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)");
  Transaction transaction = session.begin();
  transaction.run("INSERT INTO t VALUES (1), (1)");
  EXPECT_EQ(failure_of([&] { transaction.commit(); }).sqlstate, "23505");
}

TEST(Session, ReadOnlyServerIsTold) {
  TempDatabase db;
  Session session = db.session();
  session.run("CREATE TABLE t (id int)");
  session.run("SET default_transaction_read_only = on");
  EXPECT_EQ(failure_of([&] { session.run("INSERT INTO t VALUES (1)"); }).kind,
            FailureKind::ReadOnly);
}

TEST(Session, CarriesItsPurposeUnlessTheUserNamedIt) {
  TempDatabase db;
  EXPECT_EQ(db.session("bellows backfill").run("SHOW application_name").text(0, 0),
            "bellows backfill");
  Session named = Session::connect(db.conninfo() + " application_name=mine", "bellows");
  EXPECT_EQ(named.run("SHOW application_name").text(0, 0), "mine");
  EXPECT_GE(named.server_version(), 130000);
}

TEST(Session, CannotConnectSaysWhereAndNoPassword) {
  for (std::string const target :
       {"host=/nowhere user=u password=hunter2 dbname=x", "postgres://u:hunter2@127.0.0.1:1/x",
        "postgres://u:@hunter2@127.0.0.1:1/x", "postgres://u:/hunter2@127.0.0.1:1/x",
        "postgres://u:%%hunter2@127.0.0.1:1/x", "host=/nowhere password = my hunter2",
        "postgres://u:a?hunter2@127.0.0.1/x"}) {
    try {
      Session::connect(target, "test");
      ADD_FAILURE() << "connected to " << target;
    } catch (CannotConnect const& error) {
      EXPECT_EQ(std::string(error.what()).find("hunter2"), std::string::npos) << error.what();
    }
    EXPECT_EQ(describe_target(target).find("hunter2"), std::string::npos)
        << describe_target(target);
  }
}

TEST(Session, MissingDatabaseIsCannotConnect) {
  EXPECT_THROW(Session::connect(test::test_server() + " dbname=no_such_database", "test"),
               CannotConnect);
  EXPECT_THROW(Session::connect(test::test_server() + " user=nobody_at_all", "test"),
               CannotConnect);
}

TEST(Session, DescribesItsTarget) {
  EXPECT_EQ(describe_target("host=db.example.org port=6432 dbname=app user=alice password=x"),
            "database app on db.example.org:6432 as alice");
  EXPECT_EQ(describe_target("postgresql://bob:secret@db.example.org/app"),
            "database app on db.example.org:5432 as bob");
}

TEST(Session, EmptyConninfoMeansTheEnvironment) {
  TempDatabase db;
  std::string const host =
      db.value("SELECT split_part(current_setting('unix_socket_directories'), ',', 1)");
  ::setenv("PGHOST", host.c_str(), 1);
  ::setenv("PGUSER", "postgres", 1);
  ::setenv("PGDATABASE", db.name().c_str(), 1);
  Session session = Session::connect("", "test");
  EXPECT_EQ(session.run("SELECT current_database()").text(0, 0), db.name());
  EXPECT_NE(describe_target("").find(db.name()), std::string::npos);
  for (char const* name : {"PGHOST", "PGUSER", "PGDATABASE"}) {
    ::unsetenv(name);
  }
}

}  // namespace
}  // namespace bellows::postgres::session_db_test
