#include "runner/cli/plan_check.hpp"

#include "planner/plan/make_plan.hpp"
#include "planner/plan/mistaken.hpp"
#include "planner/rules/directive_mistakes.hpp"
#include "planner/rules/preconditions/precondition.hpp"
#include "runner/cli/plan_standing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace bellows::runner {
namespace {

namespace fs = std::filesystem;

PlanState wrong(std::string mistake) {
  return {PlanState::Kind::Wrong, std::move(mistake), true};
}

PlanState wrong_whatever_is_planned(std::string mistake) {
  return {PlanState::Kind::Wrong, std::move(mistake), false};
}

/// In the words of `plan` and `up`.
PlanState refused(PlanState::Kind kind, sql::Migration const& migration, plan::NoPlan const& no) {
  std::vector<std::string> lines;
  for (plan::NoPlan::Reason const& reason : no.reasons) {
    lines.push_back(fmt::format("{}:{}:{}: no plan [{}]: {}. {}", migration.file, reason.at.line,
                                reason.at.column, reason.rule, reason.reason, reason.remedy));
  }
  return {kind, fmt::format("{}", fmt::join(lines, "\n")), false};
}

/// By the catalog at hand: what the plan was made with may have known less.
std::optional<PlanState> failing(sql::Migration const& migration, catalog::Catalog const& before) {
  auto const made = plan::make_plan(migration, before);
  auto const* no = std::get_if<plan::NoPlan>(&made);
  bool const fails =
      no != nullptr && std::ranges::find(no->reasons, rules::statement_fails.id,
                                         &plan::NoPlan::Reason::rule) != no->reasons.end();
  return fails ? std::optional(refused(PlanState::Kind::NoPlan, migration, *no)) : std::nullopt;
}

PlanState of_committed(fs::path const& path, plan::Plan const& plan,
                       sql::Migration const& migration, catalog::Catalog const& before) {
  NotCurrent const standing = not_current(plan, migration, before);
  if (standing.why.empty()) {
    return failing(migration, before).value_or(PlanState{PlanState::Kind::Current});
  }
  std::string mistake = fmt::format("{} {}", path.generic_string(), standing.why);
  return standing.by_planning ? wrong(std::move(mistake))
                              : wrong_whatever_is_planned(std::move(mistake));
}

PlanState of_none(sql::Migration const& migration, catalog::Catalog const& before) {
  auto const made = plan::make_plan(migration, before);
  auto const* plan = std::get_if<plan::Plan>(&made);
  if (plan == nullptr) {
    auto const& no = std::get<plan::NoPlan>(made);
    bool const mistake = std::ranges::find(no.reasons, rules::directive_rule,
                                           &plan::NoPlan::Reason::rule) != no.reasons.end();
    return refused(mistake ? PlanState::Kind::Wrong : PlanState::Kind::NoPlan, migration, no);
  }
  return plan->single_phase()
             ? PlanState{PlanState::Kind::NotNeeded}
             : wrong(fmt::format("{}: it is split into phases, and its plan is missing",
                                 migration.file));
}

}  // namespace

PlanState plan_state(Project const& project, Project::Entry const& entry,
                     sql::Migration const& migration, catalog::Catalog const& before) {
  if (auto const no = plan::mistaken_directives(migration)) {
    return refused(PlanState::Kind::Wrong, migration, *no);
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
