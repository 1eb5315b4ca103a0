#include "tests/runner/rollout/rename_bench.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <string>
#include <unistd.h>

/// `--dry-run` writes nothing: not a row, not the ledger.
namespace bellows::test::dry_run_db_test {
namespace {

constexpr char const* fill = "20260101000000_fill";

struct FillBench {
  explicit FillBench(int rows = 1'000) : project(db.conninfo()) {
    db.run("CREATE TABLE t (id int PRIMARY KEY, name text, copy text, seen int DEFAULT 0)");
    db.run("INSERT INTO t SELECT i, 'name ' || i FROM generate_series(1, " + std::to_string(rows) +
           ") AS i");
    db.run(
        "CREATE TABLE log (id int); CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN INSERT INTO public.log VALUES (NEW.id); RETURN NEW; END';"
        "CREATE TRIGGER noted AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note()");
    db.run("ANALYZE t");
    project.migration(fill, "UPDATE t SET copy = upper(name);\n");
    project.run({"plan", "--database-url", db.conninfo()});
  }

  /// Every row with its version and its writer, so that one that was only rewritten shows.
  std::string tables() const {
    return db.value(
               "SELECT md5(coalesce(string_agg(t::text || ctid::text || xmin::text, ',' ORDER BY "
               "id), ''))"
               " FROM t") +
           db.value("SELECT count(*) FROM log");
  }
  std::string ledger() const {
    std::string all;
    for (char const* table : {"migrations", "steps", "jobs", "lanes", "events", "lease"}) {
      all +=
          db.value(fmt::format("SELECT md5(coalesce(string_agg(l::text, ',' ORDER BY l::text),"
                               " '')) FROM bellows.{} AS l",
                               table));
    }
    return all;
  }

  TempDatabase db;
  Project project;
};

void expect_says(Ran const& ran, std::vector<std::string> const& words) {
  EXPECT_EQ(ran.code, 0) << ran.said;
  for (std::string const& word : words) {
    EXPECT_NE(ran.answer.find(word), std::string::npos) << "not said: " << word << "\n"
                                                        << ran.answer;
  }
}

TEST(DryRun, TriesRowsAndTakesThemBack) {
  FillBench const bench;
  std::string const before = bench.tables();
  Ran const ran = bench.project.run({"up", "--dry-run"});
  expect_says(ran, {"a dry run", "20260101000000_fill would run", "about 1,000 rows",
                    "600 rows read in 3 places, 600 of them written and rolled back",
                    "id = 1: copy NULL → 'NAME 1'", "id = 2: copy NULL → 'NAME 2'",
                    "fires noted: 600 times", "bytes of WAL a row", "expected, one lane",
                    "Update on t", "nothing was changed"});
  EXPECT_EQ(bench.tables(), before);
  EXPECT_EQ(bench.db.value("SELECT to_regnamespace('bellows')"), "") << "not even a ledger";
}

TEST(DryRun, WhatItToldHappensAfterwards) {
  FillBench const bench;
  ASSERT_EQ(bench.project.run({"up", "-n"}).code, 0);
  ASSERT_EQ(bench.project.run({"up"}).code, 0);
  EXPECT_EQ(bench.db.value("SELECT count(*) FROM t WHERE copy = upper(name)"), "1000");
  expect_says(bench.project.run({"up", "--dry-run"}), {"nothing to do"});
}

TEST(DryRun, AnInterruptedBackfillIsLookedAtAndLeftAlone) {
  FillBench const bench;
  int batches = 0;
  auto const stopped = bench.project.run_observed(
      {{"up", "--batch-rows", "100", "--batch-max-rows", "100"}}, [&](Event const& event) {
        if (event.what == "batch committed" && ++batches == 3) {
          ::kill(::getpid(), SIGKILL);
        }
      });
  ASSERT_NE(stopped.code, 0);
  std::string const tables = bench.tables();
  std::string const ledger = bench.ledger();
  expect_says(bench.project.run({"backfill", fill, "--dry-run"}), {"would go on", "rolled back"});
  EXPECT_EQ(bench.tables(), tables);
  EXPECT_EQ(bench.ledger(), ledger);
}

/// n + 1 shows a row that has had its turn.
TEST(DryRun, OfAnInterruptedBackfillTheRestIsCountedAndShown) {
  TempDatabase const db;
  Project const project(db.conninfo());
  db.run(
      "CREATE TABLE t (id int PRIMARY KEY, n int);"
      "INSERT INTO t SELECT i, 0 FROM generate_series(1, 1000) i");
  db.run("ANALYZE t");
  project.migration(fill, "UPDATE t SET n = n + 1;\n");
  ASSERT_EQ(project.run({"plan", "--database-url", db.conninfo()}).code, 0);
  int batches = 0;
  ASSERT_NE(project
                .run_observed({{"up", "--batch-rows", "100", "--batch-max-rows", "100"}},
                              [&](Event const& event) {
                                if (event.what == "batch committed" && ++batches == 3) {
                                  ::kill(::getpid(), SIGKILL);
                                }
                              })
                .code,
            0);
  std::string const done = db.value("SELECT count(*) FROM t WHERE n = 1");
  ASSERT_NE(done, "0");
  ASSERT_NE(done, "1000");
  Ran const ran = project.run({"up", "--dry-run"});
  expect_says(ran, {fmt::format(" rows left ({} are done)", done), "n '0' → '1'"});
  std::string const about = "      about ";
  ASSERT_NE(ran.answer.find(about), std::string::npos);
  int const left = std::atoi(ran.answer.c_str() + ran.answer.find(about) + about.size());
  EXPECT_NEAR(left, 1000 - std::stoi(done), 20) << ran.answer;
  EXPECT_EQ(ran.answer.find("n '1' → '2'"), std::string::npos) << ran.answer;
}

TEST(DryRun, ColumnsThatAreNotThereYetAreComputed) {
  RenameBench const bench(std::string(users_table) + "INSERT INTO users VALUES (1, 'ann')",
                          "-- bellows: using display_name = initcap(name)\n"
                          "-- bellows: reverse name = display_name\n" +
                              std::string(rename_sql));
  Ran const ran = bench.project.run({"up", "--dry-run"});
  expect_says(ran, {"expand ", "ACCESS EXCLUSIVE on public.users, for a moment", "ADD COLUMN",
                    "id = 1: display_name NULL → 'Ann'", "not there yet", "contract comes later"});
  EXPECT_EQ(bench.db.value("SELECT to_regnamespace('bellows')"), "");
  EXPECT_EQ(bench.db.value("SELECT count(*) FROM information_schema.columns WHERE table_name ="
                           " 'users' AND column_name = 'display_name'"),
            "0");
}

TEST(DryRun, NamesTheTriggersOfAColumnThatIsNotThereYet) {
  RenameBench const bench(noted_users(3));
  expect_says(bench.project.run({"up", "--dry-run"}),
              {"each row fires trigger note (public.note() writes a row into writes)",
               "a row of public.users is written before and after"});
}

TEST(DryRun, AFilesOwnStatementsHaveNoNamesOfBellows) {
  TempDatabase const db;
  Project const project(db.conninfo());
  project.migration("1_a", "CREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY i ON a (id);\n");
  Ran const ran = project.run({"up", "--dry-run"});
  expect_says(ran, {"in one transaction\n      CREATE TABLE a", "outside of a transaction"});
  EXPECT_EQ(ran.answer.find("run-2"), std::string::npos) << ran.answer;
  Ran const up = project.run({"up"});
  expect_says(up, {"done: 1_a"});
  EXPECT_NE(up.said.find("run 1_a: `CREATE TABLE a (id int)`"), std::string::npos) << up.said;
}

/// What the triggers' functions say is for the plan; a dry run is read for what happens.
TEST(DryRun, LongStatementsAreOneLineEach) {
  RenameBench const bench(std::string(users_table) + "INSERT INTO users VALUES (1, 'ann')");
  Ran const ran = bench.project.run({"up", "--dry-run"});
  expect_says(ran, {"CREATE FUNCTION public.bellows_sync_users_name_display_name()", " lines)\n",
                    std::string("in full in plans/") + rename_name + ".yaml, or with --verbose",
                    "ALTER TABLE public.users ADD COLUMN display_name text",
                    "id = 1: display_name NULL → 'ann'"});
  EXPECT_EQ(ran.answer.find("RETURN NEW"), std::string::npos) << ran.answer;
  EXPECT_LT(std::ranges::count(ran.answer, '\n'), 40) << ran.answer;
  Ran const whole = bench.project.run({"up", "--dry-run", "--verbose"});
  expect_says(whole, {"RETURN NEW", "ENABLE ALWAYS TRIGGER"});
  EXPECT_EQ(whole.answer.find("in full in"), std::string::npos) << whole.answer;
}

/// Each is judged after those before it; the first that would be refused is where `up` ends.
TEST(DryRun, SaysWhereUpWouldEnd) {
  TempDatabase const db;
  Project const project(db.conninfo());
  project.migration("1_t", "CREATE TABLE t (id int PRIMARY KEY, a text);\n");
  project.migration("2_fill", "INSERT INTO t SELECT g FROM generate_series(1, 9) g;\n");
  project.migration("3_drop", "ALTER TABLE t DROP COLUMN a;\n");
  project.migration("4_more", "CREATE TABLE more (id int);\n");
  Ran const ran = project.run({"up", "--dry-run"});
  EXPECT_EQ(ran.code, 5) << ran.answer << ran.said;
  for (char const* words :
       {"1_t would run:", "2_fill would run after that:",
        "up would end here, before its first step: 3_drop can't be run as", "[drop-column]"}) {
    EXPECT_NE(ran.answer.find(words), std::string::npos) << words << ran.answer;
  }
  EXPECT_EQ(ran.answer.find("4_more"), std::string::npos) << ran.answer;
  EXPECT_EQ(project.run({"up"}).code, 5);
  EXPECT_EQ(db.value("SELECT to_regclass('t')"), "") << "all is asked before anything runs";
}

/// Two indexes of one name: check, the dry run and the run say the same of them.
struct TakenName {
  char const* there;
  char const* meant;
  int check;
  int up;
  char const* said;  // by the dry run
};

void expect_one_answer(TakenName const& one) {
  TempDatabase const db;
  Project const project(db.conninfo());
  db.run("CREATE TABLE t (id int PRIMARY KEY, a int, b text); CREATE TABLE u (a int)");
  db.run(one.there);
  project.migration("1_i", std::string(one.meant) + ";\n");
  EXPECT_EQ(project.run({"check", "--database-url", db.conninfo()}).code, one.check) << one.meant;
  Ran const dry = project.run({"up", "--dry-run"});
  EXPECT_EQ(dry.code, one.up) << one.meant << dry.answer << dry.said;
  EXPECT_NE((dry.answer + dry.said).find(one.said), std::string::npos) << dry.answer << dry.said;
  Ran const up = project.run({"up"});
  EXPECT_EQ(up.code, one.up) << one.meant << up.said;
}

TEST(DryRun, AnIndexOfThatNameIsWhatUpFindsIt) {
  constexpr char const* index_of_a = "CREATE INDEX i ON t (a)";
  constexpr char const* broken =
      "CREATE INDEX i ON t (a); UPDATE pg_index SET indisvalid = false"
      " WHERE indexrelid = 'i'::regclass";
  for (TakenName const& one : {
           TakenName{index_of_a, "CREATE INDEX CONCURRENTLY i ON t (a)", 0, 0,
                     "is there already, just as it was to be made"},
           TakenName{index_of_a, "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)", 0, 0,
                     "is there already, just as it was to be made"},
           TakenName{broken, "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)", 0, 0,
                     "is there and INVALID: it is dropped first"},
           TakenName{broken, "CREATE INDEX CONCURRENTLY i ON t (a)", 0, 0,
                     "is there and INVALID: it is dropped first"},
           TakenName{index_of_a, "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (b)", 5, 5,
                     "its columns are (a), meant is (b)"},
           TakenName{index_of_a, "CREATE INDEX CONCURRENTLY i ON t (b)", 5, 5,
                     "its columns are (a), meant is (b)"},
           TakenName{"CREATE INDEX i ON u (a)",
                     "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)", 5, 5,
                     "an index of public.u"},
           TakenName{"CREATE TABLE i (a int)", "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)",
                     5, 5, "that of a table"},
           TakenName{"CREATE INDEX i ON t (b) WHERE b = 'x'",
                     "CREATE INDEX CONCURRENTLY i ON t (b) WHERE b = 'x'", 0, 0,
                     "is there already, just as it was to be made"},
           TakenName{"CREATE INDEX i ON t (b) WHERE b = 'x'",
                     "CREATE INDEX CONCURRENTLY i ON t (b) WHERE b = 'y'", 0, 6,
                     "up would end here: the name public.i is taken"},
           TakenName{index_of_a, "DROP INDEX CONCURRENTLY i; CREATE INDEX CONCURRENTLY i ON t (b)",
                     0, 0, "CREATE INDEX CONCURRENTLY i ON t (b)"},
       }) {
    expect_one_answer(one);
  }
}

TEST(DryRun, HeldRowsAreLeftOutAndNobodyIsWaitedFor) {
  FillBench const bench(100);
  postgres::Session holder = bench.db.session();
  auto holding = holder.begin();
  holding.run("SELECT FROM t WHERE id = 100 FOR UPDATE");  // in every range
  expect_says(bench.project.run({"up", "--dry-run"}), {"no sample: rows were held"});
}

TEST(DryRun, AnEmptyTableHasNothingToTry) {
  FillBench const bench(0);
  expect_says(bench.project.run({"up", "--dry-run"}), {"the table is empty"});
}

TEST(DryRun, OnlyThoseThatKnowItTakeIt) {
  FillBench const bench;
  for (char const* command : {"expand", "contract", "abort", "resume"}) {
    EXPECT_EQ(bench.project.run({command, fill, "--dry-run"}).code, 2) << command;
  }
}

TEST(DryRun, AskedForInTheEnvironmentItIsNotBrokenSilently) {
  FillBench const bench;
  ::setenv("BELLOWS_DRY_RUN", "1", 1);
  Ran const expand = bench.project.run({"expand", fill});
  Ran const up = bench.project.run({"up"});
  ::unsetenv("BELLOWS_DRY_RUN");
  EXPECT_EQ(expand.code, 2) << expand.said;
  expect_says(up, {"a dry run", "rolled back"});
  EXPECT_EQ(bench.db.value("SELECT to_regnamespace('bellows')"), "");
}

}  // namespace
}  // namespace bellows::test::dry_run_db_test
