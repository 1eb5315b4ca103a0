#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/beside.hpp"

#include <atomic>
#include <csignal>

/// A table without a key that every row has, renamed from the migration file to the end.
namespace bellows::test::keyless_db_test {
namespace {

using Words = std::vector<std::string>;

std::string const small_batches = "25";

std::string scene(std::string const& key) {
  return fmt::format(
      "CREATE TABLE users ({}, name text, visits int NOT NULL DEFAULT 0);"
      "INSERT INTO users SELECT CASE WHEN i % 5 > 0 THEN i END, CASE WHEN i % 9 > 0 THEN 'n' || i"
      " END FROM generate_series(1, 400) i",
      key);
}

class KeylessRename : public testing::TestWithParam<std::pair<char const*, char const*>> {
 protected:
  static std::string key() { return GetParam().second; }
};

TEST_P(KeylessRename, GoesAllTheWayBesideAnApplication) {
  RenameBench const bench(scene(key()));
  std::atomic<bool> over = false;
  int rounds = 0;
  Beside application(
      [&] {
        postgres::Session session = bench.db.session("application");
        for (; !over; ++rounds) {
          session.run("INSERT INTO users (name) VALUES ('new')");
          session.run(
              fmt::format("UPDATE users SET name = 'changed ' || visits, visits = visits + 1"
                          " WHERE ctid = (SELECT ctid FROM users LIMIT 1 OFFSET {})",
                          rounds % 300));
        }
      },
      [&] { over = true; });
  bench.must({"up", "--batch-rows", small_batches, "--batch-max-rows", small_batches,
              "--batch-pause", "5ms"});
  over = true;
  application.join();
  EXPECT_GT(rounds, 10);
  EXPECT_EQ(bench.db.value("SELECT count(*) FROM users WHERE display_name IS DISTINCT FROM name"),
            "0");
  EXPECT_NE(bench.must({"verify"}).answer.find("users"), std::string::npos);
  bench.contract();
  EXPECT_EQ(bench.db.value("SELECT state FROM bellows.migrations"), "contracted");
  EXPECT_EQ(bench.db.value("SELECT count(*) FROM users"), std::to_string(400 + rounds));
  EXPECT_EQ(leftovers(bench.db), "");
}

TEST_P(KeylessRename, KilledAtEveryEventOfItsBackfill) {
  RenameBench const bench(scene(key()));
  bench.expand();
  bench.db.run(
      "CREATE TABLE writes (id int, name text);"
      "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
      " $$ BEGIN IF current_setting('bellows.backfill', true) = 'on' THEN"
      "   INSERT INTO public.writes VALUES (NEW.id, NEW.name); END IF; RETURN NEW; END $$;"
      "CREATE TRIGGER noted BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION note()");
  int killed = 0;
  for (int k = 1; k < 500; k += 3) {
    int count = 0;
    Ran const ran = bench.project.run_observed(
        {{"backfill", rename_name, "--batch-rows", "100", "--batch-max-rows", "100"}},
        [&](Event const&) {
          if (++count == k) {
            ::kill(::getpid(), SIGKILL);
          }
        });
    if (ran.code == 0) {
      break;
    }
    ASSERT_EQ(ran.code, 128 + 9) << ran.said;
    ++killed;
  }
  EXPECT_GT(killed, 5);
  EXPECT_EQ(bench.state(), "backfilled");
  EXPECT_EQ(bench.db.value("SELECT count(*) || ' ' || count(DISTINCT name) FROM writes"),
            "356 356");
  EXPECT_EQ(bench.db.value("SELECT count(*) FROM users WHERE display_name IS DISTINCT FROM name"),
            "0");
}

INSTANTIATE_TEST_SUITE_P(Tables, KeylessRename,
                         testing::Values(std::pair{"NoKey", "id int"},
                                         std::pair{"KeyMayBeNull", "id int UNIQUE"}),
                         [](auto const& of) { return of.param.first; });

TEST(KeylessDryRun, ShowsTheValuesAndWritesNothing) {
  RenameBench const bench(scene("id int"));
  Ran const ran = bench.must({"up", "--dry-run"});
  EXPECT_NE(ran.answer.find("n1"), std::string::npos) << ran.answer << ran.said;
  EXPECT_EQ(bench.db.value("SELECT count(*) FROM users"), "400");
}

TEST(KeylessDryRun, AnUpdateShowsTheRowsThatItTakesAndWhatTheyHave) {
  TempDatabase const db;
  db.run("CREATE TABLE log (at int, line text); INSERT INTO log VALUES (1, 'old'), (2, 'kept')");
  Project const project(db.conninfo());
  project.migration("20260401090000_mark", "UPDATE log SET line = 'new' WHERE at = 1;\n");
  ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0);
  Ran const ran = project.run({"up", "--dry-run"});
  EXPECT_EQ(ran.code, 0) << ran.said;
  EXPECT_NE(ran.answer.find("line 'old' → 'new'"), std::string::npos) << ran.answer;
  EXPECT_EQ(ran.answer.find("kept"), std::string::npos) << ran.answer;
  EXPECT_EQ(db.value("SELECT string_agg(line, ' ' ORDER BY at) FROM log"), "old kept");
}

TEST(KeylessUpdate, EndsWithAVerificationThatTells) {
  TempDatabase const db;
  db.run(
      "CREATE TABLE log (at int, line text); INSERT INTO log SELECT i, 'l' FROM "
      "generate_series(1, 50) i");
  Project const project(db.conninfo());
  project.migration("20260401090000_mark", "UPDATE log SET line = upper(line);\n");
  ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0);
  Ran const ran = project.run({"up"});
  EXPECT_EQ(ran.code, 0) << ran.said << ran.answer;
  EXPECT_EQ(db.value("SELECT count(*) FROM log WHERE line = 'L'"), "50");
  EXPECT_EQ(db.value("SELECT count(*) FROM bellows.steps WHERE step = 'verify'"), "1");
}

TEST(KeylessUpdate, AForeignChildThatCameAfterThePlanIsRefusedBeforeAnyStep) {
  TempDatabase const db;
  db.run("CREATE TABLE log (at int, line text); INSERT INTO log VALUES (1, 'l')");
  Project const project(db.conninfo());
  project.migration("20260401090000_mark", "UPDATE log SET at = 7;\n");
  ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0);
  db.run(
      "CREATE FOREIGN DATA WRAPPER elsewhere; CREATE SERVER far FOREIGN DATA WRAPPER elsewhere;"
      "CREATE FOREIGN TABLE log_far () INHERITS (log) SERVER far");
  Ran const ran = project.run({"up"});
  EXPECT_EQ(ran.code, 11) << ran.said;
  EXPECT_NE(ran.said.find("log_far is a foreign table"), std::string::npos) << ran.said;
  EXPECT_EQ(db.value("SELECT at FROM ONLY log"), "1");
}

TEST(KeylessDelete, GoesThroughPartitions) {
  TempDatabase const db;
  db.run(
      "CREATE TABLE log (at int, line text) PARTITION BY RANGE (at);"
      "CREATE TABLE log_a PARTITION OF log FOR VALUES FROM (0) TO (100);"
      "CREATE TABLE log_b PARTITION OF log DEFAULT;"
      "INSERT INTO log SELECT i, 'l' || i FROM generate_series(1, 300) i");
  Project const project(db.conninfo());
  project.migration("20260401090000_purge", "DELETE FROM log WHERE at % 2 = 0;\n");
  ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0);
  Ran const ran = project.run({"up", "--batch-rows", "20", "--batch-max-rows", "20"});
  EXPECT_EQ(ran.code, 0) << ran.said << ran.answer;
  EXPECT_EQ(db.value("SELECT count(*) || ' ' || min(at) FROM log"), "150 1");
}

}  // namespace
}  // namespace bellows::test::keyless_db_test
