#include "runner/cli/failure_place.hpp"

#include "runner/cli/command.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::runner {
namespace {

sql::Statement const* origin_of(sql::Migration const& migration, std::string const& statement) {
  auto const same = std::ranges::find_if(
      migration.up, [&](sql::Statement const& one) { return one.raw.text == statement; });
  if (same != migration.up.end()) {
    return &*same;
  }
  return migration.up.size() == 1 ? &migration.up.front() : nullptr;
}

}  // namespace

std::string place_of_failure(Options const& options, StepFailed const& failure) {
  if (failure.migration.empty()) {
    return "";
  }
  try {
    Project const project = open_project(options);
    Project::Entry const& entry = project.find(failure.migration);
    sql::Migration const migration = Project::read(entry);
    sql::Statement const* origin = origin_of(migration, failure.statement);
    return origin == nullptr
               ? entry.label + ": "
               : fmt::format("{}:{}:{}: ", entry.label, origin->raw.at.line, origin->raw.at.column);
  } catch (ProjectError const&) {
    return "";
  }
}

}  // namespace bellows::runner
