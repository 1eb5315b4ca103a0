#include "tests/runner/rollout/data_bench.hpp"
#include "tests/runner/rollout/rename_bench.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

/// No walk is believed: the server is asked whether a row is left, at the end of a backfill and
/// before the swap; under the swap's lock, whether the catalog is as it was left.
namespace bellows::test::server_asked_db_test {
namespace {

std::string users(int rows = 300) {
  return std::string(users_table) +
         fmt::format("INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, {}) g", rows);
}

constexpr char const* undoing =
    "CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN IF NEW.id = 7 THEN NEW.display_name := NULL; END IF; RETURN NEW; END $$;"
    "CREATE TRIGGER \"~~undo\" BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION undo()";

TEST(ServerAsked, ABackfillThatLeavesARowFailsAndWalksAgain) {
  RenameBench const bench(users());
  bench.expand();
  bench.db.run(undoing);
  expect_says(bench.project.run({"backfill", rename_name}), 7,
              {"step copy", "still finds rows that are due", "display_name IS NULL", "resume"});
  EXPECT_EQ(bench.state(), "failed");
  bench.db.run("DROP TRIGGER \"~~undo\" ON users");
  bench.must({"resume"});
  EXPECT_EQ(bench.state(), "backfilled");
  EXPECT_EQ(bench.db.value("SELECT count(*) FROM users WHERE display_name = 'n' || id"), "300");
}

/// Past the triggers, which are as they were before and after.
constexpr char const* written_past =
    "ALTER TABLE users DISABLE TRIGGER USER; UPDATE users SET name = 'past' WHERE id = 7";

std::string enable_always(TempDatabase const& db) {
  return db.value(
      "SELECT string_agg(format('ALTER TABLE users ENABLE ALWAYS TRIGGER %I', tgname), ';')"
      " FROM pg_trigger WHERE tgrelid = 'users'::regclass AND NOT tgisinternal");
}

TEST(ServerAsked, TheSwapIsNotBegunWhileARowIsOutOfStep) {
  RenameBench const bench(users());
  bench.expand();
  bench.backfill();
  bench.db.run(written_past);
  bench.db.run(enable_always(bench.db));
  expect_says(bench.project.run({"contract", "--quiet-period", "0"}), 7,
              {"step swap", "out of step", "nothing was locked", "SELECT * FROM public.users"});
  EXPECT_EQ(bench.db.value("SELECT name FROM users WHERE id = 7"), "past");
  bench.db.run("UPDATE users SET name = 'past again' WHERE id = 7");  // the trigger puts it right
  bench.must({"resume"});
  EXPECT_EQ(bench.state(), "contracted");
  EXPECT_EQ(bench.db.value("SELECT display_name FROM users WHERE id = 7"), "past again");
}

using Words = std::vector<std::string>;

struct Tampering {
  char const* name;
  std::string sql;
  std::string says;
};

class TamperedSwap : public testing::TestWithParam<Tampering> {};

std::string tampering(Tampering const& with) {
  return fmt::format(
      "DO $$ DECLARE t name; BEGIN SELECT tgname INTO t FROM pg_trigger"
      " WHERE tgrelid = 'users'::regclass AND tgname LIKE '%update%' LIMIT 1; EXECUTE format('{}',"
      " t); END $$",
      with.sql);
}

// After contract has looked at the triggers, and before it has the lock.
TEST_P(TamperedSwap, IsRefusedUnderItsLock) {
  RenameBench const bench(users());
  bench.expand();
  bench.backfill();
  bool done = false;
  Ran const ran =
      bench.project.run_observed({{"contract", "--quiet-period", "0"}}, [&](Event const& event) {
        if (event.what == "gate looked at" && !done) {
          done = true;
          bench.db.session("tampering").run(tampering(GetParam()));
        }
      });
  expect_says(ran, 7, {"ENABLE ALWAYS", "bellows abort"});
  EXPECT_EQ(bench.db.value("SELECT count(*) FROM users WHERE display_name = name"), "300");
  bench.must({"abort", rename_name});
  EXPECT_EQ(leftovers(bench.db), "");
}

TEST_P(TamperedSwap, IsToldBeforeAnythingGoesOn) {
  RenameBench const bench(users());
  bench.expand();
  bench.db.run(tampering(GetParam()));
  Words const told{"keep name and display_name of public.users in step", GetParam().says};
  expect_says(bench.project.run({"up"}), 11, told);
  EXPECT_EQ(bench.state(), "expanded");
  expect_says(bench.must({"status"}), 0, told);
  bench.db.run(enable_always(bench.db));
  if (GetParam().name == std::string("Dropped")) {
    expect_says(bench.project.run({"up"}), 11, {"bellows abort 20260301090000_rename, then"});
    return;
  }
  bench.must({"up"});
  bench.db.run(tampering(GetParam()));
  std::string const status = bench.must({"status"}).answer;
  EXPECT_EQ(status.find("both stay in step"), std::string::npos) << status;
  Words next = told;
  next.emplace_back("next: ");
  next.emplace_back("ALTER TABLE public.users ENABLE ALWAYS TRIGGER \"");
  next.emplace_back("; then bellows verify 20260301090000_rename");
  expect_says(bench.must({"status"}), 0, next);
  expect_says(bench.project.run({"verify"}), 9, next);
  expect_says(bench.project.run({"contract", "--gate-wait", "0"}), 11, next);
  EXPECT_EQ(bench.state(), "backfilled");
  bench.db.run(enable_always(bench.db));
  bench.must({"verify"});
  bench.contract();
}

INSTANTIATE_TEST_SUITE_P(
    Triggers, TamperedSwap,
    testing::Values(Tampering{"Disabled", "ALTER TABLE users DISABLE TRIGGER %I", "is disabled"},
                    Tampering{"FiresAtTheOriginOnly", "ALTER TABLE users ENABLE TRIGGER %I",
                              "is not ENABLE ALWAYS any more"},
                    Tampering{"Dropped", "DROP TRIGGER %I ON users", "is gone"}),
    [](auto const& each) { return std::string(each.param.name); });

TEST(ServerAsked, AConversionsProofMustStillBeThere) {
  RenameBench const bench(
      "CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL);"
      "CREATE INDEX users_name ON users (name);"
      "INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, 50) g",
      std::string("-- bellows: using display_name = upper(name)\n"
                  "-- bellows: reverse name = lower(display_name)\n") +
          rename_sql);
  bench.expand();
  bench.backfill();
  std::string const check = bench.db.value(
      "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = 'users'::regclass");
  bench.db.run(fmt::format("ALTER TABLE users DROP CONSTRAINT \"{}\"", check));
  expect_says(bench.project.run({"contract", "--quiet-period", "0"}), 7,
              {check, "read every row while everybody waits"});
  bench.db.run(fmt::format(
      "ALTER TABLE users ADD CONSTRAINT \"{}\" CHECK (display_name IS NOT NULL)", check));
  bench.db.run("DROP INDEX bellows_users_name_display_name");
  expect_says(bench.project.run({"resume"}), 7, {"bellows_users_name_display_name", "INVALID"});
  EXPECT_EQ(bench.db.value("SELECT count(*) FROM users WHERE display_name = upper(name)"), "50");
}

// The author's own DELETE is told about, as before: the application may write such rows any time.
TEST(ServerAsked, RowsOfTheAuthorsOwnAreOnlyTold) {
  RenameBench const bench(
      users() +
          ";CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS"
          " $$ BEGIN IF OLD.id = 7 THEN RETURN NULL; END IF; RETURN OLD; END $$;"
          "CREATE TRIGGER keep BEFORE DELETE ON users FOR EACH ROW EXECUTE FUNCTION keep()",
      "DELETE FROM users WHERE visits = 0;\n");
  Ran const ran = bench.must({"up"});
  EXPECT_NE(ran.said.find("one is left"), std::string::npos) << ran.said;
  EXPECT_EQ(bench.db.value("SELECT id FROM users"), "7");
}

}  // namespace
}  // namespace bellows::test::server_asked_db_test
