#include "runner/rollout/copies.hpp"

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

std::optional<plan::Transition> const& CommittedCopies::of(std::string const& migration) {
  auto found = read_.find(migration);
  if (found == read_.end()) {
    auto const plan = project_.committed_plan(migration);
    found = read_.emplace(migration, plan ? plan::transition_of(*plan) : std::nullopt).first;
  }
  return found->second;
}

std::vector<std::string> CommittedCopies::built_on(Project::Entry const& entry,
                                                   sql::Migration const& migration,
                                                   catalog::Catalog const& before) {
  std::vector<std::string> lines;
  for (Project::Entry const& other : project_.entries()) {
    if (other.name == entry.name) {
      break;
    }
    auto const& transition = of(other.name);
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
