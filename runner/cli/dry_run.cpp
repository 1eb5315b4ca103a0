#include "runner/cli/dry_run.hpp"

#include "planner/plan/yaml.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/rollout/advance.hpp"
#include "runner/rollout/job_spec.hpp"

#include <fmt/core.h>

namespace bellows::runner {
namespace {

using plan::Plan;
using plan::Step;
using Ledger = std::map<std::string, MigrationRow>;

struct Dry {
  Invocation& invocation;
  Project const& project;
  postgres::Session& session;
  Ledger const& ledger;
  std::string text;
};

std::string locks_of(Step const& step) {
  std::string locks;
  for (auto const& [table, mode] : step.locks) {
    locks += fmt::format("{}{} on {}", locks.empty() ? "" : ", ", locks::to_string(mode),
                         table.display());
  }
  if (locks.empty()) {
    return "";
  }
  return fmt::format("  ({}, {})", locks,
                     step.lasts == plan::Lasts::Instant ? "for a moment" : "as long as it takes");
}

std::string indented(std::string const& text, std::string const& by) {
  std::string out = by;
  for (char const c : text) {
    out += c;
    if (c == '\n') {
      out += by;
    }
  }
  return out + "\n";
}

void tell(Dry& dry, std::string const&, Step const&, plan::RunSql const& run_sql) {
  for (std::string const& statement : run_sql.statements) {
    dry.text += indented(statement, "      ");
  }
}

void tell(Dry& dry, std::string const& migration, Step const& step, plan::Batch const& batch) {
  dry.text += preview_text(batcher::preview(dry.session, job_spec(migration, step, batch)));
}

void tell(Dry& dry, std::string const&, Step const&, plan::Verify const& verify) {
  dry.text += fmt::format("      reads every row of {} and compares\n", verify.table.display());
}

void tell(Dry& dry, std::string const&, Step const&, plan::Gate const& gate) {
  dry.text += fmt::format("      waits: {}\n", gate.kind);
}

void tell_steps(Dry& dry, std::string const& migration, char const* phase,
                std::vector<Step> const& steps, std::map<std::string, StepState> const& journaled) {
  for (Step const& step : steps) {
    auto const found = journaled.find(step.id);
    if (found != journaled.end() && found->second == StepState::Done) {
      continue;
    }
    dry.text += fmt::format("    {} {}{}\n", phase, step.id, locks_of(step));
    std::visit([&](auto const& action) { tell(dry, migration, step, action); }, step.action);
  }
}

void tell_migration(Dry& dry, Project::Entry const& entry) {
  auto const row = dry.ledger.find(entry.name);
  bool const begun = row != dry.ledger.end() && row->second.state != State::Aborted;
  Plan const plan =
      begun ? plan::from_yaml(row->second.plan) : acceptable_plan(dry.session, dry.project, entry);
  auto const journaled =
      begun ? read_steps(dry.session, entry.name) : std::map<std::string, StepState>();
  dry.text += fmt::format("  {} would {}:\n", entry.name, begun ? "go on" : "run");
  tell_steps(dry, entry.name, "expand", plan.expand, journaled);
  tell_steps(dry, entry.name, "backfill", plan.backfill, journaled);
  if (!plan.contract.empty()) {
    dry.text += "    contract comes later: `bellows contract`\n";
  }
}

bool would_run(Dry const& dry, std::string const& migration) {
  auto const row = dry.ledger.find(migration);
  return row == dry.ledger.end() ||
         (in_progress(row->second.state) && row->second.state != State::Backfilled);
}

/// What comes after the first one is judged against a schema that is not there yet.
void tell_later_one(Dry& dry, Project::Entry const& entry) {
  try {
    tell_migration(dry, entry);
  } catch (ProjectError const& error) {
    dry.text += fmt::format("  {} comes after that, and can't be told before: {}\n", entry.name,
                            error.what());
  } catch (std::invalid_argument const& error) {
    dry.text += fmt::format("  {} comes after that, and can't be told before: {}\n", entry.name,
                            error.what());
  }
}

Ledger read_ledger(postgres::Session& session) {
  return ledger_exists(session) ? read_migrations(session) : Ledger();
}

int end(Dry& dry, std::size_t told) {
  dry.text =
      postgres::describe_target(conninfo(dry.invocation.options)) + ", a dry run\n" + dry.text;
  dry.text += told == 0 ? "nothing to do: the database is up to date\n"
                        : "nothing was changed: every sample was rolled back\n";
  dry.invocation.console.answer(dry.text);
  return exit_done;
}

}  // namespace

int dry_run_up(Invocation& invocation) {
  Options const& options = invocation.options;
  Project const project = open_project(options);
  std::string const last = options.given("to") ? project.find(options.text("to")).name : "";
  auto session = postgres::Session::connect(conninfo(options), "bellows dry run");
  Ledger const ledger = read_ledger(session);
  Dry dry{invocation, project, session, ledger, ""};
  std::size_t told = 0;
  for (Project::Entry const& entry : project.entries()) {
    if (would_run(dry, entry.name)) {
      told++ == 0 ? tell_migration(dry, entry) : tell_later_one(dry, entry);
    }
    if (entry.name == last) {
      break;
    }
  }
  return end(dry, told);
}

int dry_run_backfill(Invocation& invocation) {
  Options const& options = invocation.options;
  Project const project = open_project(options);
  if (options.operands().size() != 1) {
    throw UsageError("`bellows backfill` wants one MIGRATION; `bellows status` lists them");
  }
  Project::Entry const& entry = project.find(options.operands().front());
  auto session = postgres::Session::connect(conninfo(options), "bellows dry run");
  Ledger const ledger = read_ledger(session);
  Dry dry{invocation, project, session, ledger, ""};
  bool const due = would_run(dry, entry.name);
  if (due) {
    tell_migration(dry, entry);
  }
  return end(dry, due ? 1 : 0);
}

}  // namespace bellows::runner
