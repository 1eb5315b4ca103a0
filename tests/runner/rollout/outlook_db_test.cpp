#include "tests/runner/rollout/rename_bench.hpp"
#include "tests/support/wait.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <string>
#include <unistd.h>
#include <vector>

/// Every state that a database and a checkout can be in, made by the commands themselves: `status`
/// has one answer to what is next, and what it says to type is not refused.
namespace bellows::test::outlook_db_test {
namespace {

using Words = std::vector<std::string>;

constexpr char const* table = "1_table";
constexpr char const* rename = "2_rename";
constexpr char const* index = "3_index";

class Outlook : public testing::Test {
 protected:
  /// A table, made by a migration, and the rename of one of its columns, planned.
  void write_both() const {
    project.migration(table,
                      "CREATE TABLE users (id int PRIMARY KEY, name text);\n"
                      "INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, 300) g;\n");
    write_rename();
    must({"plan"});
  }
  void write_rename() const {
    project.migration(rename, "ALTER TABLE users RENAME name TO called;\n");
  }
  void backfilled() const {
    write_both();
    must({"up"});
    ASSERT_EQ(state_of(rename), "backfilled");
  }
  void remove(std::string const& name) const {
    std::filesystem::remove(project.directory() / "migrations" / (name + ".sql"));
  }
  Ran must(Words const& words) const {
    Ran ran = project.run(words);
    EXPECT_EQ(ran.code, 0) << words.front() << "\n" << ran.said << ran.answer;
    return ran;
  }
  std::string state_of(std::string const& name) const {
    return db.value("SELECT state FROM bellows.migrations WHERE name = '" + name + "'");
  }

  /// The lines that say what is next; there must be one.
  std::string next() const {
    std::string const status = must({"status"}).answer;
    Words found;
    std::istringstream lines(status);
    for (std::string line; std::getline(lines, line);) {
      if (line.find("next: ") != std::string::npos || line.starts_with("nothing to ")) {
        found.push_back(line);
      }
    }
    EXPECT_EQ(found.size(), 1U) << status;
    auto const json = nlohmann::json::parse(must({"status", "--format", "json"}).answer);
    bool const all = json.at("up_to_date");
    EXPECT_EQ(status.find("the database is up to date") != std::string::npos, all) << status;
    expect_exit_code_says(found.empty() ? status : found.front());
    return found.empty() ? status : found.front();
  }
  /// `status --exit-code` ends with 10 as long as anybody who deploys has something to do.
  void expect_exit_code_says(std::string const& line) const {
    bool const nothing =
        line.starts_with("nothing to do") || line.starts_with("next: bellows new NAME");
    Ran const asked = project.run({"status", "--exit-code"});
    EXPECT_EQ(asked.code, nothing ? 0 : 10) << line << "\n" << asked.answer;
  }
  void expect_next(std::string const& part) const {
    std::string const said = next();
    EXPECT_NE(said.find(part), std::string::npos) << said;
  }
  /// `up` refuses, and status does not send anybody there.
  void expect_next_is_not_up(std::string const& part, int code) const {
    expect_next(part);
    EXPECT_FALSE(next().starts_with("next: bellows up"));
    Ran const up = project.run({"up"});
    EXPECT_EQ(up.code, code) << up.said << up.answer;
  }
  void expect_next_typed(std::string const& line, Words const& command) const {
    EXPECT_EQ(next(), line);
    must(command);
  }
  void expect_up_to_date() const { EXPECT_EQ(next(), up_to_date); }

  static constexpr char const* up_to_date = "nothing to do: the database is up to date";
  TempDatabase db;
  Project project{db.conninfo()};
};

TEST_F(Outlook, NoMigrations) {
  expect_next("bellows new NAME");
}

TEST_F(Outlook, PendingThenContractOwedThenUpToDate) {
  write_both();
  expect_next_typed("next: bellows up", {"up"});
  expect_next_typed("next: once no running application uses name: bellows contract",
                    {"contract", "--quiet-period", "0"});
  expect_up_to_date();
  Ran const again = must({"up"});
  EXPECT_EQ(again.answer, std::string(up_to_date) + "\n");
}

TEST_F(Outlook, NoPlan) {
  write_both();
  must({"up", "--to", table});
  std::filesystem::remove_all(project.directory() / "plans");
  expect_next_is_not_up("bellows plan 2_rename, review and commit", 5);
}

TEST_F(Outlook, NoPlanBehindOneThatIsPending) {
  write_both();
  std::filesystem::remove_all(project.directory() / "plans");
  expect_next_is_not_up("bellows plan 2_rename, review and commit", 5);
}

TEST_F(Outlook, WhatIsBehindARefusedOneIsJudgedAsIfItHadRun) {
  write_both();
  std::filesystem::remove_all(project.directory() / "plans");
  project.migration(index, "CREATE INDEX CONCURRENTLY i ON users (called);\n");
  std::string const status = must({"status"}).answer;
  EXPECT_EQ(status.find("no column called"), std::string::npos) << status;
  expect_next("bellows plan 2_rename");
}

TEST_F(Outlook, StaleByItsText) {
  write_both();
  project.migration(rename, "ALTER TABLE users RENAME name TO known;\n");
  expect_next_is_not_up("bellows plan 2_rename, review the difference", 5);
}

TEST_F(Outlook, StaleByTheSchema) {
  write_both();
  must({"up", "--to", table});
  db.run("ALTER TABLE users ALTER name TYPE varchar(50)");
  expect_next_is_not_up("bellows plan 2_rename --database-url", 5);
}

TEST_F(Outlook, Unsafe) {
  write_both();
  must({"up", "--to", table});
  project.migration(rename, "ALTER TABLE users ALTER id TYPE bigint;\n");
  std::filesystem::remove_all(project.directory() / "plans");
  expect_next_is_not_up("bellows check", 5);
}

TEST_F(Outlook, ChangedFile) {
  write_both();
  must({"up", "--to", table});
  project.migration(table, "CREATE TABLE users (id bigint PRIMARY KEY, name text);\n");
  expect_next_is_not_up("1_table: restore it", 5);
}

TEST_F(Outlook, Aborted) {
  backfilled();
  must({"abort", rename});
  expect_next_typed(
      "nothing to do now: 2_rename was aborted; bellows expand 2_rename begins it again", {"up"});
  must({"expand", rename});
}

TEST_F(Outlook, HalfDone) {
  write_both();
  auto const dies = [](Event const& event) {
    if (event.what == "step begins" && event.detail == "verify") {
      ::_exit(9);
    }
  };
  ASSERT_NE(project.run_observed({{"up"}}, dies).code, 0);
  wait_until([&] { return next() != "nothing to type: a runner is at work"; }, "its end");
  expect_next_typed("next: bellows resume", {"resume"});
}

TEST_F(Outlook, HalfDoneOnItsWayBack) {
  backfilled();
  auto const dies = [](Event const& event) {
    if (event.what == "undo begins") {
      ::_exit(9);
    }
  };
  ASSERT_NE(project.run_observed({{"abort", rename}}, dies).code, 0);
  wait_until([&] { return next() != "nothing to type: a runner is at work"; }, "its end");
  expect_next_typed("next: bellows resume (takes the rest back)", {"resume"});
}

TEST_F(Outlook, FailedBehindConcurrently) {
  std::string const begin =
      "CREATE TABLE users (id int);\nCREATE INDEX CONCURRENTLY i ON users (id);\n";
  project.migration(table, begin + "SELECT 1 / 0;\n");
  EXPECT_EQ(project.run({"up"}).code, 7);
  EXPECT_EQ(next(),
            "next: mend the cause, then bellows resume; or, to leave what is done: bellows abort "
            "1_table --because TEXT");
  EXPECT_EQ(project.run({"abort", table}).code, 11);
  project.migration(table, begin + "SELECT 1 / 0;\n-- bellows: down\nDROP TABLE users;\n");
  EXPECT_EQ(next(), "next: mend the cause, then bellows resume; or bellows abort 1_table");
  project.migration(table, "CREATE TABLE u (id int);\n");
  expect_next_is_not_up("restore what has run", 5);
  project.migration(table, begin + "SELECT 1;\n");
  expect_next("bellows resume");
  must({"resume"});
  expect_up_to_date();
}

TEST_F(Outlook, DeadLetters) {
  write_both();
  must({"up", "--to", table});
  db.run(
      "ALTER TABLE users ADD CHECK (id <> 7 OR name <> 'x'); "
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id = 250 "
      "THEN RAISE 'not this one'; END IF; RETURN NEW; END $$;"
      "CREATE TRIGGER refuse BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION refuse()");
  EXPECT_EQ(project.run({"up"}).code, 7);
  EXPECT_EQ(next(),
            "next: mend the data, then bellows resume --retry-dead-letters; or bellows abort "
            "2_rename");
  db.run("DROP TRIGGER refuse ON users");
  must({"resume", "--retry-dead-letters"});
}

// What is written stays, so an abort wants a reason, and that is said.
TEST_F(Outlook, DeadLettersOfWhatCannotBeTakenBack) {
  write_both();
  must({"up", "--to", table});
  project.migration(rename, "UPDATE users SET name = upper(name) WHERE name <> upper(name);\n");
  must({"plan"});
  db.run(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id = 250 THEN "
      "RAISE 'not this one'; END IF; RETURN NEW; END $$;"
      "CREATE TRIGGER refuse BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION refuse()");
  EXPECT_EQ(project.run({"up"}).code, 7);
  EXPECT_EQ(next(),
            "next: mend the data, then bellows resume --retry-dead-letters; or, to leave what is "
            "done: bellows abort 2_rename --because TEXT");
  EXPECT_EQ(project.run({"abort", rename}).code, 11);
  must({"abort", rename, "--because", "TEXT"});
}

// All of them: the run ends at once, and its last words can be typed as they stand.
TEST_F(Outlook, TooManyDeadLetters) {
  write_both();
  must({"up", "--to", table});
  db.run(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id > 5 THEN "
      "RAISE 'none of these'; END IF; RETURN NEW; END $$;"
      "CREATE TRIGGER refuse BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION refuse()");
  Ran const failed = project.run({"up", "--max-dead-letters", "3"});
  EXPECT_EQ(failed.code, 7) << failed.said;
  EXPECT_NE(failed.said.find("if it is the plan's expression, `bellows abort 2_rename`;"),
            std::string::npos)
      << failed.said;
  expect_next("bellows resume --retry-dead-letters; or bellows abort 2_rename");
  must({"abort", rename});
}

TEST_F(Outlook, ARoleThatMayNot) {
  write_both();
  must({"up", "--to", table});
  std::string const role = "looks_" + db.value("SELECT substr(md5(current_database()), 1, 8)");
  db.run("CREATE ROLE " + role + " LOGIN; GRANT USAGE ON SCHEMA bellows TO " + role +
         "; GRANT SELECT ON ALL TABLES IN SCHEMA bellows TO " + role);
  Ran const status = project.run({"status", "--database-url", db.conninfo() + " user=" + role});
  db.run("DROP OWNED BY " + role + "; DROP ROLE " + role);
  EXPECT_EQ(status.code, 0) << status.said;
  EXPECT_NE(status.answer.find("would be refused now: role " + role + " may not do"),
            std::string::npos)
      << status.answer;
  EXPECT_NE(status.answer.find("next: 2_rename: bellows up as a role that may"), std::string::npos)
      << status.answer;
}

TEST_F(Outlook, WhenEachOneGotThereIsTold) {
  write_both();
  must({"up"});
  std::string const at = db.value(
      "SELECT to_char(changed_at, 'YYYY-MM-DD HH24:MI:SS TZ') FROM bellows.migrations WHERE name = "
      "'1_table'");
  std::string const status = must({"status"}).answer;
  EXPECT_NE(status.find("done  " + at), std::string::npos) << status;
}

TEST_F(Outlook, Paused) {
  backfilled();
  must({"abort", rename});
  must({"pause"});
  must({"expand", rename});
  expect_next_typed("next: bellows resume", {"resume"});
  expect_next("bellows contract");
}

TEST_F(Outlook, AnotherRunnerIsAtWork) {
  write_both();
  int const pid = project.start(small_up({"--max-rows-per-second", "60"}));
  wait_until([&] { return next() == "nothing to type: a runner is at work"; }, "it to be at work");
  ::kill(pid, SIGTERM);
  project.wait(pid);
  expect_next("bellows");
}

TEST_F(Outlook, HeldByALock) {
  write_both();
  must({"up", "--to", table});
  auto holder = db.session("somebody");
  auto holding = holder.begin();
  holding.run("SELECT count(*) FROM users");
  int const pid = project.start({"up"});
  std::string const ends =
      fmt::format("next: SELECT pg_terminate_backend({}) ends it", holder.backend_pid());
  wait_until([&] { return next() == ends; }, "who holds it");
  holding.commit();
  EXPECT_EQ(project.wait(pid).code, 0);
}

TEST_F(Outlook, AGateThatDoesNotOpenByItself) {
  backfilled();
  db.run(
      "CREATE FUNCTION says() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := "
      "upper(NEW.name); RETURN NEW; END $$;"
      "CREATE TRIGGER says BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION says()");
  expect_next("Replace them (CREATE OR REPLACE)");
  EXPECT_EQ(project.run({"contract", "--quiet-period", "0"}).code, 8);
}

TEST_F(Outlook, VerifyFoundDifferences) {
  backfilled();
  db.run(
      "SET session_replication_role = replica; ALTER TABLE users DISABLE TRIGGER ALL;"
      "UPDATE users SET called = 'other' WHERE id = 3; DO $$ DECLARE one name; BEGIN FOR one IN "
      "SELECT tgname FROM pg_trigger WHERE tgrelid = 'users'::regclass LOOP EXECUTE "
      "format('ALTER TABLE users ENABLE ALWAYS TRIGGER %I', one); END LOOP; END $$");
  ASSERT_EQ(project.run({"verify"}).code, 9);
  expect_next("put these rows right, then bellows verify 2_rename");
  EXPECT_EQ(project.run({"contract", "--quiet-period", "0"}).code, 11);
}

TEST_F(Outlook, TheDatabaseIsAheadOfTheCheckout) {
  backfilled();
  must({"contract", "--quiet-period", "0"});
  remove(rename);
  expect_up_to_date();
  must({"up"});
}

TEST_F(Outlook, AnotherProject) {
  backfilled();
  remove(table);
  remove(rename);
  project.migration("9_other", "CREATE TABLE other (id int);\n");
  expect_next("in the right directory");
  EXPECT_EQ(project.run({"up"}).code, 11);
}

TEST_F(Outlook, AnEmptyMigration) {
  project.migration(table, "-- to be written\n");
  expect_next_typed("nothing to do now: 1_table has no statement yet", {"up"});
}

TEST_F(Outlook, BuiltOnACopy) {
  backfilled();
  project.migration(index, "CREATE INDEX CONCURRENTLY i ON users (called);\n");
  expect_next("3_index: once no running application uses name: bellows contract 2_rename");
  EXPECT_EQ(project.run({"up"}).code, 11);
  must({"contract", rename, "--quiet-period", "0"});
  expect_next_typed("next: bellows up", {"up"});
  expect_up_to_date();
}

TEST_F(Outlook, ReplacedWithoutItsTriggers) {
  backfilled();
  db.run(
      "ALTER TABLE users RENAME TO before; CREATE TABLE users (LIKE before INCLUDING ALL); "
      "DROP TABLE before");
  expect_next("bellows abort 2_rename, then bellows expand 2_rename");
  must({"abort", "2_rename"});
}

TEST_F(Outlook, UpToOneIsNotAllOfIt) {
  write_both();
  must({"up", "--to", table});
  Ran const again = must({"up", "--to", table});
  EXPECT_EQ(again.answer.find("up to date"), std::string::npos) << again.answer;
  EXPECT_NE(again.answer.find("next: bellows up"), std::string::npos) << again.answer;
  Ran const resumed = must({"resume"});
  EXPECT_EQ(resumed.answer.find("up to date"), std::string::npos) << resumed.answer;
}

}  // namespace
}  // namespace bellows::test::outlook_db_test
