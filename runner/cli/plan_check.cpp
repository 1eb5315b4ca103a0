#include "runner/cli/plan_check.hpp"

#include "planner/plan/make_plan.hpp"
#include "planner/plan/mistaken.hpp"
#include "planner/plan/refused_here.hpp"
#include "planner/rules/directive_mistakes.hpp"
#include "planner/rules/review.hpp"
#include "planner/rules/subscribers.hpp"
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

/// What its author has not answered, of a table that is published here: whatever it is carried out
/// by, `up` would not begin it.
std::optional<PlanState> unanswered(sql::Migration const& migration,
                                    catalog::Catalog const& before) {
  if (before.publications.empty()) {
    return std::nullopt;
  }
  catalog::Catalog after = before;
  std::vector<std::string> lines;
  auto const add = [&](rules::Reviewed const& reviewed, rules::Finding const& finding) {
    if (finding.rule == rules::published_column.id && finding.severity == rules::Severity::Error) {
      lines.push_back(fmt::format("{}:{}:{}: up refuses it [{}]: {} {}", migration.file,
                                  reviewed.statement.raw.at.line, reviewed.statement.raw.at.column,
                                  finding.rule, finding.message, finding.remedy));
    }
  };
  for (rules::Reviewed const& reviewed : rules::review(migration, after)) {
    for (rules::Finding const& finding : reviewed.findings) {
      add(reviewed, finding);
    }
    for (auto const& [finding, because] : reviewed.allowed) {  // an allow is no answer
      add(reviewed, finding);
    }
  }
  return lines.empty()
             ? std::nullopt
             : std::optional(wrong_whatever_is_planned(fmt::format("{}", fmt::join(lines, "\n"))));
}

PlanState of_committed(fs::path const& path, plan::Plan const& plan,
                       sql::Migration const& migration, catalog::Catalog const& before) {
  NotCurrent const standing = not_current(plan, migration, before);
  if (standing.why.empty()) {
    auto const no = plan::refused_here(migration, before);
    return no ? refused(PlanState::Kind::NoPlan, migration, *no) : PlanState{};
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
    PlanState state =
        committed ? of_committed(project.plan_path(entry.name), *committed, migration, before)
                  : of_none(migration, before);
    bool const good = state.mistake.empty();
    return good ? unanswered(migration, before).value_or(std::move(state)) : state;
  } catch (ProjectError const& error) {
    return wrong_whatever_is_planned(fmt::format("{}; {}", error.what(), error.next));
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
