#include "batcher/job/job.hpp"
#include "tests/support/beside.hpp"
#include "tests/support/job_bench.hpp"
#include "tests/support/wait.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

/// Jobs that delete and that copy: the same walk, the same promises.
namespace bellows::batcher::kinds_db_test {
namespace {

using namespace std::chrono_literals;
using test::TempDatabase;

Spec of_kind(Action action, std::string where = "") {
  Spec spec = test::copy_spec();
  spec.action = std::move(action);
  spec.where = std::move(where);
  return spec;
}

Spec deleting() {
  return of_kind(Delete{}, "id % 3 = 0");
}

Spec copying() {
  return of_kind(
      Copy{sql::parse_qualified_name("public.target"),
           {{sql::Identifier("id"), "id"}, {sql::Identifier("Name"), "upper(name) -- loud"}}});
}

class Kinds : public testing::Test {
 protected:
  Kinds() {
    test::make_ledger(db);
    test::make_counted_table(db, 100);
    db.run(
        "CREATE TABLE target (id int PRIMARY KEY, \"Name\" text, times int NOT NULL DEFAULT 1);"
        "CREATE TABLE gone (id int);"
        "CREATE FUNCTION note_gone() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN INSERT INTO public.gone VALUES (OLD.id); RETURN OLD; END';"
        "CREATE TRIGGER noted_gone BEFORE DELETE ON t FOR EACH ROW EXECUTE FUNCTION note_gone()");
  }
  Outcome run(
      Spec const& spec, Observer observe = [](Event const&) {}) {
    Surroundings surroundings = test::surroundings_of(db);
    surroundings.observe = std::move(observe);
    return run_job(spec, options, surroundings);
  }
  void expect_deleted() const {
    EXPECT_EQ(db.value("SELECT count(*) || ' ' || count(*) FILTER (WHERE id % 3 = 0) FROM t"),
              "67 0");
    EXPECT_EQ(db.value("SELECT count(*) || ' ' || count(DISTINCT id) FROM gone"), "33 33");
    EXPECT_EQ(db.value("SELECT sum(rows_written) || ' ' || sum(rows_scanned) FROM bellows.lanes"),
              "33 100");
  }
  void expect_copied() const {
    EXPECT_EQ(db.value("SELECT count(*) FROM t JOIN target USING (id)"
                       " WHERE \"Name\" = upper(name)"),
              "100");
    EXPECT_EQ(db.value("SELECT sum(rows_written) FROM bellows.lanes"), "100");
  }

  TempDatabase db;
  Options options = test::small_batches();
};

TEST_F(Kinds, DeletesWhatThePredicateTakes) {
  EXPECT_EQ(run(deleting()), Outcome::Finished);
  expect_deleted();
}

TEST_F(Kinds, CopiesEveryRow) {
  EXPECT_EQ(run(copying()), Outcome::Finished);
  expect_copied();
  EXPECT_EQ(db.value("SELECT count(*) FROM writes"), "0");  // the source is left alone
}

TEST_F(Kinds, CopyLeavesWhatIsThereAlready) {
  db.run("INSERT INTO target VALUES (7, 'newer')");
  EXPECT_EQ(run(copying()), Outcome::Finished);
  EXPECT_EQ(db.value("SELECT \"Name\" FROM target WHERE id = 7"), "newer");
  EXPECT_EQ(db.value("SELECT rows_written FROM bellows.lanes"), "99");
}

TEST_F(Kinds, FromACrashAtEveryEventTheEndIsTheSame) {
  for (Spec const& spec : {deleting(), copying()}) {
    bool const deletes = std::holds_alternative<Delete>(spec.action);
    int k = 1;
    for (bool crashed = true; crashed; ++k) {
      SCOPED_TRACE(fmt::format("{}, crash at event {}", deletes ? "delete" : "copy", k));
      db.run(
          "DELETE FROM bellows.jobs; TRUNCATE t, target;"
          "INSERT INTO t SELECT i, 'name ' || i FROM generate_series(1, 100) i");
      db.run("TRUNCATE gone");
      options = test::small_batches(40);
      crashed = false;
      try {
        run(spec, test::crash_at(k));
      } catch (test::CrashedHere const&) {
        crashed = true;
        EXPECT_EQ(run(spec), Outcome::Finished);
      }
      deletes ? expect_deleted() : expect_copied();
    }
    EXPECT_GT(k, 15);
  }
}

TEST_F(Kinds, LanesShareTheWork) {
  options.lanes = 3;
  EXPECT_EQ(run(deleting()), Outcome::Finished);
  expect_deleted();
  db.run("DELETE FROM bellows.jobs; INSERT INTO t SELECT i, 'n' FROM generate_series(3, 99, 3) i");
  EXPECT_EQ(run(copying()), Outcome::Finished);
  expect_copied();
}

TEST_F(Kinds, RowsThatCannotBeDeletedOrCopiedAreSetAside) {
  db.run(
      "CREATE TABLE child (t_id int REFERENCES t); INSERT INTO child VALUES (33), (66);"
      "ALTER TABLE target ADD CHECK (id <> 50)");
  EXPECT_EQ(run(deleting()), Outcome::DeadLetters);
  EXPECT_EQ(db.value("SELECT string_agg(row_key->>0 || ' ' || sqlstate, ',' ORDER BY row_key)"
                     " FROM bellows.dead_letters"),
            "33 23503,66 23503");
  db.run("DELETE FROM child");
  options.retry_dead_letters = true;
  EXPECT_EQ(run(deleting()), Outcome::Finished);
  expect_deleted();
  db.run("DELETE FROM bellows.jobs; INSERT INTO t SELECT i, 'n' FROM generate_series(3, 99, 3) i");
  EXPECT_EQ(run(copying()), Outcome::DeadLetters);
  EXPECT_EQ(db.value("SELECT row_key->>0 || ' ' || sqlstate FROM bellows.dead_letters"),
            "50 23514");
  db.run("ALTER TABLE target DROP CONSTRAINT target_id_check");
  EXPECT_EQ(run(copying()), Outcome::Finished);
  expect_copied();
}

// A row that is being changed is waited for, and what is copied is what it has become.
TEST_F(Kinds, CopyTakesARowAsItIsOnceItIsFree) {
  options = test::small_batches(1);
  postgres::Session holder = db.session();
  std::optional<postgres::Transaction> holding(holder.begin());
  holding->run("UPDATE t SET name = 'changed meanwhile' WHERE id = 1");
  test::Beside job([&] { EXPECT_EQ(run(copying()), Outcome::Finished); }, [&] { holding.reset(); });
  postgres::Session watcher = db.session();
  test::wait_until_somebody_blocked(watcher, "bellows backfill");
  holding->commit();
  holding.reset();
  job.join();
  EXPECT_EQ(db.value("SELECT \"Name\" FROM target WHERE id = 1"), "CHANGED MEANWHILE");
  expect_copied();
}

TEST_F(Kinds, AnotherKindUnderTheSameNameIsRefused) {
  EXPECT_EQ(run(copying()), Outcome::Finished);
  EXPECT_THROW(run(deleting()), std::invalid_argument);
  EXPECT_THROW(run(test::copy_spec()), std::invalid_argument);
  Spec itself = copying();
  std::get<Copy>(itself.action).into = itself.table;
  EXPECT_THROW(run(itself), std::invalid_argument);
  Spec nothing = copying();
  std::get<Copy>(nothing.action).columns.clear();
  EXPECT_THROW(run(nothing), std::invalid_argument);
}

}  // namespace
}  // namespace bellows::batcher::kinds_db_test
