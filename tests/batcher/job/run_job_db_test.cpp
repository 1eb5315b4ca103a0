#include "batcher/job/job.hpp"
#include "batcher/verify/verify.hpp"
#include "tests/support/job_bench.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>

namespace bellows::batcher::run_job_db_test {
namespace {

using test::TempDatabase;

class RunJob : public testing::Test {
 protected:
  RunJob() { test::make_ledger(db); }

  Outcome run(Spec const& spec, Options const& options = test::small_batches()) {
    Surroundings surroundings = test::surroundings_of(db);
    surroundings.show = [this](Progress const& progress) { shown.push_back(progress); };
    return run_job(spec, options, surroundings);
  }
  Progress progress(std::string const& job = "j") {
    postgres::Session session = db.session();
    return read_progress(session, job).value();
  }

  TempDatabase db;
  std::vector<Progress> shown;
};

TEST_F(RunJob, WritesEveryRowOnce) {
  test::make_counted_table(db, 95);
  EXPECT_EQ(run(test::copy_spec()), Outcome::Finished);
  test::expect_each_row_written_once(db);
  EXPECT_EQ(progress().rows_written, 95);
  EXPECT_EQ(progress().rows_scanned, 95);
  EXPECT_EQ(progress().batches, 10);
  EXPECT_EQ(progress().share, 1.0);
  EXPECT_TRUE(progress().finished);
  ASSERT_FALSE(shown.empty());
  EXPECT_TRUE(shown.back().finished);
}

TEST_F(RunJob, OnceFinishedStaysFinished) {
  test::make_counted_table(db, 20);
  run(test::copy_spec());
  db.run("INSERT INTO t VALUES (21, 'later')");
  EXPECT_EQ(run(test::copy_spec()), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) FROM writes"), "20");
  db.run("DROP TABLE t");  // long contracted
  EXPECT_EQ(run(test::copy_spec()), Outcome::Finished);
}

TEST_F(RunJob, EmptyTableIsFinishedAtOnce) {
  test::make_counted_table(db, 0);
  EXPECT_EQ(run(test::copy_spec()), Outcome::Finished);
  EXPECT_EQ(progress().share, 1.0);
  EXPECT_EQ(progress().batches, 0);
}

TEST_F(RunJob, SparsePredicateScansInBoundedWindows) {
  test::make_counted_table(db, 500);
  Spec spec = test::copy_spec();
  spec.where = "id % 100 = 7 -- few";
  EXPECT_EQ(run(spec), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT string_agg(id::text, ',' ORDER BY id) FROM writes"),
            "7,107,207,307,407");
  EXPECT_EQ(progress().rows_scanned, 500);
  EXPECT_EQ(progress().rows_written, 5);
}

TEST_F(RunJob, RowsAboveTheFrozenBoundAreNotItsBusiness) {
  test::make_counted_table(db, 30);
  Surroundings surroundings = test::surroundings_of(db);
  int next = 1000;
  surroundings.observe = test::at_event("batch committed", [&] {
    db.run(fmt::format("INSERT INTO t SELECT i, 'new' FROM generate_series({}, {}) i", next,
                       next + 49));
    next += 50;
  });
  EXPECT_EQ(run_job(test::copy_spec(), test::small_batches(), surroundings), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) FROM writes"), "30");
}

TEST_F(RunJob, DeletedRowsDoNotConfuseIt) {
  test::make_counted_table(db, 100);
  Surroundings surroundings = test::surroundings_of(db);
  surroundings.observe = test::at_event("batch committed", [&] {
    db.run("DELETE FROM t WHERE id IN (SELECT max(id) FROM t)");
    db.run("DELETE FROM t WHERE id BETWEEN 40 AND 60");
  });
  EXPECT_EQ(run_job(test::copy_spec(), test::small_batches(), surroundings), Outcome::Finished);
  test::expect_each_row_written_once(db);
}

TEST_F(RunJob, SeveralColumnsAtOnceAndItsOwnExpressions) {
  db.run(
      "CREATE TABLE t (id int PRIMARY KEY, a int, b text);"
      "INSERT INTO t SELECT i, NULL, 'x' FROM generate_series(1, 25) i");
  Spec spec = test::copy_spec();
  test::set_of(spec) = {{sql::Identifier("a"), "id * 2 -- twice"},
                        {sql::Identifier("b"), "t.b || ',' || t.id"}};
  spec.where = "t.a IS NULL";
  EXPECT_EQ(run(spec), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) FROM t WHERE a = id * 2 AND b = 'x,' || id"), "25");
}

struct KeyCase {
  char const* name;
  char const* table;  // its columns and key
  char const* rows;   // SELECT of the key columns for i in generate_series
  std::vector<std::string> key;
};

class RunJobByKey : public RunJob, public testing::WithParamInterface<KeyCase> {};

TEST_P(RunJobByKey, ReachesEveryRowAndSurvivesAResume) {
  KeyCase const& with = GetParam();
  db.run(
      fmt::format("CREATE TABLE t ({}, hits int NOT NULL DEFAULT 0);"
                  "INSERT INTO t SELECT {} FROM generate_series(1, 57) AS i",
                  with.table, with.rows));
  db.run("ANALYZE t");
  db.session().run("ALTER DATABASE " + db.name() + " SET DateStyle = 'SQL, DMY'");
  Spec spec = test::copy_spec();
  test::set_of(spec) = {{sql::Identifier("hits"), "hits + 1"}};
  spec.key.clear();
  for (std::string const& column : with.key) {
    spec.key.emplace_back(column);
  }
  Surroundings surroundings = test::surroundings_of(db);
  surroundings.observe = test::crash_at(20);
  EXPECT_THROW(run_job(spec, test::small_batches(7), surroundings), test::CrashedHere);
  db.session().run("ALTER DATABASE " + db.name() + " SET DateStyle = 'ISO, MDY'");
  EXPECT_EQ(run(spec, test::small_batches(7)), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) || ' ' || sum(hits) || ' ' || max(hits) FROM t"), "57 57 1");
  EXPECT_EQ(progress().rows_scanned, 57);
  Verified const verified = [&] {
    Surroundings again = test::surroundings_of(db);
    return verify({"v", spec.table, spec.key, "hits <> 1"}, test::small_batches(7), again);
  }();
  EXPECT_EQ(verified.rows, 57);
  EXPECT_EQ(verified.differing, 0);
}

INSTANTIATE_TEST_SUITE_P(
    Keys, RunJobByKey,
    testing::Values(
        KeyCase{"Composite", "a int, b text, PRIMARY KEY (a, b)", "i % 3, 'b' || i", {"a", "b"}},
        KeyCase{"CompositeInReverseOrderOfColumns",
                "a int, b text, PRIMARY KEY (b, a)",
                "i, 'b' || i % 4",
                {"b", "a"}},
        KeyCase{"Uuid", "id uuid PRIMARY KEY", "md5(i::text)::uuid", {"id"}},
        KeyCase{
            "Text",
            "id text PRIMARY KEY",
            "CASE i % 4 WHEN 0 THEN 'É' WHEN 1 THEN 'e''' WHEN 2 THEN 'E\\' ELSE ' \"' END || i",
            {"id"}},
        KeyCase{"IcuText",
                "id text COLLATE \"und-x-icu\" PRIMARY KEY",
                "CASE i % 2 WHEN 0 THEN 'a' ELSE 'B' END || i",
                {"id"}},
        KeyCase{"BlankPaddedText", "id char(6) PRIMARY KEY", "'x' || i", {"id"}},
        KeyCase{"Timestamp",
                "at timestamp PRIMARY KEY",
                "timestamp '2025-01-30 10:00' + i * interval '37 hours'",
                {"at"}},
        KeyCase{"TimestampWithZone",
                "at timestamptz, n int, PRIMARY KEY (at, n)",
                "timestamptz '2025-10-26 00:00+02' + (i / 3) * interval '20 minutes', i",
                {"at", "n"}},
        KeyCase{"Date", "d date PRIMARY KEY", "date '2025-01-25' + i", {"d"}},
        KeyCase{"Numeric", "n numeric(20, 3) PRIMARY KEY", "i / 7.0 - 4", {"n"}},
        KeyCase{"Double", "n double precision PRIMARY KEY", "i / 7.0 - 4", {"n"}},
        KeyCase{"Negative", "n bigint PRIMARY KEY", "-9223372036854775808 + i", {"n"}},
        KeyCase{"Bytes", "b bytea PRIMARY KEY", "decode(lpad(to_hex(i), 4, '0'), 'hex')", {"b"}},
        KeyCase{"EnumKey", "e boolean, i int, PRIMARY KEY (e, i)", "i % 2 = 0, i", {"e", "i"}},
        KeyCase{"UniqueIndexOnly", "id int NOT NULL UNIQUE", "i * 1000", {"id"}}),
    [](auto const& of) { return of.param.name; });

TEST_F(RunJob, IndexOfAnotherCollationOrdersTheKey) {
  db.run(
      "CREATE TABLE t (id text COLLATE \"und-x-icu\" NOT NULL, hits int NOT NULL DEFAULT 0);"
      "CREATE UNIQUE INDEX ON t (id COLLATE \"C\");"
      "INSERT INTO t SELECT CASE i % 2 WHEN 0 THEN 'a' ELSE 'B' END || i FROM generate_series(1, "
      "50) i");
  Spec spec = test::copy_spec();
  test::set_of(spec) = {{sql::Identifier("hits"), "hits + 1"}};
  EXPECT_EQ(run(spec), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT sum(hits) || ' ' || max(hits) FROM t"), "50 1");
  EXPECT_EQ(db.value("SELECT cursor_key->>0 FROM bellows.lanes"), "a8");
}

TEST_F(RunJob, NamesThatNeedQuotesAndOf63Bytes) {
  std::string const odd = "ö\"dd, \"\"; DROP TABLE t --";
  std::string const longest(63, 'x');
  sql::Identifier const schema("My Schema"), table(odd), id(longest), column("select");
  db.run(
      fmt::format("CREATE SCHEMA {0}; CREATE TABLE {0}.{1} ({2} int PRIMARY KEY, {3} int);"
                  "INSERT INTO {0}.{1} SELECT i FROM generate_series(1, 33) i",
                  schema.quoted(), table.quoted(), id.quoted(), column.quoted()));
  Spec spec;
  spec.id = "it's \"j\"";
  spec.table = {schema, table};
  spec.key = {id};
  test::set_of(spec) = {{column, id.quoted()}};
  EXPECT_EQ(run(spec), Outcome::Finished);
  EXPECT_EQ(db.value(fmt::format("SELECT count(*) FROM {} WHERE {} = {}", spec.table.quoted(),
                                 column.quoted(), id.quoted())),
            "33");
  EXPECT_EQ(progress(spec.id).rows_written, 33);
}

TEST_F(RunJob, ShareNeverFallsAndNeverPassesOne) {
  test::make_counted_table(db, 1);
  db.run("INSERT INTO t SELECT 10 * i * i, 'far' FROM generate_series(1, 600) i");
  db.run("ANALYZE t");
  std::vector<double> shares;
  Surroundings surroundings = test::surroundings_of(db);
  surroundings.observe =
      test::at_event("batch committed", [&] { shares.push_back(progress().share); });
  run_job(test::copy_spec(), test::small_batches(), surroundings);
  ASSERT_EQ(shares.size(), 61U);
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
  EXPECT_EQ(shares.back(), 1.0);
  EXPECT_NEAR(shares[29], 0.5, 0.03);  // half of the rows, whatever the gaps between the keys
}

// Rows of a kilobyte, in partitions: neither reltuples nor the parent's size tells of them.
TEST_F(RunJob, ShareIsRightWhereNothingWasEverAnalysed) {
  db.run(
      "CREATE TABLE t (id int PRIMARY KEY, name text, copy text) PARTITION BY RANGE (id);"
      "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (400) WITH (autovacuum_enabled = off);"
      "CREATE TABLE t2 PARTITION OF t DEFAULT WITH (autovacuum_enabled = off);"
      "INSERT INTO t SELECT i, repeat('x', 1000) FROM generate_series(1, 600) i");
  std::vector<double> shares;
  Surroundings surroundings = test::surroundings_of(db);
  surroundings.observe =
      test::at_event("batch committed", [&] { shares.push_back(progress().share); });
  run_job(test::copy_spec(), test::small_batches(), surroundings);
  ASSERT_EQ(shares.size(), 60U);
  EXPECT_NEAR(shares[29], 0.5, 0.03);
}

// 15 digits, as a role may have it, are another number: before its row, or behind the next.
TEST_F(RunJob, FloatKeysAreExactWhateverIsSet) {
  db.run(
      "CREATE TABLE t (id float8 PRIMARY KEY, name text, copy int NOT NULL DEFAULT 0);"
      "INSERT INTO t SELECT i / 3.0::float8, 'n' FROM generate_series(1, 90) i");
  db.run(fmt::format("ALTER DATABASE {} SET extra_float_digits = 0",
                     db.value("SELECT current_database()")));
  Spec spec = test::copy_spec();
  test::set_of(spec) = {{sql::Identifier("copy"), "copy + 1"}};
  spec.where.clear();
  EXPECT_EQ(run(spec), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) FROM t WHERE copy = 1"), "90");
}

// What fails before a row is written is not about the row: to halve the batch would go on for ever.
TEST_F(RunJob, KeyThatItsOwnTypeRefusesEndsTheRun) {
  db.run(
      "CREATE DOMAIN positive AS int;"
      "CREATE TABLE t (id positive PRIMARY KEY, name text, copy text);"
      "INSERT INTO t SELECT i, 'n' FROM generate_series(-1, 9) i;"
      "ALTER DOMAIN positive ADD CONSTRAINT is_positive CHECK (VALUE > 0) NOT VALID");
  Surroundings surroundings = test::surroundings_of(db);
  EXPECT_THROW(run_job(test::copy_spec(), test::small_batches(1), surroundings), postgres::Failure);
}

TEST_F(RunJob, PartitionedTable) {
  db.run(
      "CREATE TABLE t (id int PRIMARY KEY, name text, copy text) PARTITION BY RANGE (id);"
      "CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (0) TO (40);"
      "CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (40) TO (100);"
      "INSERT INTO t SELECT i, 'n' || i FROM generate_series(1, 75) i");
  EXPECT_EQ(run(test::copy_spec()), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT count(*) FROM t WHERE copy = upper(name)"), "75");
}

TEST_F(RunJob, TellsTheSyncTriggersThatItIsTheBackfill) {
  test::make_counted_table(db, 5);
  db.session().run(
      "ALTER TABLE writes ADD by text DEFAULT current_setting('bellows.backfill', true)");
  run(test::copy_spec());
  EXPECT_EQ(db.value("SELECT count(*) FROM writes WHERE by = 'on'"), "5");
}

TEST_F(RunJob, WrongStatementEndsAtOnce) {
  test::make_counted_table(db, 5);
  Spec spec = test::copy_spec();
  test::set_of(spec) = {{sql::Identifier("copy"), "no_such_function(name)"}};
  try {
    run(spec);
    FAIL() << "it ran";
  } catch (postgres::Failure const& failure) {
    EXPECT_EQ(failure.kind, postgres::FailureKind::Permanent);
    EXPECT_EQ(failure.sqlstate, "42883");
  }
  EXPECT_EQ(progress().batches, 0);
}

TEST_F(RunJob, RefusesAnotherSpecUnderTheSameName) {
  test::make_counted_table(db, 5);
  run(test::copy_spec());
  Spec other = test::copy_spec();
  test::set_of(other).front().second = "lower(name)";
  EXPECT_THROW(run(other), std::invalid_argument);
}

TEST_F(RunJob, RefusesWhatItCannotWalkBy) {
  test::make_counted_table(db, 5);
  db.run(
      "CREATE TABLE no_key (id int NOT NULL, nullable int UNIQUE, copy text, name text);"
      "CREATE UNIQUE INDEX ON no_key (id) WHERE id > 3; INSERT INTO no_key (id) VALUES (1)");
  auto const refused = [&](auto const& change) {
    Spec spec = test::copy_spec();
    change(spec);
    EXPECT_THROW(run(spec), std::invalid_argument);
  };
  refused([](Spec& spec) { test::set_of(spec).emplace_back(sql::Identifier("id"), "id + 1"); });
  refused([](Spec& spec) { test::set_of(spec).clear(); });
  refused([](Spec& spec) { spec.key.clear(); });
  refused([](Spec& spec) { spec.key = {sql::Identifier("missing")}; });
  refused([](Spec& spec) { spec.key = {sql::Identifier("name")}; });
  refused([](Spec& spec) { spec.table.name = sql::Identifier("missing"); });
  refused([](Spec& spec) { spec.table.name = sql::Identifier("no_key"); });
  refused([](Spec& spec) {
    spec.table.name = sql::Identifier("no_key");
    spec.key = {sql::Identifier("nullable")};
  });
  EXPECT_EQ(db.value("SELECT count(*) FROM bellows.jobs"), "0");
}

TEST_F(RunJob, StopsAtACheckpointAndGoesOn) {
  test::make_counted_table(db, 60);
  Stop stop;
  Surroundings surroundings = test::surroundings_of(db);
  surroundings.stop = &stop;
  surroundings.observe = test::at_event("rows written", [&] { stop.request(); });
  EXPECT_EQ(run_job(test::copy_spec(), test::small_batches(), surroundings), Outcome::Stopped);
  EXPECT_EQ(progress().rows_written, 10);
  EXPECT_EQ(run(test::copy_spec()), Outcome::Finished);
  test::expect_each_row_written_once(db);
}

TEST_F(RunJob, ForgottenJobBeginsAnew) {
  test::make_counted_table(db, 20);
  run(test::copy_spec());
  postgres::Session session = db.session();
  postgres::Transaction transaction = session.begin();
  forget_job(transaction, "j");
  transaction.commit();
  EXPECT_EQ(read_progress(session, "j"), std::nullopt);
  run(test::copy_spec());
  EXPECT_EQ(db.value("SELECT count(*) FROM writes"), "40");
}

// Who gives it up may have taken the lease from a run that does not know yet.
TEST_F(RunJob, GivenUpJobIsWrittenByNobodyAndGoesOnWhereItStood) {
  test::make_counted_table(db, 60);
  std::optional<std::int64_t> left;
  int batches = 0;
  Surroundings surroundings = test::surroundings_of(db, 1);
  surroundings.observe = test::at_event("batch committed", [&] {
    if (++batches == 2) {
      postgres::Session session = db.session();
      postgres::Transaction transaction = session.begin();
      left = give_up_job(transaction, "j", 2);
      transaction.commit();
    }
  });
  EXPECT_THROW(run_job(test::copy_spec(), test::small_batches(), surroundings), LostLease);
  EXPECT_EQ(left, 20);
  EXPECT_EQ(db.value("SELECT count(*) FROM writes"), "20");
  Surroundings again = test::surroundings_of(db, 3);
  EXPECT_EQ(run_job(test::copy_spec(), test::small_batches(), again), Outcome::Finished);
  test::expect_each_row_written_once(db);
}

TEST_F(RunJob, JobThatHasWrittenNothingIsForgottenWhenItIsGivenUp) {
  test::make_counted_table(db, 60);
  Stop stop;
  Surroundings surroundings = test::surroundings_of(db);
  surroundings.stop = &stop;
  surroundings.observe = test::at_event("job created", [&] { stop.request(); });
  EXPECT_EQ(run_job(test::copy_spec(), test::small_batches(), surroundings), Outcome::Stopped);
  postgres::Session session = db.session();
  postgres::Transaction transaction = session.begin();
  EXPECT_EQ(give_up_job(transaction, "j", 2), std::nullopt);
  transaction.commit();
  EXPECT_EQ(read_progress(session, "j"), std::nullopt);
}

TEST_F(RunJob, WrongServerIsSaidAtOnce) {
  Surroundings surroundings = test::surroundings_of(db);
  surroundings.conninfo += " dbname=no_such_database";
  EXPECT_THROW(run_job(test::copy_spec(), {}, surroundings), postgres::CannotConnect);
}

TEST_F(RunJob, BrokenDisplayEndsTheRun) {
  test::make_counted_table(db, 2000);
  Surroundings surroundings = test::surroundings_of(db);
  surroundings.show = [](Progress const&) { throw std::domain_error("no terminal"); };
  EXPECT_THROW(run_job(test::copy_spec(), test::small_batches(1), surroundings), std::domain_error);
}

TEST_F(RunJob, VerifyCountsAndShowsExamples) {
  test::make_counted_table(db, 300);
  run(test::copy_spec());
  db.run(
      "ALTER TABLE t DISABLE TRIGGER noted; UPDATE t SET copy = 'wrong' WHERE id % 20 = 3;"
      "UPDATE t SET copy = NULL WHERE id = 300");
  Surroundings surroundings = test::surroundings_of(db);
  Verified const verified = verify(
      {"v", test::copy_spec().table, test::copy_spec().key, "copy IS DISTINCT FROM upper(name)"},
      test::small_batches(), surroundings);
  EXPECT_EQ(verified.rows, 300);
  EXPECT_EQ(verified.differing, 16);
  ASSERT_EQ(verified.examples.size(), 10U);
  EXPECT_EQ(verified.examples.front(), "id = 3");
  EXPECT_EQ(verified.examples.back(), "id = 183");
}

TEST_F(RunJob, VerifyOfAnEmptyTableAndAnInterruptedOne) {
  test::make_counted_table(db, 0);
  Surroundings surroundings = test::surroundings_of(db);
  VerifySpec const spec{"v", test::copy_spec().table, test::copy_spec().key, "true"};
  EXPECT_EQ(verify(spec, {}, surroundings).rows, 0);
  Stop stop;
  stop.request();
  surroundings.stop = &stop;
  EXPECT_THROW(verify(spec, {}, surroundings), Interrupted);
}

}  // namespace
}  // namespace bellows::batcher::run_job_db_test
