#include "runner/cli/report_plan.hpp"

#include "planner/plan/in_short.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/cli/wrap.hpp"
#include "runner/rollout/advance.hpp"

#include <fmt/format.h>

namespace bellows::runner {
namespace {

char const* kind_of(plan::Step const& step) {
  struct Names {
    char const* operator()(plan::RunSql const&) const { return "sql"; }
    char const* operator()(plan::Batch const&) const { return "batches"; }
    char const* operator()(plan::Verify const&) const { return "verify"; }
    char const* operator()(plan::Gate const&) const { return "gate"; }
  };
  return std::visit(Names{}, step.action);
}

std::string phase_text(char const* name, std::vector<plan::Step> const& steps) {
  if (steps.empty()) {
    return "";
  }
  std::string text = fmt::format("  {}\n", name);
  for (plan::Step const& step : steps) {
    std::string notes;
    for (auto const& [table, mode] : step.locks) {
      notes +=
          fmt::format("{}{} {}", notes.empty() ? "locks " : ", ", table.display(), to_string(mode));
    }
    if (step.irreversible) {
      notes += notes.empty() ? "(no way back)" : "  (no way back)";
    }
    auto const* gate = std::get_if<plan::Gate>(&step.action);
    if (gate != nullptr && gate->kind == plan::unnamed_gate) {
      notes = step.about;  // it names what is to be replaced before
    }
    std::string const kind = kind_of(step);
    text += notes.empty() ? fmt::format("    {:<24} {}\n", step.id, kind)
                          : fmt::format("    {:<24} {:<8} {}\n", step.id, kind, notes);
  }
  return text;
}

/// What the phases do beside their statements.
std::string beside_text(plan::Plan const& plan) {
  constexpr std::pair<std::string_view, std::string_view> told[] = {{"for_each_row", "each row"},
                                                                    {"subscribers", "subscribers"}};
  std::string text;
  for (auto const& [when, what] : plan.application) {
    for (auto const& [key, words] : told) {
      if (when == key) {
        text += fmt::format("  {}: {}\n", words, what);
      }
    }
  }
  return text;
}

std::string plan_text(plan::Plan const& plan, std::string_view in_short) {
  return fmt::format("  in short: {}\n", in_short) + phase_text("expand", plan.expand) +
         phase_text("backfill", plan.backfill) + phase_text("contract", plan.contract) +
         beside_text(plan);
}

std::string refusal_text(std::string const& file, plan::NoPlan const& no) {
  std::string text;
  for (plan::NoPlan::Reason const& reason : no.reasons) {
    text += fmt::format("{}:{}:{}: no plan [{}]: {}\n  instead: {}\n", file, reason.at.line,
                        reason.at.column, reason.rule, reason.reason, reason.remedy);
  }
  return text;
}

std::string kept_text(std::filesystem::path const& path, WrittenPlan const& written) {
  std::string const file = path.string();
  switch (written.kept) {
    case Kept::Stale:
      return fmt::format(
          "{} is stale, for other statements or another schema, and may have been edited by hand "
          "since it was planned; it was kept: {}\n",
          file, fmt::join(written.differences, "; "));
    case Kept::Unreadable:
      return fmt::format("{} can't be read: {}; it was kept\n", file, written.unreadable);
    default:
      return fmt::format(
          "{} is for these statements and this schema, and says something else than what would be "
          "planned (edited by hand?); it was kept: {}\n",
          file, fmt::join(written.differences, "; "));
  }
}

}  // namespace

PlanFile write_plan_file(std::filesystem::path const& path, plan::Plan const& plan,
                         bool overwrite) {
  std::string in_short = plan::in_short(plan);
  WrittenPlan written = write_plan(path, plan, plan::to_yaml(plan, in_short), overwrite);
  return {std::move(written), std::move(in_short)};
}

void PlanReport::add(Planned const& planned) {
  if (auto const* why = std::get_if<std::string>(&planned.made)) {
    return tell(*why);
  }
  if (auto const* no = std::get_if<plan::NoPlan>(&planned.made)) {
    return tell(refusal_text(planned.file, *no));
  }
  add_plan(planned, std::get<plan::Plan>(planned.made));
  for (std::string const& note : planned.notes) {
    tell(planned.entry->label + ": " + note + "\n");
  }
}

/// Sentences; a plan itself is told as it is.
void PlanReport::tell(std::string const& text) {
  invocation_.console.answer(fitted(text, Console::width()));
}

void PlanReport::add_plan(Planned const& planned, plan::Plan const& plan) {
  Project::Entry const& entry = *planned.entry;
  if (invocation_.options.flag("print")) {
    return invocation_.console.answer(sealed(plan::to_yaml(plan)));
  }
  if (planned.settled) {
    return tell_file(entry, plan, *planned.settled);
  }
  if (plan.single_phase()) {  // one that somebody keeps all the same is kept current
    tell_allowed(entry, plan);
    not_needed_.push_back(entry.label);
    return;
  }
  tell_file(
      entry, plan,
      write_plan_file(project_.plan_path(entry.name), plan, invocation_.options.flag("overwrite")));
}

/// What runs in one go is not safe for that.
void PlanReport::tell_allowed(Project::Entry const& entry, plan::Plan const& plan) {
  for (auto const& [rule, because] : plan.allowed) {
    tell(fmt::format("{} runs in one go, as it stands: it allows {}, because {}\n", entry.label,
                     rule, because));
  }
}

void PlanReport::tell_file(Project::Entry const& entry, plan::Plan const& plan,
                           PlanFile const& file) {
  auto const path = project_.plan_path(entry.name);
  if (file.written.kept != Kept::No) {
    (file.written.kept == Kept::Differs ? kept_ : unusable_).push_back(entry.name);
    return tell(kept_text(path, file.written));
  }
  tell(fmt::format("{}{}\n{}", path.string(), file.written.same ? " (unchanged)" : "",
                   plan_text(plan, file.in_short)));
}

std::string PlanReport::not_needed_text() const {
  if (not_needed_.empty()) {
    return "";
  }
  bool const one = not_needed_.size() == 1;
  return fmt::format(
      "{} {} no plan: what is safe in one go runs as it stands (plan --print "
      "shows how)\n",
      one ? not_needed_.front() : fmt::format("{} migrations", not_needed_.size()),
      one ? "needs" : "need");
}

void PlanReport::check_kept() const {
  if (!unusable_.empty()) {
    throw Unconfirmed(fmt::format("plans that `up` would refuse were kept, since somebody's own "
                                  "words may be in them: {}",
                                  fmt::join(unusable_, ", ")),
                      fmt::format("bellows plan {0} --print shows what would be planned, to take "
                                  "over by hand; to have it made anew, without what was edited: "
                                  "bellows plan {0} --overwrite",
                                  fmt::join(unusable_, " ")));
  }
  if (!kept_.empty()) {
    throw Unconfirmed(fmt::format("plans that say something else than what would be planned were "
                                  "kept: {}",
                                  fmt::join(kept_, ", ")),
                      fmt::format("nothing, where that is meant; to have them made anew: bellows "
                                  "plan {} --overwrite",
                                  fmt::join(kept_, " ")));
  }
}

}  // namespace bellows::runner
