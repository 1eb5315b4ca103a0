#include "runner/cli/plan_check.hpp"

#include "planner/plan/make_plan.hpp"
#include "planner/plan/mistaken.hpp"
#include "planner/plan/standing.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::runner {
namespace {

namespace fs = std::filesystem;

PlanState wrong(std::string mistake) {
  return {PlanState::Kind::Wrong, std::move(mistake)};
}

std::string tables_of(plan::Plan const& plan) {
  std::vector<std::string> tables;
  for (plan::ReliedOn const& fact : plan.relies_on) {
    tables.push_back(fact.table.display());
  }
  return fmt::format("{}", fmt::join(tables, ", "));
}

/// The plan was made where the table was known, and here it is not.
bool is_unknown_here(plan::Plan const& plan, catalog::Catalog const& before) {
  return !before.complete && std::ranges::any_of(plan.relies_on, [&](plan::ReliedOn const& fact) {
    return before.table(fact.table) == nullptr;
  });
}

PlanState of_committed(fs::path const& path, plan::Plan const& plan,
                       sql::Migration const& migration, catalog::Catalog const& before) {
  std::string const file = path.generic_string();
  switch (plan::standing(plan, migration, before)) {
    case plan::Standing::Current:
      return {PlanState::Kind::Current};
    case plan::Standing::OtherMigration:
      return wrong(fmt::format("{}: it is the plan of {}", file, plan.migration));
    case plan::Standing::OtherText:
      return wrong(fmt::format("{}: stale, {} says something else by now", file, migration.file));
    case plan::Standing::OtherWorld:
      if (is_unknown_here(plan, before)) {
        return wrong(
            fmt::format("{}: whether it is current cannot be told, since no migration "
                        "here makes {}: --catalog SNAPSHOT, or the directory of those "
                        "that do, or --database-url",
                        file, tables_of(plan)));
      }
      return wrong(fmt::format(
          "{}: stale, a column, key or index of {} that it relies on is another one by now", file,
          tables_of(plan)));
  }
  return {};
}

PlanState of_none(sql::Migration const& migration, catalog::Catalog const& before) {
  auto const made = plan::make_plan(migration, before);
  auto const* plan = std::get_if<plan::Plan>(&made);
  if (plan == nullptr) {
    return {PlanState::Kind::NoPlan};
  }
  return plan->single_phase()
             ? PlanState{PlanState::Kind::NotNeeded}
             : wrong(fmt::format("{}: it is split into phases, and its plan is missing",
                                 migration.file));
}

/// In the words of `plan` and `up`.
PlanState mistaken(sql::Migration const& migration, plan::NoPlan const& no) {
  std::vector<std::string> lines;
  for (plan::NoPlan::Reason const& reason : no.reasons) {
    lines.push_back(fmt::format("{}:{}:{}: no plan [{}]: {}. {}", migration.file, reason.at.line,
                                reason.at.column, reason.rule, reason.reason, reason.remedy));
  }
  return wrong(fmt::format("{}", fmt::join(lines, "\n")));
}

}  // namespace

PlanState plan_state(Project const& project, Project::Entry const& entry,
                     sql::Migration const& migration, catalog::Catalog const& before) {
  if (auto const no = plan::mistaken_directives(migration)) {
    return mistaken(migration, *no);
  }
  try {
    auto const committed = project.committed_plan(entry.name);
    return committed ? of_committed(project.plan_path(entry.name), *committed, migration, before)
                     : of_none(migration, before);
  } catch (ProjectError const& error) {
    return wrong(error.what());
  }
}

std::vector<std::string> orphaned_plans(Project const& project, std::string const& plans) {
  std::vector<std::string> found;
  if (!fs::is_directory(plans)) {
    return found;
  }
  for (fs::directory_entry const& each : fs::directory_iterator(plans)) {
    std::string const name = each.path().stem().string();
    bool const owned = std::ranges::find(project.entries(), name, &Project::Entry::name) !=
                       project.entries().end();
    if (each.path().extension() == ".yaml" && !owned) {
      found.push_back(
          fmt::format("{}: there is no migration {}", each.path().generic_string(), name));
    }
  }
  std::ranges::sort(found);
  return found;
}

}  // namespace bellows::runner
