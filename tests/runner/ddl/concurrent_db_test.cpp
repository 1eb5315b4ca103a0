#include "runner/ddl/concurrent.hpp"
#include "tests/support/beside.hpp"
#include "tests/support/temp_database.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace bellows::ddl::concurrent_db_test {
namespace {

using postgres::Failure;
using postgres::Session;
using postgres::Transaction;
using test::TempDatabase;

sql::QualifiedName const by_name{sql::Identifier{"public"}, sql::Identifier{"by_name"}};
std::string const build = "CREATE INDEX CONCURRENTLY by_name ON public.users (name)";

class Concurrent : public testing::Test {
 protected:
  Concurrent() {
    database.run(
        "CREATE TABLE users (id int PRIMARY KEY, name text);"
        "INSERT INTO users SELECT g, 'x' || g FROM generate_series(1, 1000) g;");
    options.conninfo = database.conninfo();
    options.poll = std::chrono::milliseconds{10};
    options.observe = [this](Event const& event) { events.emplace_back(event.what); };
  }
  IndexState state() { return index_state(session, by_name); }
  bool happened(std::string const& what) const {
    return std::find(events.begin(), events.end(), what) != events.end();
  }
  /// As an earlier run leaves it when it is cut off: waiting for an old transaction, cancelled.
  void leave_invalid_index() {
    auto holder = database.session("holder");
    auto transaction = holder.begin();
    transaction.run("UPDATE users SET name = 'y' WHERE id = 1");
    auto earlier = database.session("earlier");
    earlier.run("SET lock_timeout = '50ms'");
    EXPECT_THROW(earlier.run(build), Failure);
    ASSERT_EQ(state(), IndexState::Invalid);
  }

  TempDatabase database;
  Session session = database.session("bellows test");
  AloneOptions options;
  std::vector<std::string> events;
};

TEST_F(Concurrent, BuildsAnIndex) {
  EXPECT_EQ(state(), IndexState::Missing);
  run_alone(session, build, options);
  EXPECT_EQ(state(), IndexState::Valid);
  EXPECT_EQ(events, (std::vector<std::string>{"statement begins", "statement done"}));
}

TEST_F(Concurrent, RunsOtherStatementsAlone) {
  run_alone(session, build, options);
  run_alone(session, "DROP INDEX CONCURRENTLY public.by_name", options);
  EXPECT_EQ(state(), IndexState::Missing);
}

TEST_F(Concurrent, MendsTheInvalidIndexOfAnEarlierTry) {
  leave_invalid_index();
  run_alone(session, build, options);
  EXPECT_EQ(state(), IndexState::Valid);
  EXPECT_TRUE(happened("invalid index found"));
}

TEST_F(Concurrent, IfNotExistsDoesNotHideAnInvalidIndex) {
  leave_invalid_index();
  run_alone(session, "CREATE INDEX CONCURRENTLY IF NOT EXISTS by_name ON public.users (name)",
            options);
  EXPECT_EQ(state(), IndexState::Valid);
}

TEST_F(Concurrent, FindsTheIndexInItsTablesSchema) {
  database.run("CREATE SCHEMA app; CREATE TABLE app.users (name text)");
  session.run("SET search_path = app, public");
  run_alone(session, "CREATE INDEX CONCURRENTLY by_name ON users (name)", options);
  EXPECT_EQ(index_state(session, {sql::Identifier{"app"}, by_name.name}), IndexState::Valid);
  EXPECT_EQ(state(), IndexState::Missing);
}

TEST_F(Concurrent, PutsOffTheSessionsTimeoutsAndBack) {
  session.run("SET lock_timeout = '50ms'");
  session.run("SET statement_timeout = '100ms'");
  auto holder = database.session("holder");
  auto transaction = std::make_unique<Transaction>(holder.begin());
  transaction->run("UPDATE users SET name = 'y' WHERE id = 1");
  test::Beside releaser([&] {
    auto const held = std::move(transaction);  // until the end, whatever it is
    auto watcher = database.session("watcher");
    auto const waits_over = [&] {
      return watcher
                 .run("SELECT count(*) FROM pg_stat_activity WHERE pid = " +
                      std::to_string(session.backend_pid()) +
                      " AND wait_event_type = 'Lock' AND query_start < clock_timestamp() -"
                      " interval '200 ms'")
                 .number(0, 0) == 1;
    };
    test::wait_until(waits_over, "a wait that outlasts both timeouts");
  });
  run_alone(session, build, options);
  EXPECT_EQ(state(), IndexState::Valid);
  EXPECT_EQ(session.run("SELECT setting FROM pg_settings WHERE name = 'lock_timeout'").text(0, 0),
            "0")
      << "RESET goes back to what the connection began with";
}

TEST_F(Concurrent, GoesBackToTheRolesTimeouts) {
  database.run("ALTER DATABASE " + database.name() + " SET statement_timeout = '77s'");
  auto fresh = database.session("bellows test");
  run_alone(fresh, build, options);
  EXPECT_EQ(fresh.run("SHOW statement_timeout").text(0, 0), "77s");
}

TEST_F(Concurrent, ShowsWhomItWaitsFor) {
  auto holder = database.session("nightly report");
  auto transaction = std::make_unique<Transaction>(holder.begin());
  transaction->run("UPDATE users SET name = 'y' WHERE id = 1");
  std::string const pid =
      "pid " + std::to_string(holder.backend_pid()) + " (user postgres, nightly";
  std::string phase;  // while it waits for the holder; the first look may come before that
  options.show = [&](BuildProgress const& progress) {
    if (progress.waits_for.rfind(pid, 0) == 0) {
      phase = progress.phase;
      transaction.reset();
    }
  };
  run_alone(session, build, options);
  EXPECT_EQ(transaction, nullptr) << "nobody was told of the holder";
  EXPECT_EQ(phase, "waiting for writers before build");
}

TEST_F(Concurrent, AFailureForGoodLeavesNoInvalidIndex) {
  database.run("UPDATE users SET name = 'same'");
  try {
    run_alone(session, "CREATE UNIQUE INDEX CONCURRENTLY by_name ON public.users (name)", options);
    FAIL() << "the values are not unique";
  } catch (Failure const& failure) {
    EXPECT_EQ(failure.sqlstate, "23505");
  }
  EXPECT_EQ(state(), IndexState::Missing);
}

TEST_F(Concurrent, AnotherIndexOfThatNameIsAnErrorAndStays) {
  database.run("CREATE INDEX by_name ON users (id)");
  for (std::string const& statement :
       {build, std::string("CREATE INDEX CONCURRENTLY IF NOT EXISTS by_name ON users (name)")}) {
    try {
      run_alone(session, statement, options);
      FAIL() << statement;
    } catch (NameTaken const& taken) {
      EXPECT_NE(std::string(taken.what()).find("its columns are (id), meant is (name)"),
                std::string::npos)
          << taken.what();
      EXPECT_NE(taken.next.find("DROP INDEX CONCURRENTLY public.by_name"), std::string::npos)
          << taken.next;
    }
  }
  EXPECT_EQ(state(), IndexState::Valid);
}

TEST_F(Concurrent, TheVeryIndexIsSaidToBeThere) {
  std::vector<std::string> said;
  options.say = [&](std::string const& what) { said.push_back(what); };
  run_alone(session, build, options);
  EXPECT_TRUE(said.empty());
  run_alone(session, build, options);
  EXPECT_EQ(said, (std::vector<std::string>{
                      "index public.by_name is there already, just as it was to be made"}));
}

TEST_F(Concurrent, AnInvalidIndexOfAnotherTableIsNoneOfOurs) {
  leave_invalid_index();
  database.run("CREATE TABLE others (name text)");
  EXPECT_THROW(run_alone(session, "CREATE INDEX CONCURRENTLY by_name ON others (name)", options),
               NameTaken);
  EXPECT_EQ(state(), IndexState::Invalid);
}

TEST_F(Concurrent, ATableOfThatNameIsNoIndex) {
  database.run("CREATE TABLE by_name (id int)");
  try {
    run_alone(session, "CREATE INDEX CONCURRENTLY IF NOT EXISTS by_name ON users (name)", options);
    FAIL() << "the server passes such a statement over";
  } catch (NameTaken const& taken) {
    EXPECT_NE(std::string(taken.what()).find("a table"), std::string::npos) << taken.what();
  }
}

TEST_F(Concurrent, TheSecondStopCancelsAndTheNextCallMends) {
  auto holder = database.session("holder");
  auto transaction = std::make_unique<Transaction>(holder.begin());
  transaction->run("UPDATE users SET name = 'y' WHERE id = 1");
  Stop stop;
  options.stop = &stop;
  test::Beside impatient([&] {
    auto watcher = database.session("watcher");
    test::wait_until_blocked(watcher, session.backend_pid());
    stop.request();
    stop.request();
  });
  EXPECT_THROW(run_alone(session, build, options), Interrupted);
  EXPECT_EQ(state(), IndexState::Invalid);
  impatient.join();
  transaction.reset();
  options.stop = nullptr;
  run_alone(session, build, options);
  EXPECT_EQ(state(), IndexState::Valid);
}

/// The client of the earlier try was killed, its server process was not.
TEST_F(Concurrent, WaitsForABuildThatStillRuns) {
  auto holder = database.session("holder");
  auto transaction = std::make_unique<Transaction>(holder.begin());
  transaction->run("UPDATE users SET name = 'y' WHERE id = 1");
  auto earlier = database.session("earlier");
  int const earlier_pid = earlier.backend_pid();
  test::Beside builder([&] { earlier.run(build); }, [&] { transaction.reset(); });
  auto watcher = database.session("watcher");
  test::wait_until_blocked(watcher, earlier_pid);
  ASSERT_EQ(state(), IndexState::Invalid);
  options.observe = [&](Event const& event) {
    events.emplace_back(event.what);
    if (event.what == "waiting for another index build") {
      transaction.reset();
    }
  };
  run_alone(session, build, options);
  EXPECT_EQ(events, (std::vector<std::string>{"waiting for another index build"}));
  EXPECT_EQ(state(), IndexState::Valid);
}

}  // namespace
}  // namespace bellows::ddl::concurrent_db_test
