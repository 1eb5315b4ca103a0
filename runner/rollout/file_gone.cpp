#include "runner/rollout/file_gone.hpp"

#include "runner/rollout/advance.hpp"
#include "runner/rollout/journaled.hpp"
#include "runner/rollout/listing.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::runner {

bool is_called(std::string const& name, std::string const& operand) {
  std::string const wanted = operand.ends_with(".sql") ? migration_name(operand) : operand;
  return name == wanted || name.starts_with(wanted + "_");
}

std::string meant_migration(std::string const& operand, LedgerRows const& rows,
                            Project const* project) {
  std::vector<std::string> found;
  for (auto const& [name, row] : rows) {
    bool const here =
        project != nullptr && std::ranges::find(project->entries(), name, &Project::Entry::name) !=
                                  project->entries().end();
    if (!here && is_called(name, operand)) {
      found.push_back(name);
    }
  }
  if (found.size() > 1) {
    throw WhichMigration(
        fmt::format("{} and {} may both be meant by {}", found[0], found[1], operand),
        "give the whole name");
  }
  try {
    if (project != nullptr) {
      return project->find(operand).name;
    }
  } catch (WhichMigration const&) {
    if (found.empty()) {
      throw;
    }
  }
  if (found.empty()) {
    throw WhichMigration(fmt::format("this database has begun no migration {}", operand),
                         "bellows status lists them, in the project's directory");
  }
  return found.front();
}

void check_its_file(Project const& project, MigrationRow const& row) {
  if (row.state != State::Backfilled) {
    return;
  }
  std::string const ways = fmt::format(
      "or, to take it back: bellows abort {0}; where it is meant: bellows contract {0} --because "
      "TEXT",
      row.name);
  auto const entry = std::ranges::find(project.entries(), row.name, &Project::Entry::name);
  if (entry == project.entries().end()) {
    throw Unconfirmed(
        fmt::format(
            "{} has no file in this checkout, and its contract can't be taken back: was the "
            "file deleted, or is this checkout older than the database, and its application "
            "still in need of the old name? Nothing was changed",
            row.name),
        "the same where its file is; " + ways);
  }
  if (Project::read(*entry).meaning != row.meaning) {
    throw Unconfirmed(
        fmt::format("{} was changed after it ran (not only in its comments), and contract, which "
                    "can't be taken back, would carry out what it said then; nothing was changed",
                    entry->label),
        "restore it; " + ways);
  }
}

void check_its_file(Run& run, Project const& project, MigrationRow const& row,
                    std::string const& because) {
  try {
    check_its_file(project, row);
  } catch (Unconfirmed const&) {
    if (because.empty()) {
      throw;
    }
    note_reason(run, row, "contract without its file", because);
  }
}

}  // namespace bellows::runner
