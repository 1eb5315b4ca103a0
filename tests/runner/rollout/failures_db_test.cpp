#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <csignal>
#include <optional>
#include <string>
#include <unistd.h>
#include <vector>

/// A run that fails, is stopped, or meets a closed gate: the exit code, the words, what is left,
/// and how it goes on.
namespace bellows::test::failures_db_test {
namespace {

void expect_said(Ran const& ran, int code, std::vector<std::string> const& words) {
  EXPECT_EQ(ran.code, code) << ran.said << ran.answer;
  for (std::string const& word : words) {
    EXPECT_NE(ran.said.find(word), std::string::npos) << "not said: " << word << "\n" << ran.said;
  }
}

std::string users(int rows) {
  return fmt::format(
      "CREATE TABLE users (id int PRIMARY KEY, name text, visits int NOT NULL DEFAULT 0);"
      "CREATE INDEX users_name ON users (name);"
      "INSERT INTO users (id, name) SELECT g, 'n' || g FROM generate_series(1, {}) g;"
      "CREATE TABLE writes (id int);"
      "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$"
      "BEGIN INSERT INTO writes VALUES (NEW.id); RETURN NULL; END $$;"
      "CREATE TRIGGER note AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION note();",
      rows);
}

using Words = std::vector<std::string>;

std::vector<std::string> const small_batches{"--batch-rows", "10", "--batch-max-rows", "10"};

std::vector<std::string> with(std::vector<std::string> command,
                              std::vector<std::string> const& more) {
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

/// Schema and rows: what an abort has to bring back.
std::string world(RenameBench const& t) {
  return t.schema() +
         t.db.value(
             "SELECT string_agg((to_jsonb(u) - 'display_name')::text, E'\\n' ORDER BY id) "
             "FROM users u");
}

void expect_runs_to_the_end(RenameBench const& t, int rows) {
  t.expand();
  t.backfill();
  t.contract();
  EXPECT_EQ(t.db.value("SELECT count(*) FROM users WHERE display_name = 'n' || id"),
            std::to_string(rows));
  EXPECT_EQ(leftovers(t.db), "");
}

TEST(Failure, OfADirectMigrationLeavesNothingAndTheMendedFileRuns) {
  TempDatabase const db;
  db.run(users(3));
  Project const project(db.conninfo());
  project.migration("1_extra",
                    "CREATE TABLE extra (id int);\nINSERT INTO users VALUES (1, 'x');\n");
  Ran const first = project.run({"up"});
  expect_said(first, 6, {"1_extra.sql:2:1: ", "23505", "statement", "next: "});
  EXPECT_EQ(db.value("SELECT count(*) FROM pg_class WHERE relname = 'extra'"), "0");
  EXPECT_EQ(db.value("SELECT count(*) FROM bellows.migrations"), "0");
  project.migration("1_extra", "CREATE TABLE extra (id int);\n");
  Ran const second = project.run({"up"});
  EXPECT_EQ(second.code, 0) << second.said;
  EXPECT_EQ(db.value("SELECT count(*) FROM pg_class WHERE relname = 'extra'"), "1");
}

constexpr char const* holy_row =
    "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
    "BEGIN IF NEW.id = 45 THEN RAISE EXCEPTION 'row 45 is holy'; END IF; RETURN NEW; END $$;"
    "CREATE TRIGGER refuse BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION refuse();";

TEST(Failure, HalfWayIsResumedOnceItsCauseIsGone) {
  RenameBench const t(users(60));
  t.db.run(holy_row);
  Ran const up = t.project.run(with({"up", "--max-dead-letters", "0"}, small_batches));
  expect_said(up, 7, {".sql:1:1: ", "id = 45", "row 45 is holy", "bellows resume"});
  EXPECT_EQ(t.state(), "failed");
  EXPECT_EQ(t.db.value("SELECT sqlstate || ' ' || failed_step FROM bellows.migrations"),
            "P0001 copy");
  Ran const status = t.must({"status"});
  EXPECT_NE(status.answer.find("row 45 is holy"), std::string::npos) << status.answer;
  t.db.run("DROP TRIGGER refuse ON users");
  t.must(with({"resume"}, small_batches));
  EXPECT_EQ(t.state(), "backfilled");
  EXPECT_EQ(t.db.value("SELECT count(*) || ' ' || count(DISTINCT id) FROM writes"), "60 60");
  t.contract();
}

TEST(DeadLetters, HoldABackfillBackUntilTheirRowsAreMended) {
  RenameBench const t(users(60));
  t.db.run(holy_row);
  Ran const up = t.project.run(with({"up"}, small_batches));
  expect_said(up, 7,
              {".sql:1:1: ", "a row of public.users", "dead letters", "id = 45", "P0001",
               "row 45 is holy", "bellows resume --retry-dead-letters"});
  EXPECT_EQ(t.state(), "failed");
  EXPECT_EQ(t.db.value("SELECT count(*) || ' ' || count(DISTINCT id) FROM writes"), "59 59");

  Ran const status = t.must({"status"});
  for (char const* word : {"1 row in the dead letters", "id = 45 (SQLSTATE P0001)",
                           "next: mend the data, then bellows resume --retry-dead-letters"}) {
    EXPECT_NE(status.answer.find(word), std::string::npos) << word << "\n" << status.answer;
  }
  Ran const dry = t.project.run({"up", "--dry-run"});
  EXPECT_EQ(dry.code, 7) << dry.said;
  for (char const* word : {"up would end here: ", "a row of public.users", "row 45 is holy",
                           "next: `bellows status` shows them"}) {
    EXPECT_NE(dry.answer.find(word), std::string::npos) << word << "\n" << dry.answer;
  }
  EXPECT_EQ(dry.answer.find("reads every row"), std::string::npos) << dry.answer;
  auto const json = nlohmann::json::parse(t.must({"status", "--format", "json"}).answer);
  EXPECT_EQ(json["migrations"][0]["dead_letters"]["count"], 1);
  EXPECT_EQ(json["migrations"][0]["dead_letters"]["examples"][0]["row"], "id = 45");

  expect_said(t.project.run({"resume"}), 7, {"dead letters", "id = 45"});  // not by itself
  expect_said(t.project.run({"contract", rename_name, "--quiet-period", "0"}), 5,
              {"contract", "bellows resume --retry-dead-letters"});
  expect_said(t.project.run({"resume", "--retry-dead-letters"}), 7, {"id = 45"});
  t.db.run("DROP TRIGGER refuse ON users");
  Ran const mended = t.must({"resume", "--retry-dead-letters"});
  EXPECT_NE(mended.said.find("verified 60 rows"), std::string::npos) << mended.said;
  EXPECT_EQ(t.state(), "backfilled");
  EXPECT_EQ(t.db.value("SELECT count(*) || ' ' || count(DISTINCT id) FROM writes"), "60 60");
  EXPECT_EQ(t.db.value("SELECT count(*) FROM bellows.dead_letters"), "0");
  t.contract();
}

TEST(DeadLetters, ARetryThatWasKilledIsToldAsSuch) {
  RenameBench const t(users(60));
  t.db.run(holy_row);
  EXPECT_EQ(t.project.run(with({"up"}, small_batches)).code, 7);
  t.db.run("DROP TRIGGER refuse ON users");
  auto const dies = [](Event const& event) {
    if (event.what == "dead letter begins") {
      ::_exit(9);
    }
  };
  Words const retry{"resume", "--retry-dead-letters"};
  ASSERT_EQ(t.project.run_observed({retry}, dies).code, 9);
  EXPECT_EQ(t.state(), "backfilling");
  Ran const status = t.must({"status"});
  EXPECT_NE(status.answer.find("next: bellows resume --retry-dead-letters"), std::string::npos)
      << status.answer;
  expect_said(t.must(retry), 0, {"verified 60 rows"});
  EXPECT_EQ(t.state(), "backfilled");
}

TEST(DeadLetters, ExpandOfWhatHasFailedSinceIsNoSuccess) {
  RenameBench const t(users(60));
  t.db.run(holy_row);
  EXPECT_EQ(t.project.run(with({"up"}, small_batches)).code, 7);
  expect_said(t.project.run({"expand", rename_name}), 7,
              {"expand is done, but it has failed in backfill since", "id = 45",
               "next: mend the data, then bellows resume --retry-dead-letters"});
}

TEST(DeadLetters, AreGoneWithAnAbort) {
  RenameBench const t(users(60));
  t.db.run(holy_row);
  EXPECT_EQ(t.project.run(with({"up"}, small_batches)).code, 7);
  t.must({"abort", rename_name});
  EXPECT_EQ(t.db.value("SELECT count(*) FROM bellows.dead_letters"), "0");
  t.db.run("DROP TRIGGER refuse ON users; TRUNCATE writes");
  expect_runs_to_the_end(t, 60);
}

TEST(DeadLetters, StatementThatFailsEverywhereEndsTheRunAtOnce) {
  RenameBench const t(users(60));
  t.db.run(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
      "BEGIN RAISE EXCEPTION 'read only today'; END $$;"
      "CREATE TRIGGER refuse BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION refuse();");
  expect_said(t.project.run(with({"up"}, small_batches)), 7,
              {"not one of the first 10 rows", "id = 10", "read only today", "bellows abort",
               "--max-dead-letters"});
  t.db.run("DROP TRIGGER refuse ON users");
  t.must({"resume", "--retry-dead-letters"});
  EXPECT_EQ(t.db.value("SELECT count(*) || ' ' || count(DISTINCT id) FROM writes"), "60 60");
  t.contract();
}

constexpr char const* enable_always =
    "DO $x$ DECLARE sync name; BEGIN FOR sync IN SELECT tgname FROM pg_trigger WHERE tgname LIKE"
    " '%bellows_sync%' LOOP EXECUTE format('ALTER TABLE users ENABLE ALWAYS TRIGGER %I', sync);"
    " END LOOP; END $x$";

TEST(Failure, VerifyNamesTheRowThatSomebodyWroteWithTriggersOff) {
  RenameBench const t(users(30));
  t.expand();
  t.db.run(
      "ALTER TABLE users DISABLE TRIGGER ALL;"
      "UPDATE users SET name = 'a', display_name = 'b' WHERE id = 7;");
  t.db.run(enable_always);
  expect_said(t.project.run({"up"}), 7, {"1 of 30 rows", "7", "out of step", "bellows resume"});
  EXPECT_EQ(t.state(), "failed");
  expect_said(t.project.run({"contract", rename_name, "--quiet-period", "0"}), 5, {"contract"});
  t.db.run("UPDATE users SET name = 'b' WHERE id = 7");
  t.must({"resume"});
  EXPECT_EQ(t.db.value("SELECT display_name FROM users WHERE id = 7"), "b");
}

/// Somebody reads the table in a transaction that stays open.
struct Reader {
  explicit Reader(TempDatabase const& db) : session(db.session("night report")) {
    transaction.emplace(session.begin());
    transaction->run("SELECT count(*) FROM users");
  }
  postgres::Session session;
  std::optional<postgres::Transaction> transaction;
};

TEST(LockBudget, SpentInADirectMigrationChangesNothing) {
  TempDatabase const db;
  db.run(users(3));
  Project const project(db.conninfo());
  project.migration("1_email", "ALTER TABLE users ADD COLUMN email text;\n");
  Reader reader(db);
  expect_said(project.run({"up", "--lock-budget", "300ms"}), 6,
              {"night report", std::to_string(reader.session.backend_pid()), "public.users",
               "idle in transaction"});
  EXPECT_EQ(db.value("SELECT count(*) FROM bellows.migrations"), "0");
  reader.transaction.reset();
  EXPECT_EQ(project.run({"up", "--lock-budget", "20s"}).code, 0);
}

TEST(LockBudget, SpentHalfWayIsResumed) {
  RenameBench const t(users(20));
  std::string const before = world(t);
  Reader reader(t.db);
  expect_said(t.project.run({"up", "--lock-budget", "300ms"}), 7, {"night report", "bellows"});
  EXPECT_EQ(t.db.value("SELECT sqlstate FROM bellows.migrations"), "55P03");
  reader.transaction.reset();
  t.must({"abort", rename_name});  // from a failed expand
  EXPECT_EQ(world(t), before);
  expect_runs_to_the_end(t, 20);
}

/// Expand's trial of the table's own triggers writes through the old side, and is not counted.
constexpr char const* one_write = "1 write came through the old side";

TEST(Gate, ClosedLeavesEverythingAsItWas) {
  RenameBench const t(users(20));
  t.must({"up"});
  auto app = t.db.session("old application");
  app.run("UPDATE users SET name = 'n1' || name WHERE id > 100");
  app.run("INSERT INTO users (id, name) VALUES (21, 'n21')");
  expect_said(t.project.run({"contract", "--quiet-period", "1h", "--gate-wait", "0"}), 8,
              {"old-side-quiet", one_write, "--force old-side-quiet"});
  EXPECT_EQ(t.state(), "backfilled");
  app.run("INSERT INTO users (id, name) VALUES (22, 'n22')");
  EXPECT_EQ(t.db.value("SELECT display_name FROM users WHERE id = 22"), "n22");

  expect_said(t.project.run({"contract", "--force", "old-side-quiet"}), 2, {"--because"});
  expect_said(t.project.run({"contract", "--force", "no-gate", "--because", "x"}), 2, {"no-gate"});
  EXPECT_EQ(t.state(), "backfilled");
  t.must({"contract", "--force", "old-side-quiet", "--because", "the old code is gone"});
  EXPECT_EQ(t.state(), "contracted");
  EXPECT_EQ(t.db.value("SELECT what || ': ' || detail FROM bellows.events WHERE what ~ 'forced'"),
            "gate forced: the old code is gone");
}

TEST(Gate, ThatIsClosedKeepsNoOtherMigrationBack) {
  RenameBench const t(users(20) + "CREATE TABLE items (id int PRIMARY KEY, label text);");
  std::string const other = "20260302090000_other";
  t.project.migration(other, "ALTER TABLE items RENAME COLUMN label TO title;\n");
  t.must({"plan", other, "--database-url", t.db.conninfo()});
  t.must({"up"});
  t.db.run(
      "CREATE FUNCTION says() RETURNS trigger LANGUAGE plpgsql AS "
      "$$BEGIN NEW.name := NEW.name; RETURN NEW; END $$;"
      "CREATE TRIGGER says BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION says()");
  Ran const contract = t.project.run({"contract", "--quiet-period", "0"});
  expect_said(contract, 8, {"gate triggers-without-old-name", "says"});
  EXPECT_NE(contract.answer.find("contracted: " + other + "\n"), std::string::npos)
      << contract.answer;
  EXPECT_EQ(t.db.value("SELECT string_agg(state, ' ' ORDER BY name) FROM bellows.migrations"),
            "backfilled contracted");
  EXPECT_EQ(contract.answer.find("nothing to contract"), std::string::npos) << contract.answer;
}

TEST(Gate, OpensWhenTheOldSideIsQuietAndNotBefore) {
  RenameBench const t(users(20));
  t.must({"up"});
  auto app = t.db.session("old application");
  int const pid = t.project.start({"contract", "--quiet-period", "1s", "--gate-wait", "60s"});
  auto const looked = [&] {
    return t.db.value(
        "SELECT count(*) FROM bellows.gates WHERE migration = '20260301090000_rename'");
  };
  wait_until([&] { return looked() == "1"; }, "the gate to be looked at");
  app.run("INSERT INTO users (id, name) VALUES (21, 'n21')");
  Ran const contract = t.project.wait(pid);
  expect_said(contract, 0, {one_write});
  EXPECT_EQ(t.state(), "contracted");
}

TEST(Abort, FromExpanded) {
  RenameBench const t(users(20));
  std::string const before = world(t);
  t.expand();
  t.must({"abort", rename_name});
  EXPECT_EQ(t.state(), "aborted");
  EXPECT_EQ(world(t), before);
  expect_runs_to_the_end(t, 20);
}

TEST(Abort, FromBackfilledAndUpLeavesItOut) {
  RenameBench const t(users(20));
  std::string const before = world(t);
  t.must({"up"});
  t.must({"abort", rename_name});
  EXPECT_EQ(world(t), before);
  expect_said(t.project.run({"up"}), 0, {"was aborted and is left out"});
  EXPECT_EQ(world(t), before);
  Ran const again = t.must({"abort", rename_name});
  EXPECT_NE(again.answer.find("nothing to take back"), std::string::npos) << again.answer;
  expect_runs_to_the_end(t, 20);
}

TEST(Abort, FromTheMiddleOfABackfillAndWhatTheNewSideWroteStays) {
  RenameBench const t(users(60));
  t.expand();
  t.db.run("UPDATE users SET display_name = 'new' WHERE id = 5");
  int batches = 0;
  Ran const killed =
      t.project.run_observed({with({"backfill", rename_name}, small_batches)}, [&](auto const& e) {
        if (e.what == "batch committed" && ++batches == 3) {
          ::kill(::getpid(), SIGKILL);
        }
      });
  ASSERT_EQ(killed.code, 128 + SIGKILL) << killed.said;
  EXPECT_EQ(t.state(), "backfilling");
  t.must({"abort", rename_name});
  EXPECT_EQ(t.state(), "aborted");
  EXPECT_EQ(t.db.value("SELECT string_agg(name, ',' ORDER BY id) FROM users WHERE id < 7"),
            "n1,n2,n3,n4,new,n6");
  t.db.run("UPDATE users SET name = 'n5' WHERE id = 5");
  expect_runs_to_the_end(t, 60);
}

TEST(Abort, AfterContractIsRefused) {
  RenameBench const t(users(5));
  t.must({"up"});
  t.contract();
  expect_said(t.project.run({"abort", rename_name}), 5, {"is contracted", "next: "});
}

TEST(Abort, KilledAtEveryEventIsFinishedByResume) {
  RenameBench const t(users(10));
  std::string const before = world(t);
  int events = 0;
  for (int k = 1;; ++k) {
    t.must({"expand", rename_name});
    t.must({"backfill", rename_name});
    Ran const abort = t.project.run_observed({{"abort", rename_name}}, die_at(k));
    if (abort.code == 0) {
      break;
    }
    ASSERT_EQ(abort.code, 128 + SIGKILL) << abort.said;
    ++events;
    if (t.state() == "aborting") {
      t.must({"resume"});
    } else if (t.state() == "backfilled") {  // it died before it had begun
      t.must({"abort", rename_name});
    }
    ASSERT_EQ(t.state(), "aborted") << "after dying at event " << k;
    ASSERT_EQ(world(t), before) << "after dying at event " << k;
  }
  EXPECT_GT(events, 10);
  EXPECT_EQ(world(t), before);
  expect_runs_to_the_end(t, 10);
}

std::int64_t written(RenameBench const& t) {
  return std::stoll(t.db.value("SELECT count(*) FROM writes"));
}

TEST(Signals, TheFirstFinishesTheBatchAndResumeGoesOn) {
  constexpr int rows = 2000;
  RenameBench const t(users(rows));
  t.expand();
  int const pid =
      t.project.start(with({"backfill", rename_name, "--batch-pause", "20ms"}, small_batches));
  wait_until([&] { return written(t) >= 30; }, "some batches");
  ::kill(pid, SIGTERM);
  expect_said(t.project.wait(pid), 143, {"bellows resume"});
  std::int64_t const so_far = written(t);
  EXPECT_LT(so_far, rows);
  EXPECT_EQ(so_far % 10, 0) << "a batch was cut in two";
  EXPECT_EQ(t.state(), "backfilling");
  EXPECT_EQ(t.db.value("SELECT count(*) FROM users WHERE display_name IS NOT NULL"),
            std::to_string(so_far));
  t.must({"resume"});
  EXPECT_EQ(t.state(), "backfilled");
  EXPECT_EQ(t.db.value("SELECT count(*) || ' ' || count(DISTINCT id) FROM writes"), "2000 2000");
}

TEST(Signals, TheSecondCancelsTheBatch) {
  RenameBench const t(users(60) +
                      "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$"
                      "BEGIN IF NEW.id = 45 THEN PERFORM pg_sleep(120); END IF; RETURN NEW; END $$;"
                      "CREATE TRIGGER slow BEFORE UPDATE ON users FOR EACH ROW "
                      "EXECUTE FUNCTION slow();");
  t.expand();
  int const pid =
      t.project.start(with({"backfill", rename_name, "--batch-target", "60s"}, small_batches));
  auto const asleep = [&] {
    return t.db.value(
               "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' "
               "AND datname = current_database()") == "1";
  };
  wait_until(asleep, "the slow row");
  ::kill(pid, SIGINT);
  // The first is noticed, and the batch goes on: nothing can be asked about that but its working.
  wait_until([&] { return asleep() && written(t) == 40; }, "the batch to go on");
  ::kill(pid, SIGTERM);  // another one: two of a kind that are pending become one
  expect_said(t.project.wait(pid), 130, {"bellows resume"});
  wait_until([&] { return !asleep(); }, "the batch to be cancelled");
  EXPECT_EQ(written(t), 40);
  t.db.run("DROP TRIGGER slow ON users");
  t.must({"resume"});
  EXPECT_EQ(t.db.value("SELECT count(*) || ' ' || count(DISTINCT id) FROM writes"), "60 60");
}

TEST(OthersLocks, ATableLockedByOthersIsWaitedForInTheBackfill) {
  RenameBench const t(users(60));
  t.expand();
  auto other = t.db.session("maintenance");
  std::optional<postgres::Transaction> lock(other.begin());
  lock->run("LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE");
  int const pid = t.project.start(with({"backfill", rename_name}, small_batches));
  auto watcher = t.db.session("watcher");
  wait_until_somebody_blocked(watcher, "bellows");
  EXPECT_EQ(written(t), 0);
  lock.reset();
  Ran const backfill = t.project.wait(pid);
  EXPECT_EQ(backfill.code, 0) << backfill.said;
  EXPECT_EQ(t.db.value("SELECT count(*) || ' ' || count(DISTINCT id) FROM writes"), "60 60");
}

}  // namespace
}  // namespace bellows::test::failures_db_test
