#pragma once

#include "planner/plan/make_plan.hpp"
#include "planner/sql/migration.hpp"

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace bellows::runner {

/// The files are not as they should be: two migrations of one name, a plan for another text …
class ProjectError : public std::runtime_error {
 public:
  ProjectError(std::string const& message, std::string what_next)
      : std::runtime_error(message), next(std::move(what_next)) {}
  std::string next;  // what to type
};

/// No migration is called that, or more than one could be meant: a slip of the fingers, not of the
/// files.
class WhichMigration : public ProjectError {
 public:
  using ProjectError::ProjectError;
};

/// A directory of migrations and the one of their plans. Reads files, never a database.
class Project {
 public:
  struct Entry {
    std::string name;
    std::filesystem::path file;
    std::string label;  // "migrations/….sql", the same wherever the command is typed
    std::filesystem::path down = {};  // the file with its way back; empty: none of its own
  };

  /// Throws ProjectError when the directory is missing, or two files of it go together in a way
  /// that bellows does not know.
  static Project open(std::filesystem::path const& migrations, std::filesystem::path const& plans);

  std::vector<Entry> const& entries() const { return entries_; }
  /// What else is in the directory of migrations, and is passed over.
  std::vector<std::string> const& beside() const { return beside_; }
  std::filesystem::path const& directory() const { return directory_; }  // of the migrations
  /// By name, file name, path, or the digits in front. Throws WhichMigration.
  Entry const& find(std::string const& wanted) const;

  static sql::Migration read(Entry const& entry);
  std::filesystem::path plan_path(std::string const& migration) const;
  /// The committed plan; nothing when there is none. Throws ProjectError when it can't be read.
  std::optional<plan::Plan> committed_plan(std::string const& migration) const;

 private:
  std::vector<Entry> entries_;
  std::vector<std::string> beside_;
  std::filesystem::path directory_;
  std::filesystem::path plans_;
};

/// The text of a file; throws ProjectError.
std::string read_file(std::filesystem::path const& path);

/// Replaced in one step: a reader sees the old text or the new one. Throws ProjectError.
void write_file(std::filesystem::path const& path, std::string const& text);

}  // namespace bellows::runner
