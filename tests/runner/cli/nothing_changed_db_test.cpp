#include "tests/runner/rollout/data_bench.hpp"

#include <gtest/gtest.h>

/// What fails before anything was changed ends with 6, says what to mend, and needs no resume.
namespace bellows::test::nothing_changed_db_test {
namespace {

constexpr char const* lower_name = "20260501090000_lower";

struct LowerBench {
  LowerBench() : project(db.conninfo()) {
    db.run(
        "CREATE TABLE users (id int PRIMARY KEY, email text);"
        "INSERT INTO users SELECT g, 'A' || g FROM generate_series(1, 100) g");
    project.migration(lower_name, "UPDATE users SET email = lower(email);\n");
    project.run({"plan", "--database-url", db.conninfo()});
  }
  void refuse_all() const {
    db.run(
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'not here' USING ERRCODE = '0A000'; END $$;"
        "CREATE TRIGGER no BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION no()");
  }
  void expect_unchanged(Ran const& ran, std::vector<std::string> const& words) const {
    expect_says(ran, 6, words);
    EXPECT_EQ((ran.said + ran.answer).find("resume"), std::string::npos) << ran.said;
    EXPECT_EQ((ran.said + ran.answer).find("paused"), std::string::npos) << ran.said;
  }

  TempDatabase db;
  Project project;
};

TEST(NothingChanged, ADryRunThatFails) {
  LowerBench const bench;
  bench.refuse_all();
  bench.expect_unchanged(bench.project.run({"up", "--dry-run"}),
                         {"the dry run of 20260501090000_lower", "not here", "0A000", "mend"});
  bench.expect_unchanged(bench.project.run({"backfill", lower_name, "--dry-run"}), {"not here"});
}

TEST(NothingChanged, AFirstBatchThatFailsLeavesThePendingMigrationToBeMended) {
  LowerBench const bench;
  bench.refuse_all();
  bench.expect_unchanged(bench.project.run({"up"}),
                         {"not here", "0A000", "the same command again"});
  bench.expect_unchanged(bench.project.run({"up", "--events-format", "json"}), {"not here"});
  EXPECT_EQ(bench.db.value("SELECT count(*) FROM bellows.migrations"), "0");
  EXPECT_EQ(bench.db.value("SELECT count(*) FROM bellows.jobs"), "0");
  bench.project.migration(lower_name, "UPDATE users SET email = upper(email) WHERE id > 50;\n");
  bench.db.run("DROP TRIGGER no ON users");
  bench.project.run({"plan", "--database-url", bench.db.conninfo()});
  expect_says(bench.project.run({"up"}), 0, {"done: "});
}

TEST(NothingChanged, AFailureOfALaterBatchIsForResume) {
  LowerBench const bench;
  bench.db.run(
      "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS"
      " $$ BEGIN IF NEW.id = 90 THEN RAISE EXCEPTION 'not here' USING ERRCODE = '0A000'; END IF;"
      " RETURN NEW; END $$;"
      "CREATE TRIGGER no BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION no()");
  expect_says(bench.project.run({"up", "--batch-rows", "10", "--batch-max-rows", "10"}), 7,
              {"not here", "resume"});
  bench.db.run("DROP TRIGGER no ON users");
  expect_says(bench.project.run({"resume"}), 0, {"done: "});
  EXPECT_EQ(bench.db.value("SELECT count(*) FROM users WHERE email = lower(email)"), "100");
}

TEST(NothingChanged, ALedgerThatCannotBeMade) {
  LowerBench const bench;
  bench.db.run("CREATE SCHEMA bellows; CREATE TABLE bellows.version (something text)");
  bench.expect_unchanged(bench.project.run({"up"}), {"42883", "nothing was changed"});
}

}  // namespace
}  // namespace bellows::test::nothing_changed_db_test
