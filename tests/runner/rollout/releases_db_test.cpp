#include "runner/ledger/releases.hpp"
#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/said.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <unistd.h>
#include <vector>

/// Which release contracts what: over deployments, their repetition and their rollback.
namespace bellows::test::releases_db_test {
namespace {

using Words = std::vector<std::string>;

std::string const users = std::string(users_table) + "INSERT INTO users VALUES (1, 'ann')";

class ReleaseBench : public testing::Test {
 protected:
  Ran up(std::string const& release, Words more = {}) const {
    more.insert(more.begin(), {"up", "--release", release, "--quiet-period", "0"});
    return t.project.run(more);
  }
  void expect_up(std::string const& release, std::string const& state) const {
    Ran const ran = up(release);
    EXPECT_EQ(ran.code, 0) << ran.said << ran.answer;
    EXPECT_EQ(t.state(), state) << "after release " << release << "\n" << ran.said << ran.answer;
  }
  std::string stamp() const { return t.db.value("SELECT release FROM bellows.migrations"); }

  RenameBench t{users};
};

TEST_F(ReleaseBench, TwiceIsOnceAndTheNextOneContracts) {
  expect_up("1", "backfilled");
  expect_up("1", "backfilled");
  expect_says(up("2"), 0, {fmt::format("contracted: {}\n", rename_name)});
  EXPECT_EQ(t.state(), "contracted");
  expect_says(up("2"), 0, {"nothing to do: the database is up to date"});
}

TEST_F(ReleaseBench, WhoeverMovesItOnStampsIt) {
  t.expand();  // outside of any release
  expect_up("2", "backfilled");
  expect_up("2", "backfilled");
  EXPECT_EQ(stamp(), "2");
  expect_up("3", "contracted");
}

TEST_F(ReleaseBench, WhatWasBackfilledOutsideOfAReleaseIsTheFirstOnes) {
  t.must({"up"});
  expect_says(up("2"), 0, {"is release 2's from now on"});
  expect_up("2", "backfilled");
  t.must({"up"});
  EXPECT_EQ(t.state(), "backfilled");
  expect_up("3", "contracted");
}

TEST_F(ReleaseBench, InterruptedInOneReleaseItIsTheNextOnes) {
  auto const dies = [](Event const& event) {
    if (event.what == "step begins" && event.detail == "verify") {
      ::_exit(9);
    }
  };
  ASSERT_NE(t.project.run_observed({{"up", "--release", "1"}}, dies).code, 0);
  expect_up("2", "backfilled");
  expect_up("2", "backfilled");
  expect_up("3", "contracted");
}

TEST_F(ReleaseBench, WhatFailsBehindAContractHasNotLeftNothingChanged) {
  expect_up("1", "backfilled");
  t.project.migration("20260401000000_bad", "ALTER TABLE users ADD COLUMN z int;\nSELECT 1/0;\n");
  Ran const failed = up("2");
  EXPECT_EQ(failed.code, 7) << failed.said;
  EXPECT_NE(failed.answer.find(fmt::format("contracted: {}\n", rename_name)), std::string::npos)
      << failed.answer;
  EXPECT_EQ(up("2").code, 6);  // of itself it still leaves nothing
}

// Whoever has rolled back is told to type plain `up`, since it contracts nothing.
TEST_F(ReleaseBench, WithoutAReleaseAContractThatWasCutOffIsLeftAlone) {
  expect_up("1", "backfilled");
  for (std::string const step : {"old-side-quiet", "swap"}) {
    auto const dies = [&](Event const& event) {
      if (event.what == "step begins" && event.detail == step) {
        ::_exit(9);
      }
    };
    ASSERT_NE(t.project.run_observed({{"up", "--release", "2", "--quiet-period", "0"}}, dies).code,
              0);
    std::string const before = t.schema();
    for (Words const& command : {Words{"up", "--dry-run"}, {"up", "--quiet-period", "0"}}) {
      expect_says(t.project.run(command), 0,
                  {"its contract has begun, and without --release nothing is contracted",
                   "bellows contract " + std::string(rename_name), "next: bellows resume"});
    }
    EXPECT_EQ(t.schema(), before) << step;
    EXPECT_EQ(t.state(), "contracting") << step;
  }
  expect_up("2", "contracted");
}

TEST_F(ReleaseBench, AbortAndExpandKeepTheStamp) {
  expect_up("1", "backfilled");
  t.must({"abort", rename_name});
  t.expand();
  EXPECT_EQ(stamp(), "1");
  expect_up("1", "backfilled");
  expect_up("1", "backfilled");
  t.must({"abort", rename_name});
  expect_up("2", "aborted");
  t.backfill();  // release 2 was here before it began again
  expect_up("2", "backfilled");
  expect_up("3", "contracted");
}

TEST_F(ReleaseBench, AnOlderReleaseContractsNothingAndDoesNotFail) {
  t.project.migration("1_a", "CREATE TABLE a (id int);");
  ASSERT_EQ(up("1.0", {"--to", "1_a"}).code, 0);
  ASSERT_EQ(up("1.1").code, 0);
  std::string const before = t.schema();
  expect_says(up("1.0"), 0, {"release 1.0 is older than 1.1", "contracts nothing"});
  expect_says(up("1.0", {"--dry-run"}), 0, {"release 1.0 is older than 1.1"});
  EXPECT_EQ(t.schema(), before);
  ASSERT_EQ(up("1.1").code, 0);
  EXPECT_EQ(t.schema(), before) << "and the way forward again is no later release";
  ASSERT_EQ(up("1.2").code, 0);
  EXPECT_NE(t.schema(), before);
}

TEST_F(ReleaseBench, AfterARollbackTheNextReleaseDoesNotContract) {
  t.project.migration("1_a", "CREATE TABLE a (id int);");
  ASSERT_EQ(up("1.0", {"--to", "1_a"}).code, 0);
  ASSERT_EQ(up("1.1").code, 0);
  ASSERT_EQ(up("1.0").code, 0);
  std::string const before = t.schema();
  std::string const why = "release 1.0 was deployed last";
  expect_says(t.project.run({"status"}), 0,
              {why, "which is older than 1.1: a rollback", "next: " + std::string(rename_name),
               "deploy 1.1 or a later release first"});
  expect_says(t.project.run({"status", "--format", "json"}), 0,
              {"\"rollback\": true", "\"release\": \"1.0\""});
  expect_says(t.project.run({"contract", "--quiet-period", "0"}), 11, {why, "uses name"});
  for (int deployment = 0; deployment < 2; ++deployment) {
    for (Words const& more : {Words{"--dry-run"}, {}}) {
      expect_says(up("1.2", more), 0,
                  {"is not contracted now: release 1.0 was deployed", "uses name",
                   "the release after 1.2 contracts it"});
    }
    EXPECT_EQ(t.schema(), before);
  }
  // Who reads neither what the deployment said nor its stderr is told as well.
  std::string const next = fmt::format(
      "next: {0}: the release after 1.2 contracts it; or, once nothing of 1.0 runs any more: "
      "bellows contract {0}\n",
      rename_name);
  EXPECT_NE(up("1.2", {"-q"}).answer.find(next), std::string::npos) << up("1.2", {"-q"}).answer;
  expect_says(t.project.run({"status", "-q", "--exit-code"}), 10,
              {"is not contracted now: release 1.0 was deployed", next});
  expect_says(t.project.run({"status", "--format", "json"}), 0,
              {"\"held_back\": {", "\"by\": \"1.2\"", "\"older\": \"1.0\""});
  expect_says(up("1.3"), 0, {fmt::format("contracted: {}\n", rename_name)});
}

/// 1.1 backfills the rename and fails in what comes behind it: only 1.0's application may run.
TEST_F(ReleaseBench, WhatAReleaseExpandedThatFailedIsNotContractedByTheNext) {
  t.project.migration("1_a", "CREATE TABLE a (id int);");
  ASSERT_EQ(up("1.0", {"--to", "1_a"}).code, 0);
  t.project.migration("20260301100000_bad",
                      "CREATE INDEX CONCURRENTLY i ON users (visits);\nSELECT 1 / 0;\n");
  ASSERT_EQ(up("1.1").code, 7);
  t.project.migration("20260301100000_bad", "CREATE INDEX CONCURRENTLY i ON users (visits);\n");
  std::string const before = t.schema();
  EXPECT_EQ(t.project.run({"status"}).answer.find("a rollback"), std::string::npos);
  for (Words const& more : {Words{"--dry-run"}, {}, {}}) {
    expect_says(up("1.2", more), 0,
                {"is not contracted now: no `up --release 1.1`, which expanded it, has come to its "
                 "end",
                 "may be 1.0's, which uses name", "the release after 1.2 contracts it"});
  }
  EXPECT_EQ(t.schema(), before);
  expect_says(up("1.3"), 0, {fmt::format("contracted: {}\n", rename_name)});
}

/// The same command again, once what failed is mended, is its end.
TEST_F(ReleaseBench, AReleaseThatComesToItsEndTheSecondTimeIsDeployed) {
  t.project.migration("20260301100000_bad",
                      "CREATE INDEX CONCURRENTLY i ON users (visits);\nSELECT 1 / 0;\n");
  ASSERT_EQ(up("1.1").code, 7);
  t.project.migration("20260301100000_bad", "CREATE INDEX CONCURRENTLY i ON users (visits);\n");
  ASSERT_EQ(up("1.1").code, 0);
  expect_says(up("1.2"), 0, {fmt::format("contracted: {}\n", rename_name)});
}

/// What `up` would refuse behind a contract that is due is refused before that.
TEST_F(ReleaseBench, NothingIsContractedWhereALaterMigrationIsRefused) {
  expect_up("1", "backfilled");
  std::string const before = t.schema();
  struct Refused {
    char const* sql;
    int code;
  };
  for (Refused const& each :
       {Refused{"ALTER TABLE users DROP COLUMN visits;", 5},
        Refused{"UPDATE users SET visits = 1;", 5},
        Refused{"CREATE TABLE t (id int);\nGRANT SELECT ON t TO nobody_of_that_name;", 6},
        Refused{"CREATE EXTENSION no_such_extension;", 6}}) {
    t.project.migration("20260302090000_later", std::string(each.sql) + "\n");
    EXPECT_EQ(up("2", {"--dry-run"}).code, each.code) << each.sql;
    Ran const ran = up("2");
    EXPECT_EQ(ran.code, each.code) << each.sql << ran.said;
    EXPECT_EQ(t.schema(), before) << each.sql;
    EXPECT_EQ(t.db.value("SELECT string_agg(name, ' ') FROM bellows.releases"), "1")
        << "a release whose `up` was refused is none";
  }
  t.project.migration("20260302090000_later", "CREATE TABLE t (id int);\n");
  ASSERT_EQ(up("2").code, 0);
  EXPECT_EQ(t.db.value(std::string("SELECT state FROM bellows.migrations WHERE name = '") +
                       rename_name + "'"),
            "contracted");
}

// Back to 1.0, its application uses the old name; back to 1.1, which expanded, nobody does.
TEST_F(ReleaseBench, ALaterReleaseThatIsRolledBackRefusesContractByWhatRunsThen) {
  t.project.migration("1_a", "CREATE TABLE a (id int);");
  for (std::string const release : {"1.0", "1.1", "1.0", "1.2", "1.0"}) {
    bool const first = t.db.value("SELECT to_regclass('public.a') IS NULL") == "t";
    expect_says(up(release, first ? Words{"--to", "1_a"} : Words{}), 0, {});
  }
  Words const contract{"contract", "--quiet-period", "0"};
  expect_says(t.project.run({"status"}), 0, {"would be refused now", "deploy 1.1 or a later"});
  expect_says(t.project.run(contract), 11, {"release 1.0 was deployed last"});
  expect_says(up("1.1"), 0, {"release 1.1 is older than 1.2"});
  expect_says(t.project.run({"status"}), 0,
              {"release 1.1 was deployed last",
               "next: once no running application uses name: bellows contract\n"});
  expect_says(t.project.run(contract), 0, {"contracted"});
}

TEST_F(ReleaseBench, AfterARollbackAReasonContracts) {
  expect_up("1.0", "backfilled");
  t.db.run("UPDATE bellows.migrations SET release = '1.1'");
  t.db.run(
      "INSERT INTO bellows.releases (name, first_seen, last_seen) VALUES ('1.1', "
      "'yesterday', 'yesterday')");
  Words const contract{"contract", "--quiet-period", "0"};
  expect_says(t.project.run(contract), 11, {"release 1.0 was deployed last", "--because TEXT"});
  EXPECT_EQ(t.state(), "backfilled");
  t.must({"contract", "--quiet-period", "0", "--because", "all of 1.0 is stopped"});
  EXPECT_EQ(t.state(), "contracted");
  EXPECT_EQ(
      t.db.value("SELECT detail FROM bellows.events WHERE what = 'contract after a rollback'"),
      "all of 1.0 is stopped");
}

TEST_F(ReleaseBench, ARollbackIsToldWhatItsApplicationMisses) {
  t.project.migration("1_a", "CREATE TABLE a (id int);\nCREATE TABLE b (id int);");
  ASSERT_EQ(up("1.0", {"--to", "1_a"}).code, 0);
  ASSERT_EQ(up("1.1").code, 0);
  ASSERT_EQ(up("1.2").code, 0);
  expect_says(up("1.1"), 0, {"release 1.1 is older than 1.2"});
  Ran const known = t.project.run({"status"});
  EXPECT_EQ(known.answer.find("gone since"), std::string::npos) << known.answer;
  std::string const gone = "public.users.name is gone since ";
  std::string const by = fmt::format("({}, release 1.1)", rename_name);
  for (Words const& more : {Words{"--dry-run"}, {}}) {
    Ran const ran = up("1.0", more);
    expect_says(ran, 0, {"release 1.0 is older than 1.2", gone, by, "deploy 1.1 or a later"});
    EXPECT_EQ(ran.answer.find("up to date"), std::string::npos) << ran.answer;
  }
  Ran const stream = up("1.0", {"--events-format", "json"});
  EXPECT_NE(stream.said.find(gone), std::string::npos) << stream.said;
  expect_says(t.project.run({"status"}), 0, {gone, by, "next: "});
  expect_says(t.project.run({"status", "--format", "json"}), 0,
              {"\"public.users.name\"", "\"up_to_date\": true"});
  t.db.run("ALTER TABLE users ADD COLUMN name text");
  EXPECT_EQ(up("1.0").answer.find(gone), std::string::npos) << "it is there again";
}

/// display_name, which the first contract dropped as a copy and gave to the original, was there
/// until the second one.
TEST_F(ReleaseBench, EachNameIsGoneSinceItsOwnContract) {
  t.project.migration("1_a", "CREATE TABLE a (id int);");
  ASSERT_EQ(up("1.0", {"--to", "1_a"}).code, 0);
  ASSERT_EQ(up("1.1").code, 0);
  ASSERT_EQ(up("1.2").code, 0);
  std::string const again = "20260302090000_again";
  t.project.migration(again, "ALTER TABLE users RENAME COLUMN display_name TO full_name;");
  t.must({"plan", again, "--database-url", t.db.conninfo()});
  ASSERT_EQ(up("1.3").code, 0);
  ASSERT_EQ(up("1.4").code, 0);
  t.db.run(
      fmt::format("UPDATE bellows.migrations SET changed_at = CASE name WHEN '{}' THEN "
                  "'2026-03-02 09:00+00'::timestamptz ELSE '2026-03-01 09:00+00' END "
                  "WHERE name <> '1_a'",
                  again));
  expect_says(up("1.0"), 0,
              {"public.users.name is gone since 2026-03-01",
               "public.users.display_name is gone since 2026-03-02"});
  // It was there again, and went once more.
  t.project.migration("20260303090000_back", "ALTER TABLE users ADD COLUMN name text;");
  t.project.migration("20260304090000_off",
                      "-- bellows: allow drop-column because nobody uses it\n"
                      "ALTER TABLE users DROP COLUMN name;");
  ASSERT_EQ(up("1.5").code, 0);
  Ran const twice = up("1.0");
  EXPECT_EQ(twice.answer.find("public.users.name is gone since 2026-03-01"), std::string::npos)
      << twice.answer;
  expect_says(twice, 0, {"public.users.name is gone since ", "20260304090000_off"});
}

TEST_F(ReleaseBench, AnOlderReleaseLeavesWhatALaterOneFailedIn) {
  t.project.migration("20260301100000_bad",
                      "INSERT INTO users VALUES (2, 'bob');\n"
                      "CREATE INDEX CONCURRENTLY i ON users (visits);\n"
                      "SELECT 1 / 0;\n");
  ASSERT_EQ(up("1.0", {"--to", rename_name}).code, 0);
  ASSERT_EQ(up("1.1").code, 7);
  expect_says(up("1.0"), 0, {"20260301100000_bad is left as it is (failed, release 1.1)"});
}

TEST_F(ReleaseBench, AnOlderReleaseBeginsNothing) {
  expect_up("1.0", "backfilled");
  expect_up("1.1", "contracted");
  t.project.migration("20260301100000_late", "CREATE TABLE late (id int);");
  std::string const before = t.schema();
  for (Words const& command : {Words{"up", "--release", "1.0"},
                               {"up", "--release", "1.0", "--dry-run"},
                               {"expand", "20260301100000_late", "--release", "1.0"}}) {
    expect_says(t.project.run(command), 11,
                {"release 1.0 is older than 1.1", "20260301100000_late has not begun", "next: "});
  }
  EXPECT_EQ(t.schema(), before);
  t.must({"up"});
  EXPECT_NE(t.schema(), before);
}

TEST_F(ReleaseBench, AnEmptyNameIsRefused) {
  for (Words const& command : {Words{"up", "--release", ""},
                               {"up", "--release", " "},
                               {"up", "--release", "", "--dry-run"},
                               {"expand", rename_name, "--release", ""}}) {
    expect_says(t.project.run(command), 2, {"--release is empty", "not set"});
  }
  ::setenv("BELLOWS_RELEASE", "", 1);
  Ran const ran = t.project.run({"up"});
  ::unsetenv("BELLOWS_RELEASE");
  expect_says(ran, 2, {"--release is empty"});
  EXPECT_EQ(t.db.value("SELECT to_regnamespace('bellows')"), "");
}

TEST_F(ReleaseBench, BlanksAroundANameAreNoPartOfIt) {
  expect_up("r22", "backfilled");
  for (char const* same : {"r22 ", " r22", "r22\r", "r22\n", "\tr22\r\n"}) {
    expect_up(same, "backfilled");
  }
  EXPECT_EQ(t.db.value("SELECT release FROM bellows.migrations"), "r22");
  expect_says(t.project.run({"up", "--release", "r22\nr23"}), 2, {"one release, on one line"});
  expect_up("r23", "contracted");
}

TEST_F(ReleaseBench, ALedgerThatKnewNoOrderGetsOne) {
  t.project.migration("20260301080000_a", "CREATE TABLE a (id int);");
  ASSERT_EQ(up("b", {"--to", "20260301080000_a"}).code, 0);
  ASSERT_EQ(up("a").code, 0);
  t.db.run("DROP TABLE bellows.releases");
  for (auto const* ddl : {&runner::release_tables_ddl(), &runner::deployment_columns_ddl()}) {
    for (std::string const& statement : *ddl) {
      t.db.run(statement);
    }
  }
  expect_says(up("b"), 0, {"release b is older than a"});
  EXPECT_EQ(t.db.value("SELECT string_agg(name, ' ' ORDER BY place) FROM bellows.releases"), "b a");
}

TEST_F(ReleaseBench, ADryRunTellsTheContract) {
  expect_up("1", "backfilled");
  std::string const before = t.schema();
  std::string const ledger = t.db.value(
      "SELECT string_agg(m::text, ',') || (SELECT count(*) FROM bellows.events) || "
      "(SELECT string_agg(name, ',') FROM bellows.releases) FROM bellows.migrations m");
  Ran const dry = t.project.run({"up", "--release", "2", "--dry-run"});
  expect_says(dry, 0,
              {"would be contracted, since release 1 expanded it", "contract old-side-quiet",
               "is closed by now: 0 writes came through the old side", "60 s are wanted",
               "contract swap  (ACCESS EXCLUSIVE on public.users, for a moment; no way back)",
               "DROP COLUMN display_name", "nothing was changed"});
  EXPECT_EQ(dry.answer.find("nothing to do"), std::string::npos) << dry.answer;
  expect_says(t.project.run({"up", "--release", "2", "--dry-run", "--quiet-period", "0"}), 0,
              {"is open: 0 writes"});
  EXPECT_EQ(t.schema(), before);
  EXPECT_EQ(
      t.db.value("SELECT string_agg(m::text, ',') || (SELECT count(*) FROM bellows.events) || "
                 "(SELECT string_agg(name, ',') FROM bellows.releases) FROM bellows.migrations m"),
      ledger);
  Ran const same = t.project.run({"up", "--release", "1", "--dry-run"});
  expect_says(same, 0, {"nothing to do now"});
  expect_up("2", "contracted");
  expect_says(t.project.run({"up", "--release", "2", "--dry-run"}), 0,
              {"nothing to do: the database is up to date"});
}

TEST_F(ReleaseBench, ADryRunTellsWhatWasInterrupted) {
  auto const dies_in = [](char const* what, char const* step) {
    return [what, step](Event const& event) {
      if (event.what == what && event.detail == step) {
        ::_exit(9);
      }
    };
  };
  expect_up("1", "backfilled");
  ASSERT_NE(
      t.project.run_observed({{"contract", "--quiet-period", "0"}}, dies_in("step begins", "swap"))
          .code,
      0);
  Ran const contracting = up("2", {"--dry-run"});
  expect_says(contracting, 0, {"(contracting) would go on", "contract swap", "no way back"});
}

TEST_F(ReleaseBench, ADryRunTellsWhatWouldBeTakenBack) {
  expect_up("1", "backfilled");
  auto const dies = [](Event const& event) {
    if (event.what == "undo begins" && event.detail == "add-column") {
      ::_exit(9);
    }
  };
  ASSERT_NE(t.project.run_observed({{"abort", rename_name}}, dies).code, 0);
  expect_says(t.project.run({"up", "--dry-run"}), 0,
              {"(aborting) would be taken back", "undo step add-column", "DROP COLUMN"});
  t.must({"up"});
  expect_says(t.project.run({"up", "--dry-run"}), 0, {"was aborted and is left out"});
}

TEST_F(ReleaseBench, ADryRunRefusesWhatTheRealOneRefuses) {
  t.must({"up"});
  t.project.migration(rename_name, "ALTER TABLE users RENAME COLUMN name TO nickname;\n");
  expect_says(t.project.run({"up", "--dry-run"}), 5, {"was changed after it ran"});
}

}  // namespace
}  // namespace bellows::test::releases_db_test
