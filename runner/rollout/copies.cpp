#include "runner/rollout/copies.hpp"

#include "planner/catalog/replay.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/rollout/advance.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::runner {
namespace {

std::string column_of(plan::Transition const& transition) {
  return fmt::format("{}.{}", transition.table.name.quoted(), transition.to.quoted());
}

}  // namespace

void refuse_building_on_copies(postgres::Session& session, sql::Migration const& migration,
                               catalog::Catalog const& live,
                               std::set<std::string> const& contracted) {
  if (!ledger_exists(session)) {
    return;
  }
  catalog::Catalog after = live;
  catalog::replay(after, migration);
  for (auto const& [name, row] : read_migrations(session)) {
    if (!in_progress(row.state) || name == migration.name || contracted.contains(name)) {
      continue;
    }
    auto const transition = plan::transition_of(plan::from_yaml(row.plan));
    auto const what =
        transition ? plan::touches_copy(*transition, live, after) : std::vector<std::string>();
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

CommittedCopies::CommittedCopies(Project const& project)
    : project_(project), known_(project.entries().size()) {
  for (std::size_t at = 0; at < project.entries().size(); ++at) {
    places_.emplace(project.entries()[at].name, at);
  }
}

void CommittedCopies::note(Project::Entry const& entry, plan::Plan const* plan) {
  std::size_t const at = places_.at(entry.name);
  if (plan != nullptr && !known_[at]) {
    add(at, *plan);
  }
  known_[at] = true;
}

void CommittedCopies::add(std::size_t entry, plan::Plan const& plan) {
  if (auto const transition = plan::transition_of(plan)) {
    by_table_[transition->table].push_back({entry, *transition});
  }
}

void CommittedCopies::read_up_to(std::size_t entry) {
  for (; known_up_to_ < entry; ++known_up_to_) {
    if (!known_[known_up_to_]) {
      auto const plan = project_.committed_plan(project_.entries()[known_up_to_].name);
      note(project_.entries()[known_up_to_], plan ? &*plan : nullptr);
    }
  }
}

void CommittedCopies::collect(std::vector<Copy const*>& copies, sql::QualifiedName const& table,
                              catalog::Catalog const& catalog, std::size_t entry) const {
  sql::QualifiedName const unqualified{sql::Identifier(), table.name};  // as somebody may write it
  for (sql::QualifiedName const& name : {table, unqualified}) {
    auto const found = by_table_.find(name);
    if (found == by_table_.end() || catalog.resolve(name) != table) {
      continue;
    }
    for (Copy const& copy : found->second) {
      if (copy.made_by < entry) {
        copies.push_back(&copy);
      }
    }
  }
}

std::vector<std::string> CommittedCopies::built_on(Project::Entry const& entry,
                                                   catalog::Catalog const& before,
                                                   catalog::Catalog const& after) {
  std::size_t const at = places_.at(entry.name);
  read_up_to(at);
  if (by_table_.empty()) {
    return {};
  }
  std::vector<Copy const*> copies;
  for (sql::QualifiedName const& table : plan::tables_touched(before, after)) {
    collect(copies, table, before, at);
  }
  std::ranges::sort(copies, {}, &Copy::made_by);
  std::vector<std::string> lines;
  for (Copy const* copy : copies) {
    auto const what = plan::touches_copy(copy->transition, before, after);
    if (!what.empty()) {
      lines.push_back(
          fmt::format("{} ({}) can begin only once {} is contracted: it belongs in a later release",
                      column_of(copy->transition), fmt::join(what, ", "),
                      project_.entries()[copy->made_by].name));
    }
  }
  return lines;
}

}  // namespace bellows::runner
