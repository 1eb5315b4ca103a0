#pragma once

#include "tests/support/project.hpp"
#include "tests/support/said.hpp"
#include "tests/support/temp_database.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

/// A database with events, and a project that moves the old ones to an archive: copied by one
/// migration, deleted by the next. Nothing in the archive is unique, so a row that is copied twice
/// is there twice; triggers note each row that comes and goes.
namespace bellows::test {

inline constexpr char const* copy_name = "20260401090000_archive";
inline constexpr char const* delete_name = "20260402090000_purge";
inline constexpr char const* copy_sql =
    "INSERT INTO archive (no, \"La bel\") SELECT id, upper(kind) || ' ' || payload FROM events\n"
    "  WHERE kind = 'old';\n";
inline constexpr char const* delete_sql = "DELETE FROM events WHERE kind = 'old';\n";

/// Every third event is old.
inline std::string events(int rows) {
  return fmt::format(
      "CREATE TABLE events (id bigint PRIMARY KEY, kind text, payload text NOT NULL DEFAULT 'p');"
      "INSERT INTO events SELECT g, CASE WHEN g % 3 = 0 THEN 'old' ELSE 'new' END, 'p' || g"
      "  FROM generate_series(1, {}) g;"
      "CREATE TABLE archive (at bigint GENERATED ALWAYS AS IDENTITY, no bigint, \"La bel\" text,"
      "  status text NOT NULL DEFAULT 'kept');"
      "CREATE TABLE came (id bigint); CREATE TABLE gone (id bigint);"
      "CREATE FUNCTION note_came() RETURNS trigger LANGUAGE plpgsql AS $$"
      "BEGIN INSERT INTO came VALUES (NEW.no); RETURN NULL; END $$;"
      "CREATE TRIGGER came AFTER INSERT ON archive FOR EACH ROW EXECUTE FUNCTION note_came();"
      "CREATE FUNCTION note_gone() RETURNS trigger LANGUAGE plpgsql AS $$"
      "BEGIN INSERT INTO gone VALUES (OLD.id); RETURN NULL; END $$;"
      "CREATE TRIGGER gone AFTER DELETE ON events FOR EACH ROW EXECUTE FUNCTION note_gone();",
      rows);
}

class DataBench {
 public:
  explicit DataBench(std::string const& scene,
                     std::vector<std::pair<std::string, std::string>> const& migrations =
                         {{copy_name, copy_sql}, {delete_name, delete_sql}})
      : project(db.conninfo()) {
    db.run(scene);
    for (auto const& [name, sql] : migrations) {
      project.migration(name, sql);
    }
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
  std::string value(std::string const& sql) const { return db.value(sql); }

  TempDatabase db;  // before the project that points to it
  Project project;
};

}  // namespace bellows::test
