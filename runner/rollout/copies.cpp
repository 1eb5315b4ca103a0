#include "runner/rollout/copies.hpp"

#include "planner/plan/transition.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/rollout/advance.hpp"

#include <fmt/format.h>

namespace bellows::runner {
namespace {

std::string column_of(plan::Transition const& transition) {
  return fmt::format("{}.{}", transition.table.name.quoted(), transition.to.quoted());
}

}  // namespace

void refuse_building_on_copies(postgres::Session& session, sql::Migration const& migration,
                               catalog::Catalog const& live) {
  if (!ledger_exists(session)) {
    return;
  }
  for (auto const& [name, row] : read_migrations(session)) {
    if (!in_progress(row.state) || name == migration.name) {
      continue;
    }
    auto const transition = plan::transition_of(plan::from_yaml(row.plan));
    auto const what =
        transition ? plan::touches_copy(*transition, migration, live) : std::vector<std::string>();
    if (!what.empty()) {
      throw Unconfirmed(
          fmt::format("{} builds on {}, which is a copy until {} is contracted, and contract drops "
                      "it: with {} it never could; nothing of it was begun",
                      migration.name, column_of(*transition), name, fmt::join(what, ", ")),
          fmt::format("once no running application uses {0}: bellows contract {1}, then go on with "
                      "{2}; where releases are named, {2} belongs in a later one",
                      transition->from.quoted(), name, migration.name));
    }
  }
}

std::vector<std::string> copies_built_on(Project const& project, Project::Entry const& entry,
                                         catalog::Catalog const& before) {
  std::vector<std::string> lines;
  sql::Migration const migration = Project::read(entry);
  for (Project::Entry const& other : project.entries()) {
    if (other.name == entry.name) {
      break;
    }
    auto const plan = project.committed_plan(other.name);
    auto const transition = plan ? plan::transition_of(*plan) : std::nullopt;
    auto const what = transition ? plan::touches_copy(*transition, migration, before)
                                 : std::vector<std::string>();
    if (!what.empty()) {
      lines.push_back(
          fmt::format("{} ({}) can begin only once {} is contracted: it belongs in a "
                      "later release",
                      column_of(*transition), fmt::join(what, ", "), other.name));
    }
  }
  return lines;
}

}  // namespace bellows::runner
