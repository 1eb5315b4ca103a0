#include "tests/runner/rollout/data_bench.hpp"
#include "tests/support/beside.hpp"
#include "tests/support/wait.hpp"

#include <nlohmann/json.hpp>

#include <atomic>
#include <csignal>

/// Deletes and copies from a migration file to the end, with an application beside them.
namespace bellows::test::data_db_test {
namespace {

using Words = std::vector<std::string>;

std::string const moved =
    "SELECT (SELECT count(*) || ' ' || count(DISTINCT no) FROM archive) || ', ' ||"
    " (SELECT count(*) FROM events WHERE kind = 'old') || ', ' || (SELECT count(*) FROM gone)";

Words slow_up(int pause_ms = 5) {
  return {"up",
          "--batch-rows",
          "10",
          "--batch-max-rows",
          "10",
          "--batch-pause",
          fmt::format("{}ms", pause_ms)};
}

TEST(Data, IsMovedToAnArchive) {
  DataBench const bench(events(300));
  Ran const ran = bench.must({"up"});
  expect_says(ran, 0,
              {"copy (the INSERT … SELECT", "delete (the DELETE",
               "verified 200 rows of "
               "public.events: none is "
               "left"});
  EXPECT_EQ(bench.value(moved), "100 100, 0, 100");
  EXPECT_EQ(bench.value("SELECT string_agg(\"La bel\", ',') FROM archive WHERE no = 3"), "OLD p3");
  EXPECT_EQ(bench.value("SELECT min(at) || ' ' || max(at) || ' ' || min(status) FROM archive"),
            "1 100 kept");
  expect_says(bench.must({"status"}), 0, {"2 of 2 done"});
  expect_says(bench.must({"up"}), 0, {"nothing to do"});
}

/// Dies once 20 of the 100 old events are deleted.
void die_while_deleting(DataBench const& bench) {
  bench.must({"up", "--to", copy_name});
  int batches = 0;
  Ran const killed = bench.project.run_observed(
      {{"up", "--batch-rows", "30", "--batch-max-rows", "30"}}, [&](Event const& event) {
        if (event.what == "batch committed" && ++batches == 2) {
          ::kill(::getpid(), SIGKILL);
        }
      });
  ASSERT_EQ(killed.code, 128 + 9);
  ASSERT_EQ(bench.value(moved), "100 100, 80, 20");
}

TEST(Data, WhatIsDoneCannotBeTakenBack) {
  DataBench const bench(events(300));
  die_while_deleting(bench);
  expect_says(bench.project.run({"abort", copy_name}), 5, {"is done: there is nothing left"});
  expect_says(bench.project.run({"abort", delete_name}), 11,
              {"step delete has gone over 60 rows and written 20 of them, as far as the",
               "--because TEXT"});
  bench.db.run("UPDATE bellows.lanes SET rows_scanned = 10");  // as in the midst of its stripes
  expect_says(bench.project.run({"abort", delete_name}), 11,
              {"step delete has written 20 rows, as far as the"});
  bench.must({"resume"});
  EXPECT_EQ(bench.value(moved), "100 100, 0, 100");
}

TEST(Data, TheRestIsGivenUpForAReason) {
  DataBench const bench(events(300));
  die_while_deleting(bench);
  expect_says(bench.must({"abort", delete_name, "--because", "the law changed"}), 0,
              {"20 rows stay as they are", "aborted"});
  EXPECT_EQ(bench.value(moved), "100 100, 80, 20");
  expect_says(bench.project.run({"abort", delete_name}), 0,
              {"was aborted at ", "what it had done stays (20 rows of step delete)"});
  EXPECT_EQ(bench.value("SELECT count(*) FROM bellows.events WHERE detail = 'the law changed'"),
            "1");
  expect_says(bench.must({"up"}), 0, {"was aborted and is left out"});
  bench.must({"expand", delete_name});
  bench.must({"up"});
  EXPECT_EQ(bench.value(moved), "100 100, 0, 100") << "it goes on where it stood";
}

TEST(Data, WhatCanOnlyFailIsAborted) {
  DataBench const bench(events(300), {{delete_name, "DELETE FROM events;\n"}});
  bench.db.run(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
      "BEGIN RAISE 'never' USING ERRCODE = 'check_violation'; END $$;"
      "CREATE TRIGGER refuse BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION refuse()");
  expect_says(bench.project.run({"up"}), 7, {"never", "`bellows abort 20260402090000_purge`"});
  expect_says(bench.must({"abort", delete_name}), 0, {"aborted"});
  EXPECT_EQ(bench.value(moved), "0 0, 100, 0");
  EXPECT_EQ(bench.value("SELECT count(*) FROM bellows.jobs WHERE job LIKE '%purge%'"), "0");
}

/// An application that adds, changes and deletes events while they are moved. It must never fail.
class Application {
 public:
  explicit Application(DataBench const& bench, int rows)
      : beside_([this, &bench, rows] { work(bench, rows); }, [this] { ends_ = true; }) {}
  void end() {
    ends_ = true;
    beside_.join();
  }
  int rounds() const { return rounds_; }

 private:
  void work(DataBench const& bench, int rows) {
    postgres::Session session = bench.db.session("application");
    for (int i = 0; !ends_; ++i) {
      auto const number = [&](int factor) { return std::to_string(1 + (i * factor) % rows); };
      session.run("INSERT INTO events (id, kind) VALUES ($1::bigint, 'new')",
                  {std::to_string(rows + 1 + i)});
      session.run("UPDATE events SET payload = payload || '+' WHERE id = $1::bigint", {number(7)});
      auto transaction = session.begin();  // two rows, the later one first
      transaction.run("UPDATE events SET payload = payload || '-' WHERE id = $1::bigint",
                      {number(11)});
      transaction.run("DELETE FROM events WHERE id = $1::bigint AND kind = 'new'", {number(5)});
      transaction.commit();
      ++rounds_;
    }
  }
  std::atomic<bool> ends_{false};
  std::atomic<int> rounds_{0};
  Beside beside_;
};

TEST(Data, IsMovedBesideAnApplication) {
  constexpr int rows = 3000;
  DataBench const bench(events(rows));
  Application application(bench, rows);
  wait_until([&] { return application.rounds() > 5; }, "the application");
  bench.must({"up", "--batch-rows", "20", "--batch-max-rows", "20", "--lanes", "2", "--batch-pause",
              "2ms"});
  application.end();
  EXPECT_EQ(bench.value("SELECT count(*) || ' ' || count(DISTINCT no) FROM archive"), "1000 1000");
  EXPECT_EQ(bench.value("SELECT count(*) FROM events WHERE kind = 'old'"), "0");
  EXPECT_EQ(bench.value("SELECT count(*) || ' ' || count(DISTINCT id) FROM gone WHERE id % 3 = 0"),
            "1000 1000");
  EXPECT_EQ(bench.value("SELECT count(*) FROM archive WHERE \"La bel\" !~ ('^OLD p' || no ||"
                        " '[+-]*$')"),
            "0");
}

TEST(Data, TwoRunnersMoveEachRowOnce) {
  DataBench const bench(events(600));
  int const first = bench.project.start(slow_up());
  int const second = bench.project.start(slow_up());
  Ran const a = bench.project.wait(first);
  Ran const b = bench.project.wait(second);
  EXPECT_EQ(a.code, 0) << a.said;
  EXPECT_EQ(b.code, 0) << b.said;
  EXPECT_EQ(bench.value(moved), "200 200, 0, 200");
}

TEST(Data, WhoWasKilledIsTakenUpByTheNext) {
  DataBench const bench(events(900));
  int const first = bench.project.start(slow_up());
  wait_until([&] { return bench.value("SELECT count(*) > 20 FROM archive") == "t"; }, "copies");
  ::kill(first, SIGKILL);
  bench.project.wait(first);
  int const second =
      bench.project.start({"resume", "--batch-rows", "10", "--batch-max-rows", "10"});
  EXPECT_EQ(bench.project.wait(second).code, 0);
  bench.must({"up"});
  EXPECT_EQ(bench.value(moved), "300 300, 0, 300");
}

// --- rows that cannot go, or come ---

TEST(Data, ARowThatOthersPointToIsSetAsideAndMended) {
  DataBench const bench(
      events(60) +
          "CREATE TABLE notes (id int PRIMARY KEY, event bigint REFERENCES events);"
          "INSERT INTO notes VALUES (1, 33), (2, 7);",
      {{delete_name, delete_sql}});
  Ran const failed = bench.project.run({"up"});
  expect_says(failed, 6 + 1,
              {"a row of public.events could not be deleted", "id = 33", "notes",
               "bellows resume --retry-dead-letters"});
  EXPECT_EQ(bench.value("SELECT count(*) FROM events WHERE kind = 'old'"), "1");
  expect_says(bench.must({"status"}), 0, {"1 row in the dead letters", "id = 33", "23503"});
  expect_says(bench.project.run({"resume"}), 7, {"dead letters"});
  bench.db.run("DELETE FROM notes WHERE event = 33");
  bench.must({"resume", "--retry-dead-letters"});
  EXPECT_EQ(bench.value("SELECT count(*) || ' ' || count(DISTINCT id) FROM gone"), "20 20");
  EXPECT_EQ(bench.value("SELECT count(*) FROM bellows.dead_letters"), "0");
}

TEST(Data, AConflictIsALetterUnlessTheAuthorSaidOtherwise) {
  std::string const scene =
      events(60) + "ALTER TABLE archive ADD UNIQUE (no); INSERT INTO archive (no) VALUES (30);";
  DataBench const strict(scene, {{copy_name, copy_sql}});
  expect_says(strict.project.run({"up"}), 7, {"could not be copied", "id = 30", "archive_no_key"});
  EXPECT_EQ(strict.value("SELECT sqlstate FROM bellows.dead_letters"), "23505");
  strict.db.run("DELETE FROM archive WHERE no = 30 AND \"La bel\" IS NULL");
  strict.must({"resume", "--retry-dead-letters"});
  EXPECT_EQ(strict.value("SELECT count(*) FROM archive WHERE \"La bel\" IS NOT NULL"), "20");

  DataBench const lenient(
      scene, {{copy_name,
               "INSERT INTO archive (no, \"La bel\") SELECT id, payload FROM events WHERE kind = "
               "'old' ON CONFLICT (no) DO NOTHING;\n"}});
  expect_says(lenient.must({"up"}), 0, {"verified 60 rows of public.events: none is left"});
  EXPECT_EQ(lenient.value("SELECT count(*) || ' ' || count(\"La bel\") FROM archive"), "20 19");
}

// --- what the verification says ---

TEST(Data, RowsThatATriggerKeepsAreTold) {
  DataBench const bench(
      events(60) +
          "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$"
          "BEGIN IF OLD.id IN (9, 12) THEN RETURN NULL; END IF; RETURN OLD; END $$;"
          "CREATE TRIGGER keep BEFORE DELETE ON events FOR EACH ROW EXECUTE FUNCTION keep();",
      {{delete_name, delete_sql}});
  Ran const ran = bench.must({"up"});
  expect_says(ran, 0, {"read 42 rows of public.events: 2 are left, e.g. id = 9, id = 12"});
  EXPECT_EQ(bench.value("SELECT state FROM bellows.migrations"), "contracted");
}

TEST(Data, ARowWithoutACopyIsTold) {
  DataBench const bench(events(60) + "ALTER TABLE archive ADD UNIQUE (no);" +
                            "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$"
                            "BEGIN IF NEW.no = 6 THEN RETURN NULL; END IF; RETURN NEW; END $$;"
                            "CREATE TRIGGER lose BEFORE INSERT ON archive FOR EACH ROW"
                            " EXECUTE FUNCTION lose();",
                        {{copy_name, copy_sql}});
  expect_says(bench.must({"up"}), 0, {"read 60 rows of public.events: one is left, e.g. id = 6."});
}

// --- names, keys, partitions ---

TEST(Data, HostileNames) {
  DataBench const bench(
      "CREATE SCHEMA \"S \"\"q\"; CREATE TABLE \"S \"\"q\".\"from\" (\"where\" int, \"Key's\" text,"
      " \"select\" text, PRIMARY KEY (\"Key's\", \"where\"));"
      "INSERT INTO \"S \"\"q\".\"from\" SELECT g, 'k;' || g % 7, '--' || g"
      " FROM generate_series(1, 100) g;"
      "CREATE TABLE \"into\" (\"values\" int, \"on conflict\" text, PRIMARY KEY (\"values\"));",
      {{copy_name,
        "INSERT INTO \"into\" (\"values\", \"on conflict\")\n"
        "SELECT \"from\".\"where\" AS \"as\", /* , FROM x */ \"select\" || ' WHERE' -- FROM\n"
        "FROM \"S \"\"q\".\"from\" WHERE \"select\" <> ' ON CONFLICT ' -- the end\n;\n"},
       {delete_name,
        "DELETE FROM \"S \"\"q\".\"from\" WHERE \"where\" % 2 = 0 -- even ones\n;\n"}});
  bench.must({"up", "--batch-rows", "10", "--batch-max-rows", "10"});
  EXPECT_EQ(
      bench.value("SELECT count(*) FROM \"into\" WHERE \"on conflict\" = '--' || \"values\" ||"
                  " ' WHERE'"),
      "100");
  EXPECT_EQ(bench.value("SELECT count(*) || ' ' || min(\"where\" % 2) FROM \"S \"\"q\".\"from\""),
            "50 1");
}

TEST(Data, PartitionedTables) {
  DataBench const bench(
      "CREATE TABLE events (id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);"
      "CREATE TABLE e1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');"
      "CREATE TABLE e2 PARTITION OF events FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');"
      "INSERT INTO events SELECT g, '2026-01-01'::date + g % 59 FROM generate_series(1, 500) g;"
      "CREATE TABLE kept (LIKE events INCLUDING ALL) PARTITION BY RANGE (id);"
      "CREATE TABLE k1 PARTITION OF kept DEFAULT;",
      {{copy_name, "INSERT INTO kept (id, day) SELECT id, day FROM events;\n"},
       {delete_name, "DELETE FROM events WHERE day < '2026-02-10';\n"}});
  std::string const old = bench.value("SELECT count(*) FROM events WHERE day < '2026-02-10'");
  bench.must({"up", "--batch-rows", "50", "--batch-max-rows", "50"});
  EXPECT_EQ(bench.value("SELECT count(*) FROM kept"), "500");
  EXPECT_EQ(bench.value("SELECT 500 - count(*) FROM events"), old);
  EXPECT_EQ(bench.value("SELECT count(*) FROM e1"), "0");
}

TEST(Data, IdentitiesAreOverriddenWhereTheAuthorSaysSo) {
  DataBench const bench(events(9) +
                            "CREATE TABLE twin (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                            " payload text);",
                        {{copy_name,
                          "INSERT INTO twin (id, payload) OVERRIDING SYSTEM VALUE SELECT id * 100,"
                          " payload FROM events;\n"}});
  bench.must({"up"});
  EXPECT_EQ(bench.value("SELECT count(*) || ' ' || min(id) || ' ' || max(id) FROM twin"),
            "9 100 900");
}

/// An aggregate that only the server knows would be one of each batch.
TEST(Data, AnAggregateOfTheUsersOwnIsRefusedByTheServer) {
  DataBench const bench(
      events(9) +
          "CREATE AGGREGATE longest(text) (sfunc = textcat, stype = text);"
          "CREATE TABLE one (line text);",
      {{copy_name, "INSERT INTO one (line) SELECT longest(kind) FROM events;\n"}});
  expect_says(bench.project.run({"up"}), 6, {"FOR NO KEY UPDATE is not allowed with aggregate"});
  EXPECT_EQ(bench.value("SELECT count(*) FROM one"), "0");
}

// --- before and while ---

TEST(Data, ADryRunShowsWhatWouldGoAndCome) {
  DataBench const bench(events(900) + "ANALYZE events;");
  Ran const ran = bench.must({"up", "--dry-run"});
  expect_says(ran, 0,
              {"copied and rolled back", "id = 3: La bel gets 'OLD p3'",
               "fires came: ", "deleted and rolled back", "id = 3: deleted",
               "fires gone: ", "Delete on events", "Insert on archive", "nothing was changed"});
  EXPECT_EQ(ran.answer.find("HOT"), std::string::npos) << ran.answer;
  EXPECT_EQ(bench.value(moved), "0 0, 300, 0");
}

TEST(Data, EventsTellOfBothKinds) {
  DataBench const bench(events(90));
  Ran const ran = bench.must({"up", "--events-format", "json"});
  std::map<std::string, std::int64_t> written;
  std::istringstream lines(ran.said);
  for (std::string line; std::getline(lines, line);) {
    auto const event = nlohmann::json::parse(line);
    if (event.at("event") == "progress" && event.at("finished") == true) {
      written[event.at("job")] = event.at("rows_written");
    }
  }
  EXPECT_EQ(written[std::string(copy_name) + "/copy"], 30) << ran.said;
  EXPECT_EQ(written[std::string(delete_name) + "/delete"], 30) << ran.said;
}

TEST(Data, WithoutAPlanItIsRefused) {
  TempDatabase const db;
  db.run(events(9));
  Project const project(db.conninfo());
  project.migration(delete_name, delete_sql);
  expect_says(project.run({"up"}), 5, {"has no committed plan"});
  project.migration(delete_name, "DELETE FROM events WHERE id IN (3, 6);\n");
  expect_says(project.run({"up"}), 0, {});
  EXPECT_EQ(db.value("SELECT count(*) FROM events"), "7");
}

}  // namespace
}  // namespace bellows::test::data_db_test
