#pragma once

#include "planner/sql/section_markers.hpp"
#include "planner/sql/statement.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bellows::sql {

/// A migration file, read: its up and down statements, each with its place in the file.
struct Migration {
  std::string name;  // file name without .sql
  std::string file;  // path as given, for messages
  std::vector<Statement> up;
  std::vector<Statement> down;
  bool has_down = false;
  /// meaning_hash of the up section: what a plan is bound to. Empty where it was not wanted.
  std::string meaning;
};

enum class Meaning : std::uint8_t { Wanted, Left };

/// `name` and `file` are only labels; the text decides. Without section markers everything is up.
/// Markers: `-- bellows: up|down`, and those of node-pg-migrate, dbmate, goose and sql-migrate;
/// those that are not `read` are comments, as to a tool that does not know them. Never throws: what
/// cannot be read is an Unparsed statement.
Migration read_migration(std::string name, std::string file, std::string_view text,
                         Meaning meaning = Meaning::Wanted, Markers read = Markers::All);

/// Files in the order in which they run: by prefix (13, 14 or 17 digits compared as instants, also
/// with dashes: 2019-02-26-002946; Flyway's V1_10__; fewer
/// digits as an index), then by name. Sorts names without directories.
bool runs_before(std::string_view a, std::string_view b);

}  // namespace bellows::sql
