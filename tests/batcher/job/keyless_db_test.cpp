#include "batcher/job/job.hpp"
#include "tests/support/job_bench.hpp"
#include "tests/support/wait.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

/// Tables that have no key, and rows that have none: reached by their pages.
namespace bellows::batcher::keyless_db_test {
namespace {

using test::TempDatabase;

class Keyless : public testing::Test {
 protected:
  Keyless() { test::make_ledger(db); }

  // A table without a key; `writes` has a row for each time that the backfill wrote one.
  void make_table(int rows, std::string const& columns = "id int", std::string const& tail = "") {
    db.run(
        fmt::format("CREATE TABLE t ({}, name text, copy text, pad text) {};"
                    "CREATE TABLE writes (id int);"
                    "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
                    " $$ BEGIN IF current_setting('bellows.backfill', true) = 'on' THEN"
                    "   INSERT INTO public.writes VALUES (NEW.id); END IF; RETURN NEW; END $$;"
                    "CREATE TRIGGER noted BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note()",
                    columns, tail));
    if (rows > 0) {
      db.run(
          fmt::format("INSERT INTO t (id, name, pad) SELECT i, 'name ' || i, repeat('x', 200)"
                      " FROM generate_series(1, {}) AS i",
                      rows));
    }
  }

  static Spec spec() {
    Spec spec = test::copy_spec();
    spec.key.clear();
    spec.where = "copy IS DISTINCT FROM upper(t.name) -- due";
    return spec;
  }

  Outcome run(Spec const& spec, Options const& options = test::small_batches(50)) {
    Surroundings surroundings = test::surroundings_of(db);
    return run_job(spec, options, surroundings);
  }

  // Runs, dying at the k-th event of each run, k = 1, 2, …: so at every event there is.
  int run_dying_everywhere(Spec const& spec, Options const& options) {
    for (int k = 1; k < 2'000; ++k) {
      Surroundings surroundings = test::surroundings_of(db);
      surroundings.observe = test::crash_at(k);
      try {
        EXPECT_EQ(run_job(spec, options, surroundings), Outcome::Finished);
        return k;
      } catch (test::CrashedHere const&) {
        continue;
      }
    }
    return 0;
  }

  // The walk that the job is in, and how many rows it has written.
  std::string lane() const {
    return db.value("SELECT cursor_key->>0 || ' ' || rows_written FROM bellows.lanes");
  }

  TempDatabase db;
};

TEST_F(Keyless, WritesEveryRowOnceAndLooksOnceMore) {
  make_table(1'000);
  EXPECT_EQ(run(spec()), Outcome::Finished);
  test::expect_each_row_written_once(db);
  EXPECT_EQ(lane(), "2 1000");
  EXPECT_EQ(db.value("SELECT finished_at IS NOT NULL FROM bellows.jobs"), "t");
}

TEST_F(Keyless, EmptyTableIsFinishedAtOnce) {
  make_table(0);
  EXPECT_EQ(run(spec()), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT finished AND batch = 0 FROM bellows.lanes"), "t");
}

TEST_F(Keyless, DiesAtEveryEventAndWritesEachRowOnce) {
  make_table(60);
  EXPECT_GT(run_dying_everywhere(spec(), test::small_batches(13)), 12);
  test::expect_each_row_written_once(db);
  EXPECT_EQ(db.value("SELECT rows_written FROM bellows.lanes"), "60");
}

// Room comes to be behind the walk, and a row of a full page ahead moves there.
TEST_F(Keyless, RowThatMovesBehindTheWalkIsFoundByTheNextOne) {
  make_table(400);
  int batches = 0;
  std::string place;
  Surroundings surroundings = test::surroundings_of(db);
  surroundings.observe = test::at_event("batch committed", [&] {
    if (++batches == 5) {
      db.run("DELETE FROM t WHERE id <= 60");
      db.session().run("VACUUM t");
      db.run("UPDATE t SET name = 'moved', pad = repeat('y', 300) WHERE id = 350");
      place = db.value("SELECT ctid FROM t WHERE id = 350");
    }
  });
  EXPECT_EQ(run_job(spec(), test::small_batches(50), surroundings), Outcome::Finished);
  EXPECT_LT(std::stoi(place.substr(1)), 5) << place << ": it did not move behind the walk";
  EXPECT_EQ(db.value("SELECT copy FROM t WHERE id = 350"), "MOVED");
  test::expect_each_row_written_once(db);
  EXPECT_EQ(lane(), "3 400");
}

// What nothing corrects on its way in is found by the next walk, and the next: but not for ever.
TEST_F(Keyless, EndsWhileRowsThatMatchAreInserted) {
  make_table(300);
  int next = 1'000;
  Surroundings surroundings = test::surroundings_of(db);
  surroundings.observe = test::at_event("batch committed", [&] {
    db.run(fmt::format("INSERT INTO t (id, name) SELECT i, 'new' FROM generate_series({}, {}) i",
                       next, next + 29));
    next += 30;
  });
  EXPECT_EQ(run_job(spec(), test::small_batches(50), surroundings), Outcome::Finished);
  EXPECT_EQ(
      db.value("SELECT count(*) FROM t WHERE id <= 300 AND copy IS DISTINCT FROM upper(name)"),
      "0");
  EXPECT_EQ(db.value("SELECT count(*) FROM writes GROUP BY id HAVING count(*) > 1"), "");
  EXPECT_EQ(db.value("SELECT cursor_key->>0 FROM bellows.lanes"), "8");
}

TEST_F(Keyless, WithWritersBesideNoRowIsLeftAndNoneIsWrittenTwice) {
  make_table(2'000);
  // The application's writes are right by themselves, as behind a sync trigger.
  std::atomic<bool> over = false;
  auto const writer = [&](int from) {
    postgres::Session session = db.session();
    for (int i = 0; !over; ++i) {
      int const id = from + (i * 37) % 1'000;
      session.run(
          fmt::format("UPDATE t SET name = 'w' || name, copy = upper('w' || name),"
                      " pad = repeat('z', {}) WHERE id = {}",
                      50 + (i * 91) % 300, id));
    }
  };
  std::thread one(writer, 1);
  std::thread other(writer, 1'001);
  Options options = test::small_batches(100);
  options.min_rows = 1;
  Outcome const outcome = run(spec(), options);
  over = true;
  one.join();
  other.join();
  EXPECT_EQ(outcome, Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) FROM t WHERE copy IS DISTINCT FROM upper(name)"), "0");
  EXPECT_EQ(db.value("SELECT count(*) FROM writes GROUP BY id HAVING count(*) > 1"), "");
}

TEST_F(Keyless, ConditionThatStaysTrueIsRefusedBeforeARowIsWrittenTwice) {
  make_table(100);
  Spec again = spec();
  again.where = "id > 0";
  try {
    run(again);
    FAIL() << "it ran";
  } catch (postgres::Failure const& failure) {
    EXPECT_EQ(failure.kind, postgres::FailureKind::Permanent);
    EXPECT_NE(std::string(failure.what()).find("still match \"id > 0\""), std::string::npos)
        << failure.what();
  }
  EXPECT_EQ(db.value("SELECT count(*) FROM writes"), "0");
}

TEST_F(Keyless, WithoutAConditionOrAsACopyItIsRefused) {
  make_table(10);
  Spec every = spec();
  every.where.clear();
  EXPECT_THROW(run(every), std::invalid_argument);
  every.action = Delete{};
  EXPECT_THROW(run(every), std::invalid_argument);
  Spec copy = spec();
  copy.action = Copy{sql::parse_qualified_name("public.writes"), {{sql::Identifier("id"), "id"}}};
  EXPECT_THROW(run(copy), std::invalid_argument);
}

TEST_F(Keyless, Deletes) {
  make_table(500);
  Spec spec = Keyless::spec();
  spec.action = Delete{};
  spec.where = "t.id % 3 = 0";
  EXPECT_EQ(run(spec), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) FROM t"), "334");
  EXPECT_EQ(lane(), "2 166");
}

TEST_F(Keyless, PartitionsAndChildrenOneByOne) {
  make_table(0, "id int", "PARTITION BY LIST (id)");
  db.run(
      "CREATE TABLE t0 PARTITION OF t FOR VALUES IN (0);"
      "CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);"
      "CREATE TABLE t2 PARTITION OF t DEFAULT PARTITION BY LIST (id);"
      "CREATE TABLE t20 PARTITION OF t2 DEFAULT;"
      "INSERT INTO t (id, name) SELECT CASE WHEN i % 3 = 0 THEN 0 ELSE 100 + i END, 'n' || i"
      " FROM generate_series(1, 300) i");
  EXPECT_GT(run_dying_everywhere(spec(), test::small_batches(40)), 20);
  EXPECT_EQ(db.value("SELECT count(*) FROM t WHERE copy IS DISTINCT FROM upper(name)"), "0");
  EXPECT_EQ(db.value("SELECT count(*) FROM writes"), "300");
  Spec moving = spec();
  moving.id = "moving";
  test::set_of(moving) = {{sql::Identifier("id"), "1"}};
  EXPECT_THROW(run(moving), std::invalid_argument);
}

TEST_F(Keyless, ChildrenByInheritance) {
  make_table(100);
  db.run("CREATE TABLE child () INHERITS (t); INSERT INTO child (id, name) VALUES (-1, 'child')");
  EXPECT_EQ(run(spec()), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) FROM t WHERE copy IS DISTINCT FROM upper(name)"), "0");
}

TEST_F(Keyless, RowThatMovesToAnotherPartitionIsFound) {
  make_table(0, "id int", "PARTITION BY RANGE (id)");
  db.run(
      "CREATE TABLE t0 PARTITION OF t FOR VALUES FROM (0) TO (100);"
      "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (100) TO (200);"
      "INSERT INTO t (id, name) SELECT i, 'n' || i FROM generate_series(0, 199) i");
  bool moved = false;
  Surroundings surroundings = test::surroundings_of(db);
  surroundings.observe = test::at_event("batch committed", [&] {
    if (!moved && db.value("SELECT rows_written >= 100 FROM bellows.lanes") == "t") {
      db.run("UPDATE t SET id = 50 WHERE id = 199");
      moved = true;
    }
  });
  EXPECT_EQ(run_job(spec(), test::small_batches(50), surroundings), Outcome::Finished);
  EXPECT_TRUE(moved);
  EXPECT_EQ(db.value("SELECT count(*) FROM t WHERE copy IS DISTINCT FROM upper(name)"), "0");
}

// Its rows are no longer the table's; the others still are.
TEST_F(Keyless, PartitionThatIsDroppedOrDetachedIsLeft) {
  for (char const* change : {"DROP TABLE t0", "ALTER TABLE t DETACH PARTITION t0"}) {
    TempDatabase const own;
    test::make_ledger(own);
    own.run(
        "CREATE TABLE t (id int, name text, copy text) PARTITION BY RANGE (id);"
        "CREATE TABLE t0 PARTITION OF t FOR VALUES FROM (0) TO (100);"
        "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (100) TO (200);"
        "INSERT INTO t (id, name) SELECT i, 'n' || i FROM generate_series(0, 199) i");
    bool changed = false;
    Surroundings surroundings = test::surroundings_of(own);
    surroundings.observe = test::at_event("batch committed", [&] {
      if (!changed && own.value("SELECT rows_written > 0 FROM bellows.lanes") == "t") {
        EXPECT_EQ(own.value("SELECT count(copy) BETWEEN 1 AND 99 FROM t0"), "t");
        own.run(change);
        changed = true;
      }
    });
    EXPECT_EQ(run_job(spec(), test::small_batches(20), surroundings), Outcome::Finished) << change;
    EXPECT_TRUE(changed);
    EXPECT_EQ(own.value("SELECT count(*) || ' ' || count(copy) FROM t"), "100 100") << change;
  }
}

TEST_F(Keyless, BadRowsAreNotedByPlaceAndFoundAgainWhereverTheyAre) {
  make_table(200);
  db.run(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
      " IF NEW.id IN (17, 18, 120) AND NEW.copy IS NOT NULL THEN RAISE EXCEPTION 'no'; END IF;"
      " RETURN NEW; END $$;"
      "CREATE TRIGGER refuse BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION refuse()");
  EXPECT_EQ(run(spec()), Outcome::DeadLetters);
  postgres::Session session = db.session();
  DeadLetters const letters = read_dead_letters(session, "j", 10);
  EXPECT_EQ(letters.count, 3);
  ASSERT_FALSE(letters.examples.empty());
  EXPECT_EQ(letters.examples.front().row, "ctid (0,17) of public.t");
  EXPECT_EQ(db.value("SELECT count(*) FROM t WHERE copy IS DISTINCT FROM upper(name)"), "3");
  db.run("UPDATE t SET name = 'elsewhere', pad = repeat('y', 300) WHERE id IN (17, 120)");
  Options again = test::small_batches(50);
  again.retry_dead_letters = true;
  EXPECT_EQ(run(spec(), again), Outcome::DeadLetters);
  db.run("DROP TRIGGER refuse ON t");
  EXPECT_EQ(run(spec(), again), Outcome::Finished);
  test::expect_each_row_written_once(db);
  EXPECT_EQ(db.value("SELECT count(*) FROM bellows.dead_letters"), "0");
  EXPECT_EQ(db.value("SELECT finished_at IS NOT NULL FROM bellows.jobs"), "t");
}

struct NullableKey {
  char const* name;
  char const* columns;
  char const* values;  // for i
  std::vector<std::string> key;
  int lanes;
};

class Nullable : public Keyless, public testing::WithParamInterface<NullableKey> {};

TEST_P(Nullable, RowsWithoutAKeyAreReachedToo) {
  NullableKey const& with = GetParam();
  int const rows = 300 * with.lanes;  // lanes go on in step: each has enough to die in
  make_table(0, fmt::format("id int, {}", with.columns));
  std::string key;
  for (std::string const& column : with.key) {
    key += (key.empty() ? "" : ", ") + column;
  }
  db.run(
      fmt::format("INSERT INTO t (id, {}, name) SELECT i, {}, 'n' || i"
                  " FROM generate_series(1, {}) AS i; ANALYZE t",
                  key, with.values, rows));
  EXPECT_NE(db.value(fmt::format("SELECT count(*) FROM t WHERE ({}) IS NULL OR num_nulls({}) > 0",
                                 with.key.front(), key)),
            "0");
  Spec spec = Keyless::spec();
  for (std::string const& column : with.key) {
    spec.key.emplace_back(column);
  }
  Options options = test::small_batches(19);
  options.lanes = with.lanes;
  EXPECT_GT(run_dying_everywhere(spec, options), 20);
  test::expect_each_row_written_once(db);
  EXPECT_EQ(db.value("SELECT sum(rows_written) FROM bellows.lanes"), std::to_string(rows));
}

INSTANTIATE_TEST_SUITE_P(
    Keys, Nullable,
    testing::Values(
        NullableKey{"Single", "k int UNIQUE", "CASE WHEN i % 4 > 0 THEN i END", {"k"}, 1},
        NullableKey{"AllNull", "k int UNIQUE", "NULL::int", {"k"}, 1},
        NullableKey{
            "Uuid", "k uuid UNIQUE", "CASE WHEN i % 7 > 0 THEN md5(i::text)::uuid END", {"k"}, 1},
        NullableKey{"CompositeWithEitherNull",
                    "a int, b text, UNIQUE (a, b)",
                    "CASE WHEN i % 5 > 0 THEN i % 3 END, CASE WHEN i % 4 > 0 THEN 'b' || i END",
                    {"a", "b"},
                    1},
        NullableKey{"InThreeLanes", "k int UNIQUE", "CASE WHEN i % 4 > 0 THEN i END", {"k"}, 3}),
    [](auto const& of) { return of.param.name; });

TEST_F(Keyless, NullableKeyWithoutAConditionIsFineWhereEachRowHasOne) {
  make_table(100, "id int UNIQUE");
  Spec spec = Keyless::spec();
  spec.key = {sql::Identifier("id")};
  spec.where.clear();
  EXPECT_EQ(run(spec), Outcome::Finished);
  test::expect_each_row_written_once(db);
  db.run("INSERT INTO t (name) VALUES ('keyless')");
  spec.id = "other";
  try {
    run(spec);
    FAIL() << "it ran";
  } catch (std::invalid_argument const& refused) {
    EXPECT_NE(std::string(refused.what()).find("no value in a column of the key"),
              std::string::npos)
        << refused.what();
  }
}

class KeyBecomesNotNull : public Keyless {
 protected:
  // A job dies in its key ranges; then each row gets a key, those that had none one above 1000.
  Spec begun(std::string const& where) {
    make_table(0, "id int UNIQUE");
    db.run(
        "INSERT INTO t (id, name) SELECT CASE WHEN i % 4 > 0 THEN i END, 'n' || i"
        " FROM generate_series(1, 100) i");
    Spec spec = Keyless::spec();
    spec.key = {sql::Identifier("id")};
    spec.where = where;
    Surroundings surroundings = test::surroundings_of(db);
    surroundings.observe = test::at_event("batch committed", [] { throw test::CrashedHere(); });
    EXPECT_THROW(run_job(spec, test::small_batches(20), surroundings), test::CrashedHere);
    db.run(
        "UPDATE t SET id = (SELECT count(*) FROM t o WHERE o.ctid <= t.ctid) + 1000"
        " WHERE id IS NULL; ALTER TABLE t ALTER id SET NOT NULL");
    return spec;
  }
};

TEST_F(KeyBecomesNotNull, AndThePagesAreWalkedAsItWasBegun) {
  EXPECT_EQ(run(begun("copy IS DISTINCT FROM upper(name)"), test::small_batches(20)),
            Outcome::Finished);
  test::expect_each_row_written_once(db);
}

TEST_F(KeyBecomesNotNull, AndAWalkStillWritesNoRowTwice) {
  Spec const spec = begun("copy IS DISTINCT FROM upper(name) OR id > 1000");
  EXPECT_THROW(run(spec, test::small_batches(20)), postgres::Failure);
  EXPECT_EQ(db.value("SELECT count(*) FROM writes WHERE id > 1000"), "0");
}

// The connections of the lanes by key are dropped as the pages begin, and stay so.
TEST_F(Keyless, OneConnectionIsLeftAtTheEnd) {
  make_table(0, "id int UNIQUE");
  db.run(
      "INSERT INTO t (id, name) SELECT CASE WHEN i % 4 > 0 THEN i END, 'n' || i"
      " FROM generate_series(1, 100) i");
  Spec spec = Keyless::spec();
  spec.key = {sql::Identifier("id")};
  int ended = 0;
  Surroundings surroundings = test::surroundings_of(db);
  surroundings.observe = test::at_event("job finished", [&] {
    ++ended;
    test::wait_until(
        [&] {
          return db.value(
                     "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                     " AND application_name = 'bellows backfill'") == "1";
        },
        "one connection only", std::chrono::seconds(5));
  });
  EXPECT_EQ(run_job(spec, test::small_batches(20), surroundings), Outcome::Finished);
  EXPECT_EQ(ended, 1);
}

TEST_F(Keyless, GapsBetweenKeysCostNoBatches) {
  db.run(
      "CREATE TABLE t (id bigint PRIMARY KEY, name text, copy text);"
      "INSERT INTO t SELECT i * 1000000000000000000 + j, 'n' FROM generate_series(-9, 9) i,"
      " generate_series(1, 10) j");
  Spec spec = test::copy_spec();
  spec.where = "id % 10 = 3";
  EXPECT_EQ(run(spec, test::small_batches(50)), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT batch FROM bellows.lanes"), "4");
}

}  // namespace
}  // namespace bellows::batcher::keyless_db_test
