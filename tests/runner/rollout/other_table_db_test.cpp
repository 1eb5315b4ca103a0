#include "tests/runner/rollout/data_bench.hpp"
#include "tests/runner/rollout/rename_bench.hpp"

#include <gtest/gtest.h>

/// Between expand and contract a table is replaced by another one of its name.
namespace bellows::test::other_table_db_test {
namespace {

struct Backfilled : RenameBench {
  Backfilled()
      : RenameBench(std::string(users_table) +
                    "INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, 40) g") {
    expand();
    backfill();
  }
};

/// As pg_dump and pg_restore would: the same columns, rows and indexes, and with `triggers` those.
void replace_table(TempDatabase const& db, bool triggers) {
  db.session().run(fmt::format(
      R"(DO $do$ DECLARE made text[]; each text; BEGIN
  SELECT array_agg(pg_get_triggerdef(oid)) || array_agg(
           format('ALTER TABLE users ENABLE ALWAYS TRIGGER %I', tgname)) INTO made
  FROM pg_trigger WHERE tgrelid = 'users'::regclass AND NOT tgisinternal;
  ALTER TABLE users RENAME TO users_before;
  CREATE TABLE users (LIKE users_before INCLUDING ALL);
  INSERT INTO users SELECT * FROM users_before;
  DROP TABLE users_before;
  IF {} THEN
    FOREACH each IN ARRAY made LOOP EXECUTE each; END LOOP;
  END IF;
END $do$)",
      triggers));
}

std::vector<std::string> const contract{"contract", "--quiet-period", "0"};

TEST(OtherTable, IsVerifiedAgainWhereAllIsThere) {
  Backfilled const bench;
  replace_table(bench.db, true);
  expect_says(bench.project.run(contract), 0,
              {"is not the table that was expanded", "verified 40 rows"});
  EXPECT_EQ(bench.state(), "contracted");
  EXPECT_EQ(bench.db.value("SELECT count(*) FROM users WHERE display_name = 'n' || id"), "40");
}

TEST(OtherTable, ThatIsNotInStepIsNotContracted) {
  Backfilled const bench;
  replace_table(bench.db, false);
  bench.db.run("UPDATE users SET name = 'older' WHERE id = 7");
  expect_says(bench.project.run(contract), 5, {"stale plan", "ENABLE ALWAYS", "bellows abort"});
  EXPECT_EQ(bench.state(), "backfilled");
  EXPECT_EQ(bench.db.value("SELECT count(*) FROM users WHERE display_name = 'n' || id"), "40");
}

TEST(OtherTable, WithRowsOutOfStepFailsItsVerification) {
  Backfilled const bench;
  bench.db.run("ALTER TABLE users DISABLE TRIGGER USER; UPDATE users SET name = 'x' WHERE id = 7");
  replace_table(bench.db, true);
  expect_says(bench.project.run(contract), 7, {"1 of 40 rows", "id = 7"});
  bench.db.run("UPDATE users SET name = 'y' WHERE id = 7");
  bench.must({"resume"});
  EXPECT_EQ(bench.state(), "contracted");
  EXPECT_EQ(bench.db.value("SELECT display_name FROM users WHERE id = 7"), "y");
}

TEST(OtherTable, AnOlderLedgerKnowsOfNone) {
  Backfilled const bench;
  bench.db.run("DELETE FROM bellows.relations");
  replace_table(bench.db, true);
  bench.must(contract);
  EXPECT_EQ(bench.state(), "contracted");
}

}  // namespace
}  // namespace bellows::test::other_table_db_test
