#pragma once

#include "planner/sql/identifier.hpp"
#include "tests/support/project.hpp"
#include "tests/support/temp_database.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

/// A database with a table, and a project whose only migration renames one of its columns.
namespace bellows::test {

inline constexpr char const* rename_name = "20260301090000_rename";
inline constexpr char const* rename_sql = "ALTER TABLE users RENAME COLUMN name TO display_name;\n";
inline constexpr char const* users_table =
    "CREATE TABLE users (id int PRIMARY KEY, name text, visits int NOT NULL DEFAULT 0);";

/// users (id 1 … rows, name 'n' || id), and in `writes` the id of each row that is updated.
inline std::string noted_users(int rows) {
  return fmt::format(
      "CREATE TABLE users (id int PRIMARY KEY, name text);"
      "INSERT INTO users SELECT g, 'n' || g FROM generate_series(1, {}) g;"
      "CREATE TABLE writes (id int);"
      "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$"
      "BEGIN INSERT INTO writes VALUES (NEW.id); RETURN NULL; END $$;"
      "CREATE TRIGGER note AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION note();",
      rows);
}

/// Of noted_users(): every row has its new column, by one write.
inline void expect_each_row_renamed_once(TempDatabase const& db, int rows) {
  EXPECT_EQ(db.value("SELECT count(*) || ' ' || count(DISTINCT id) FROM writes"),
            fmt::format("{} {}", rows, rows));
  EXPECT_EQ(db.value("SELECT count(*) FROM users WHERE display_name = 'n' || id"),
            std::to_string(rows));
}

/// `up` in batches so small that there is time to interfere; `more` slows it down.
inline std::vector<std::string> small_up(std::vector<std::string> const& more) {
  std::vector<std::string> command{"up", "--batch-rows", "10", "--batch-max-rows", "10"};
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

/// SQLSTATE of a statement that fails; "" when it succeeds.
inline std::string sqlstate_of(postgres::Session& session, std::string const& sql) {
  try {
    session.run(sql);
    return "";
  } catch (postgres::Failure const& failure) {
    return failure.sqlstate;
  }
}

class RenameBench {
 public:
  explicit RenameBench(std::string const& scene, std::string const& migration = rename_sql)
      : project(db.conninfo()) {
    db.run(scene);
    project.migration(rename_name, migration);
    must({"plan", "--database-url", db.conninfo()});
  }

  /// Runs a command that has to succeed.
  Ran must(std::vector<std::string> const& command) const {
    Ran ran = project.run(command);
    if (ran.code != 0) {
      throw std::runtime_error(
          fmt::format("bellows {}: {}\n{}{}", command.front(), ran.code, ran.said, ran.answer));
    }
    return ran;
  }
  void expand() const { must({"expand", rename_name}); }
  void backfill() const { must({"backfill", rename_name}); }
  void contract() const { must({"contract", "--quiet-period", "0"}); }
  std::string schema() const { return must({"snapshot"}).answer; }
  std::string state() const {
    bool const ledger = db.value("SELECT to_regclass('bellows.migrations') IS NOT NULL") == "t";
    return ledger ? db.value("SELECT coalesce((SELECT state FROM bellows.migrations), 'pending')")
                  : "pending";
  }

  TempDatabase db;  // before the project that points to it
  Project project;
};

/// The schema of a database that had the same scene and a plain RENAME.
inline std::string schema_after(std::string const& scene, std::string const& statement) {
  TempDatabase const db;
  db.run(scene);
  db.run(statement);
  return Project(db.conninfo()).run({"snapshot"}).answer;
}

/// What bellows made beside its own schema: nothing may be left in the end.
inline std::string leftovers(TempDatabase const& db) {
  return db.value(
      "SELECT coalesce(string_agg(what, ', '), '') FROM ("
      "SELECT proname::text AS what FROM pg_proc WHERE proname ~ 'bellows' UNION ALL "
      "SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace "
      "WHERE relname ~ 'bellows' AND nspname <> 'bellows' UNION ALL "
      "SELECT conname FROM pg_constraint WHERE conname ~ 'bellows' UNION ALL "
      "SELECT tgname FROM pg_trigger WHERE tgname ~ 'bellows') AS all_of_it");
}

}  // namespace bellows::test
