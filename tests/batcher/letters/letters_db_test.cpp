#include "batcher/job/job.hpp"
#include "tests/support/beside.hpp"
#include "tests/support/job_bench.hpp"
#include "tests/support/wait.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>

namespace bellows::batcher::letters_db_test {
namespace {

using namespace std::chrono_literals;
using test::TempDatabase;

class DeadLettersOf : public testing::Test {
 protected:
  DeadLettersOf() { test::make_ledger(db); }

  Outcome run(
      Spec const& spec, Observer observer = [](Event const&) {}, std::int64_t fence = 0) {
    Surroundings surroundings = test::surroundings_of(db, fence);
    surroundings.observe = std::move(observer);
    surroundings.show = [this](Progress const& progress) { last = progress; };
    return run_job(spec, options, surroundings);
  }
  Outcome retry(
      Spec const& spec, Observer observer = [](Event const&) {}) {
    options.retry_dead_letters = true;
    Outcome const outcome = run(spec, std::move(observer));
    options.retry_dead_letters = false;
    return outcome;
  }
  std::string letters() const {
    return db.value(
        "SELECT coalesce(string_agg(row_key->>0, ',' ORDER BY (row_key->>0)::int), '')"
        " FROM bellows.dead_letters");
  }
  std::string left() const {
    return db.value(
        "SELECT coalesce(string_agg(id::text, ',' ORDER BY id), '') FROM t"
        " WHERE copy IS DISTINCT FROM upper(name)");
  }
  bool finished() const {
    return db.value("SELECT finished_at IS NOT NULL FROM bellows.jobs") == "t";
  }
  // Rows whose name holds "bad" can't be written.
  void forbid() const {
    db.run(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF NEW.name ~ 'bad' THEN RAISE EXCEPTION 'row % is bad', NEW.id; END IF;"
        " RETURN NEW; END $$;"
        "CREATE TRIGGER refuse BEFORE UPDATE OF copy ON t FOR EACH ROW EXECUTE FUNCTION refuse()");
  }
  void spoil(std::string const& which) const {
    db.run("ALTER TABLE t DISABLE TRIGGER USER; UPDATE t SET name = 'bad ' || id WHERE " + which +
           "; ALTER TABLE t ENABLE TRIGGER USER");
  }
  void mend(std::string const& which) const {
    db.run("ALTER TABLE t DISABLE TRIGGER USER; UPDATE t SET name = 'good ' || id WHERE " + which +
           "; ALTER TABLE t ENABLE TRIGGER USER");
  }

  TempDatabase db;
  Options options = test::small_batches(16);
  Progress last;
};

TEST_F(DeadLettersOf, BadRowsAreSetAsideAndTheRestIsWritten) {
  test::make_counted_table(db, 500);
  forbid();
  spoil("id IN (1, 77, 78, 300, 500)");
  EXPECT_EQ(run(test::copy_spec()), Outcome::DeadLetters);
  EXPECT_EQ(letters(), "1,77,78,300,500");
  EXPECT_EQ(left(), "1,77,78,300,500");
  EXPECT_EQ(db.value("SELECT count(*) || ' ' || count(DISTINCT id) FROM writes"), "495 495");
  EXPECT_EQ(last.dead_letters, 5);
  EXPECT_EQ(last.rows_written, 495);
  EXPECT_EQ(last.rows_scanned, 500);
  EXPECT_FALSE(finished());

  postgres::Session session = db.session();
  DeadLetters const found = read_dead_letters(session, "j", 2);
  EXPECT_EQ(found.count, 5);
  ASSERT_EQ(found.examples.size(), 2U);
  EXPECT_EQ(found.examples[0].row, "id = 1");
  EXPECT_EQ(found.examples[0].sqlstate, "P0001");
  EXPECT_NE(found.examples[0].message.find("row 1 is bad"), std::string::npos);
  EXPECT_EQ(read_progress(session, "j")->dead_letters, 5);
}

TEST_F(DeadLettersOf, ARunThatIsStartedAgainLeavesThemAlone) {
  test::make_counted_table(db, 50);
  forbid();
  spoil("id = 20");
  EXPECT_EQ(run(test::copy_spec()), Outcome::DeadLetters);
  mend("id = 20");
  EXPECT_EQ(run(test::copy_spec()), Outcome::DeadLetters);
  EXPECT_EQ(left(), "20");
}

TEST_F(DeadLettersOf, AreTriedAgainThoseAndNoOthers) {
  test::make_counted_table(db, 200);
  forbid();
  spoil("id IN (20, 21, 150, 199)");
  EXPECT_EQ(run(test::copy_spec()), Outcome::DeadLetters);
  mend("id IN (20, 150)");
  db.run("DELETE FROM t WHERE id = 199; TRUNCATE writes");
  EXPECT_EQ(retry(test::copy_spec()), Outcome::DeadLetters);
  EXPECT_EQ(letters(), "21");  // gone: mended, and deleted
  EXPECT_EQ(db.value("SELECT string_agg(id::text, ',' ORDER BY id) FROM writes"), "20,150");
  EXPECT_EQ(db.value("SELECT tries FROM bellows.dead_letters"), "2");
  EXPECT_EQ(db.value("SELECT rows_written FROM bellows.lanes"), "198");
  EXPECT_FALSE(finished());
  mend("id = 21");
  EXPECT_EQ(retry(test::copy_spec()), Outcome::Finished);
  EXPECT_EQ(left(), "");
  EXPECT_TRUE(finished());
  EXPECT_EQ(run(test::copy_spec()), Outcome::Finished);
}

TEST_F(DeadLettersOf, ARowThatThePredicateNoLongerTakesHasNothingToBeWritten) {
  test::make_counted_table(db, 30);
  forbid();
  spoil("id = 20");
  Spec spec = test::copy_spec();
  spec.where = "copy IS NULL";
  EXPECT_EQ(run(spec), Outcome::DeadLetters);
  db.run("ALTER TABLE t DISABLE TRIGGER USER; UPDATE t SET copy = 'by hand' WHERE id = 20");
  EXPECT_EQ(retry(spec), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT copy FROM t WHERE id = 20"), "by hand");
}

struct Poison {
  char const* name;
  char const* scene;  // on table t
  char const* set;
  char const* where;
  char const* sqlstate;
};

class PoisonOf : public DeadLettersOf, public testing::WithParamInterface<Poison> {};

TEST_P(PoisonOf, OneRowIsIsolatedWhateverRefusesIt) {
  Poison const& poison = GetParam();
  test::make_counted_table(db, 60);
  db.run(poison.scene);
  Spec spec = test::copy_spec();
  test::set_of(spec).front().second = poison.set;
  spec.where = poison.where;
  EXPECT_EQ(run(spec), Outcome::DeadLetters);
  EXPECT_EQ(letters(), "25");
  EXPECT_EQ(db.value("SELECT sqlstate FROM bellows.dead_letters"), poison.sqlstate);
  EXPECT_EQ(db.value("SELECT count(*) FROM t WHERE copy IS NOT NULL"), "59");
  EXPECT_EQ(db.value("SELECT rows_written FROM bellows.lanes"), "59");
}

INSTANTIATE_TEST_SUITE_P(
    States, PoisonOf,
    testing::Values(
        Poison{"Division", "", "name || 1 / (id - 25)", "", "22012"},
        Poison{"InThePredicate", "", "name", "1 / (id - 25) IS NOT NULL", "22012"},
        Poison{"Cast", "UPDATE t SET name = id; UPDATE t SET name = 'x' WHERE id = 25",
               "name::int::text", "", "22P02"},
        Poison{"NotNull", "ALTER TABLE t ADD CHECK (true), ADD COLUMN n text",
               "CASE WHEN id = 25 THEN (SELECT name FROM t LIMIT 2) ELSE name END", "", "21000"},
        Poison{"Check", "ALTER TABLE t ADD CHECK (copy <> 'NAME 25')", "upper(name)", "", "23514"},
        Poison{"Unique",
               "CREATE UNIQUE INDEX ON t (copy); UPDATE t SET name = 'name 24' WHERE id = 25",
               "upper(name)", "", "23505"},
        Poison{
            "ForeignKey",
            "CREATE TABLE names (n text PRIMARY KEY); INSERT INTO names SELECT upper(name) FROM t"
            " WHERE id <> 25; ALTER TABLE t ADD FOREIGN KEY (copy) REFERENCES names",
            "upper(name)", "", "23503"},
        Poison{
            "DeferredForeignKey",
            "CREATE TABLE names (n text PRIMARY KEY); INSERT INTO names SELECT upper(name) FROM t"
            " WHERE id <> 25; ALTER TABLE t ADD FOREIGN KEY (copy) REFERENCES names"
            " DEFERRABLE INITIALLY DEFERRED",
            "upper(name)", "", "23503"},
        Poison{"Exclusion", "ALTER TABLE t ADD EXCLUDE USING btree (copy WITH =)",
               "CASE id WHEN 25 THEN upper('name 24') ELSE upper(name) END", "", "23P01"},
        Poison{"TooLong", "ALTER TABLE t ALTER copy TYPE varchar(10)",
               "CASE id WHEN 25 THEN repeat('x', 11) ELSE name END", "", "22001"},
        Poison{"TooLargeForItsIndex", "CREATE INDEX ON t (copy)",
               "CASE id WHEN 25 THEN (SELECT string_agg(md5(i::text), '') FROM"
               " generate_series(1, 400) i) ELSE name END",
               "", "54000"}),
    [](auto const& of) { return of.param.name; });

TEST_F(DeadLettersOf, StripedRangesAreSearchedAsWell) {
  options = test::small_batches(64);
  options.stripes = 4;
  test::make_counted_table(db, 1000);
  forbid();
  spoil("id % 97 = 5");
  EXPECT_EQ(run(test::copy_spec()), Outcome::DeadLetters);
  EXPECT_EQ(letters(), "5,102,199,296,393,490,587,684,781,878,975");
  EXPECT_EQ(left(), letters());
  EXPECT_EQ(db.value("SELECT count(*) || ' ' || count(DISTINCT id) FROM writes"), "989 989");
}

TEST_F(DeadLettersOf, SeveralLanesEachSetTheirsAside) {
  options.lanes = 3;
  test::make_counted_table(db, 900);
  forbid();
  spoil("id IN (10, 310, 610, 611)");
  EXPECT_EQ(run(test::copy_spec()), Outcome::DeadLetters);
  EXPECT_EQ(letters(), "10,310,610,611");
  mend("name ~ 'bad'");
  EXPECT_EQ(retry(test::copy_spec()), Outcome::Finished);
  EXPECT_EQ(left(), "");
  EXPECT_EQ(db.value("SELECT sum(rows_written) FROM bellows.lanes"), "900");
}

TEST_F(DeadLettersOf, CompositeKeysAreKeptAndFoundAgain) {
  db.run(
      "CREATE TABLE t (a int, b text, hits int NOT NULL DEFAULT 0 CHECK (hits < 1 OR b <> 'b7'),"
      " PRIMARY KEY (b, a));"
      "INSERT INTO t SELECT i % 2, 'b' || i FROM generate_series(1, 40) i");
  Spec spec = test::copy_spec();
  spec.key = {sql::Identifier("b"), sql::Identifier("a")};
  test::set_of(spec) = {{sql::Identifier("hits"), "hits + 1"}};
  EXPECT_EQ(run(spec), Outcome::DeadLetters);
  postgres::Session session = db.session();
  EXPECT_EQ(read_dead_letters(session, "j", 10).examples.at(0).row, "b = b7, a = 1");
  db.run("ALTER TABLE t DROP CONSTRAINT t_check");
  EXPECT_EQ(retry(spec), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) || ' ' || sum(hits) FROM t"), "40 40");
}

TEST_F(DeadLettersOf, WrongStatementEndsTheRunSoon) {
  test::make_counted_table(db, 5000);
  options = test::small_batches(1000);
  Spec spec = test::copy_spec();
  test::set_of(spec).front().second = "(name::int)::text";
  try {
    run(spec);
    FAIL() << "it ran";
  } catch (TooManyDeadLetters const& failure) {
    EXPECT_EQ(failure.sqlstate, "22P02");
    std::string const message = failure.what();
    EXPECT_NE(message.find("not one of the first 10 rows"), std::string::npos) << message;
    EXPECT_NE(message.find("id = 10 of public.t"), std::string::npos) << message;
  }
  EXPECT_EQ(letters(), "1,2,3,4,5,6,7,8,9");
  EXPECT_EQ(db.value("SELECT cursor_key->>0 FROM bellows.lanes"), "9");
}

TEST_F(DeadLettersOf, LimitStopsBeforeTheRowThatWouldPassIt) {
  test::make_counted_table(db, 300);
  forbid();
  spoil("id IN (50, 100, 150)");
  options.max_dead_letters = 2;
  EXPECT_THROW(run(test::copy_spec()), TooManyDeadLetters);
  EXPECT_EQ(letters(), "50,100");
  EXPECT_EQ(db.value("SELECT cursor_key->>0 FROM bellows.lanes"), "149");
  EXPECT_THROW(run(test::copy_spec()), TooManyDeadLetters);
  options.max_dead_letters = 3;
  EXPECT_EQ(run(test::copy_spec()), Outcome::DeadLetters);
  EXPECT_EQ(letters(), "50,100,150");
}

TEST_F(DeadLettersOf, NoneAtAllNamesTheRowAndKeepsWhatWasDone) {
  test::make_counted_table(db, 60);
  forbid();
  spoil("id = 25");
  options.max_dead_letters = 0;
  EXPECT_THROW(run(test::copy_spec()), TooManyDeadLetters);
  EXPECT_EQ(db.value("SELECT rows_written FROM bellows.lanes"), "24");
  EXPECT_EQ(letters(), "");
  mend("id = 25");
  EXPECT_EQ(run(test::copy_spec()), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) || ' ' || count(DISTINCT id) FROM writes"), "60 60");
}

TEST_F(DeadLettersOf, RowThatStaysLockedForTheWholeBudgetIsSetAside) {
  test::make_counted_table(db, 40);
  options.retry_budget = 4s;
  postgres::Session holder = db.session();
  {
    postgres::Transaction holding = holder.begin();
    holding.run("SELECT FROM t WHERE id = 17 FOR UPDATE");
    EXPECT_EQ(run(test::copy_spec()), Outcome::DeadLetters);
    EXPECT_EQ(letters(), "17");
    EXPECT_EQ(db.value("SELECT sqlstate FROM bellows.dead_letters"), "55P03");
    EXPECT_EQ(retry(test::copy_spec()), Outcome::DeadLetters);
  }
  EXPECT_EQ(retry(test::copy_spec()), Outcome::Finished);
  test::expect_each_row_written_once(db);
}

TEST_F(DeadLettersOf, RowWhoseWriteTakesTooLongIsSetAside) {
  test::make_counted_table(db, 40);
  options.retry_budget = 5s;
  options.statement_timeout = 200ms;
  Spec spec = test::copy_spec();
  test::set_of(spec).front().second =
      "upper(name) || CASE id WHEN 17 THEN left(pg_sleep(60)::text, 0) "
      "ELSE '' END";
  EXPECT_EQ(run(spec), Outcome::DeadLetters);
  EXPECT_EQ(letters(), "17");
  EXPECT_EQ(db.value("SELECT sqlstate FROM bellows.dead_letters"), "57014");
  EXPECT_EQ(left(), "17");
}

// The rows are free; that they can't be written says nothing about them.
TEST_F(DeadLettersOf, LockedTableIsNoRowsFault) {
  test::make_counted_table(db, 40);
  options = test::small_batches(1);
  options.retry_budget = 1s;
  postgres::Session holder = db.session();
  {
    postgres::Transaction holding = holder.begin();
    holding.run("LOCK TABLE t IN SHARE MODE");
    try {
      run(test::copy_spec());
      FAIL() << "it ran";
    } catch (postgres::Failure const& failure) {
      EXPECT_EQ(failure.kind, postgres::FailureKind::LockTimeout);
    }
  }
  EXPECT_EQ(letters(), "");
  EXPECT_EQ(run(test::copy_spec()), Outcome::Finished);
}

TEST_F(DeadLettersOf, NewerFenceStopsARetry) {
  test::make_counted_table(db, 40);
  forbid();
  spoil("id IN (5, 6)");
  EXPECT_EQ(run(test::copy_spec()), Outcome::DeadLetters);
  mend("name ~ 'bad'");
  options.retry_dead_letters = true;
  EXPECT_THROW(run(test::copy_spec(),
                   test::at_event("dead letter settled",
                                  [&] { db.run("UPDATE bellows.lanes SET fence = 9"); }),
                   7),
               LostLease);
  EXPECT_EQ(letters(), "6");
  EXPECT_EQ(left(), "6");
}

TEST_F(DeadLettersOf, TwoRetriesAtOnceWriteEachRowOnce) {
  test::make_counted_table(db, 200);
  forbid();
  spoil("id % 3 = 0 AND id > 20 AND id < 120");
  options.max_dead_letters = 1000;
  EXPECT_EQ(run(test::copy_spec()), Outcome::DeadLetters);
  mend("name ~ 'bad'");
  options.retry_dead_letters = true;
  test::Beside other([&] {
    Surroundings surroundings = test::surroundings_of(db);
    run_job(test::copy_spec(), options, surroundings);
  });
  run(test::copy_spec());
  other.join();
  test::expect_each_row_written_once(db);
  EXPECT_EQ(letters(), "");
  EXPECT_TRUE(finished());
  EXPECT_EQ(db.value("SELECT rows_written FROM bellows.lanes"), "200");
}

// What a run that dies at its k-th event leaves behind, the next one finishes: the same letters,
// the same rows, each written once.
class DeadLettersDivided : public DeadLettersOf,
                           public testing::WithParamInterface<std::pair<int, int>> {};

INSTANTIATE_TEST_SUITE_P(LanesAndStripes, DeadLettersDivided,
                         testing::Values(std::pair{1, 1}, std::pair{1, 3}, std::pair{2, 1}),
                         [](auto const& of) {
                           return fmt::format("Lanes{}Stripes{}", of.param.first, of.param.second);
                         });

TEST_P(DeadLettersDivided, FromACrashAtEveryEventTheEndIsTheSame) {
  test::make_counted_table(db, 20);
  forbid();
  options = test::small_batches(10);
  options.lanes = GetParam().first;
  options.stripes = GetParam().second;
  int k = 1;
  for (bool crashed = true; crashed; ++k) {
    SCOPED_TRACE(fmt::format("crash at event {}", k));
    db.run(
        "ALTER TABLE t DISABLE TRIGGER USER; UPDATE t SET copy = NULL, name = 'name ' || id;"
        "DELETE FROM bellows.jobs; TRUNCATE writes; ALTER TABLE t ENABLE TRIGGER USER");
    spoil("id IN (7, 8)");
    crashed = false;

    try {
      run(test::copy_spec(), test::crash_at(k));
    } catch (test::CrashedHere const&) {
      crashed = true;
      EXPECT_EQ(run(test::copy_spec()), Outcome::DeadLetters);
    }
    ASSERT_EQ(letters(), "7,8");
    ASSERT_EQ(left(), "7,8");
    mend("name ~ 'bad'");
    if (!crashed) {
      break;
    }
    try {  // and the retry dies at its own k-th event
      retry(test::copy_spec(), test::crash_at(k));
    } catch (test::CrashedHere const&) {
      options.retry_dead_letters = false;
      EXPECT_EQ(retry(test::copy_spec()), Outcome::Finished);
    }
    test::expect_each_row_written_once(db);
    EXPECT_EQ(letters(), "");
    EXPECT_TRUE(finished());
    EXPECT_EQ(db.value("SELECT sum(rows_written) FROM bellows.lanes"), "20");
  }
  EXPECT_GT(k, 50);
}

TEST_F(DeadLettersOf, TerminatedInMidSearchItGoesOn) {
  test::make_counted_table(db, 100);
  forbid();
  spoil("id IN (33, 34)");
  int terminated = 0;
  auto const terminate = [&] {
    terminated += std::stoi(db.value(
        "SELECT count(*) FROM (SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE application_name = 'bellows backfill' AND datname = current_database()) x"));
  };
  std::set<std::string> seen;
  Observer const observe = [&](Event const& event) {
    for (char const* what : {"bad row ahead", "row set aside", "dead letter begins",
                             "dead letter tried", "dead letter settled"}) {
      if (event.what == what && seen.insert(what).second) {
        terminate();
      }
    }
  };
  EXPECT_EQ(run(test::copy_spec(), observe), Outcome::DeadLetters);
  EXPECT_EQ(letters(), "33,34");
  mend("name ~ 'bad'");
  EXPECT_EQ(retry(test::copy_spec(), observe), Outcome::Finished);
  EXPECT_EQ(terminated, 5);
  test::expect_each_row_written_once(db);
}

}  // namespace
}  // namespace bellows::batcher::letters_db_test
