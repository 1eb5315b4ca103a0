#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bellows::runner {

/// What the names in a directory of migrations say: which files are migrations, which hold the way
/// back of one, and which are neither. Pure.
struct Listing {
  struct File {
    std::string name;  // of the migration
    std::string file;  // its file's name
    /// And of the file with its way back: X.down.sql of X.up.sql, U1__x.sql of V1__x.sql.
    std::optional<std::string> down;
    bool named_back = false;  // as other tools call a way back, whose way there is not beside it
  };
  std::vector<File> migrations;     // in the order in which they run
  std::vector<std::string> beside;  // passed over, each with why: "003_x.js", "old/ (a directory)"
  /// A sentence about two files that cannot both be meant as they are named; empty: all is well.
  std::string mistake;
};

/// `files` and `directories`: names without their path. Hidden ones and README.md are nobody's
/// business.
Listing list_migrations(std::vector<std::string> files, std::vector<std::string> directories);

/// "2_x" for 2_x.sql and for 2_x.up.sql.
std::string migration_name(std::filesystem::path const& file);

}  // namespace bellows::runner
