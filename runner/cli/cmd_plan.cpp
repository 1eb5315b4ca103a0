#include "planner/catalog/replay.hpp"
#include "planner/plan/make_plan.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/cli/command.hpp"
#include "runner/ledger/schema.hpp"

#include <fmt/core.h>

#include <filesystem>

/// plan: migrations in, plan files out. No database unless --database-url is on the command line.
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

std::string plan_text(plan::Plan const& plan) {
  return phase_text("expand", plan.expand) + phase_text("backfill", plan.backfill) +
         phase_text("contract", plan.contract) + beside_text(plan);
}

std::string refusal_text(sql::Migration const& migration, plan::NoPlan const& no) {
  std::string text;
  for (plan::NoPlan::Reason const& reason : no.reasons) {
    text +=
        fmt::format("{}:{}:{}: no plan [{}]: {}\n  do instead: {}\n", migration.file,
                    reason.at.line, reason.at.column, reason.rule, reason.reason, reason.remedy);
  }
  return text;
}

/// Whether it could be planned.
bool plan_one(Invocation& invocation, Project const& project, Project::Entry const& entry,
              History& history) {
  Options const& options = invocation.options;
  sql::Migration const migration = Project::read(entry);
  if (migration.up.empty()) {
    invocation.console.answer(
        fmt::format("{} has no statement yet: nothing to plan\n", entry.label));
    return true;
  }
  std::variant<plan::Plan, plan::NoPlan> made;
  history.through(entry, [&](catalog::Catalog& catalog) {
    made = plan::make_plan(migration, catalog);
    catalog::replay(catalog, migration);
  });
  if (auto const* no = std::get_if<plan::NoPlan>(&made)) {
    invocation.console.answer(refusal_text(migration, *no));
    return false;
  }
  auto const& plan = std::get<plan::Plan>(made);
  std::string const yaml = plan::to_yaml(plan);
  if (options.flag("print")) {
    invocation.console.answer(yaml);
    return true;
  }
  auto const path = project.plan_path(entry.name);
  std::filesystem::create_directories(path.parent_path());
  bool const same = std::filesystem::exists(path) && read_file(path) == yaml;
  if (!same) {
    write_file(path, yaml);
  }
  invocation.console.answer(
      fmt::format("{}{}\n{}", path.string(), same ? " (unchanged)" : "", plan_text(plan)));
  return true;
}

/// All of them; of those that the named database has begun, the plans are history and stay.
std::vector<Project::Entry> to_be_planned(Options const& options, Project const& project) {
  std::vector<Project::Entry> wanted = project.entries();
  if (options.given("catalog") || !options.on_command_line("database-url")) {
    return wanted;
  }
  auto session = postgres::Session::connect(conninfo(options), "bellows plan");
  if (!ledger_exists(session)) {
    return wanted;
  }
  auto const known = read_migrations(session);
  std::erase_if(wanted, [&](Project::Entry const& entry) {
    auto const found = known.find(entry.name);
    return found != known.end() && found->second.state != State::Aborted;
  });
  return wanted;
}

}  // namespace

int run_plan(Invocation& invocation) {
  Project const project = open_project(invocation.options);
  tell_beside(project, invocation.console);
  std::vector<Project::Entry> wanted;
  for (std::string const& operand : invocation.options.operands()) {
    wanted.push_back(project.find(operand));
  }
  if (wanted.empty()) {
    wanted = to_be_planned(invocation.options, project);
  }
  if (wanted.empty() && !project.entries().empty()) {
    invocation.console.answer("nothing to plan: the database has begun every migration\n");
  } else if (wanted.empty()) {
    invocation.console.answer("no migrations yet; `bellows new NAME` writes the first\n");
  }
  if (wanted.empty()) {
    return exit_done;
  }
  History history = judging_history(invocation.options, &project);
  bool all = true;
  for (Project::Entry const& entry : wanted) {
    all = plan_one(invocation, project, entry, history) && all;
  }
  if (!invocation.options.flag("print")) {
    for (std::string const& words : in_words(history.basis(), wanted.size())) {
      invocation.console.answer(words + '\n');
    }
  }
  return all ? exit_done : exit_unsafe;
}

}  // namespace bellows::runner
