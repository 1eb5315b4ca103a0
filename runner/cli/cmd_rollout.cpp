#include "planner/plan/yaml.hpp"
#include "runner/cli/command.hpp"
#include "runner/cli/dry_run.hpp"
#include "runner/rollout/advance.hpp"
#include "runner/rollout/step.hpp"

#include <fmt/core.h>

#include <algorithm>

/// The commands that change the database.
namespace bellows::runner {
namespace {

using Rows = std::map<std::string, MigrationRow>;

std::optional<MigrationRow> row_of(Rows const& rows, std::string const& name) {
  auto const found = rows.find(name);
  return found == rows.end() ? std::nullopt : std::optional{found->second};
}

/// A migration that ran and whose file says something else now. What was aborted may be mended.
void check_unchanged(MigrationRow const& row, Project::Entry const& entry) {
  if (row.state == State::Aborted || Project::read(entry).meaning == row.meaning) {
    return;
  }
  throw ProjectError(
      fmt::format("{} was changed after it ran (not only in its comments)", entry.label),
      "restore it, and put the change in a migration of its own");
}

std::string state_word(MigrationRow const& row) {
  return fmt::format("{}: {}", row.name, to_string(row.state));
}

/// A row on its way back goes on backwards, every other one forwards.
MigrationRow go_on(Run& run, MigrationRow row, Phase upto) {
  return row.state == State::Aborting ? abort(run, std::move(row), "")
                                      : advance(run, std::move(row), upto);
}

MigrationRow begin_or_go_on(Run& run, Project const& project, Project::Entry const& entry,
                            Rows const& rows, Phase upto, std::string const& release) {
  auto row = row_of(rows, entry.name);
  if (row) {
    check_unchanged(*row, entry);
  }
  if (!row || row->state == State::Aborted) {
    row = accept(run, project, entry, release);
  }
  return go_on(run, std::move(*row), upto);
}

/// Expand leads on to backfill; contract is only continued, never begun, in passing.
Phase upto_of(std::optional<MigrationRow> const& row) {
  return row && row->phase == Phase::Contract ? Phase::Contract : Phase::Backfill;
}

/// Contract in a deployment: only where nobody has to be waited for.
void contract_if_due(Run& run, MigrationRow const& row, std::string const& release,
                     Console& console) {
  if (row.state != State::Backfilled || release.empty() || row.release == release) {
    return;
  }
  try {
    console.say(state_word(go_on(run, row, Phase::Contract)));
  } catch (GateClosed const& closed) {
    console.say(fmt::format("{} stays expanded: {}", row.name, closed.what()));
  }
}

std::string migrations(std::size_t count) {
  return fmt::format("{} migration{}", count, count == 1 ? "" : "s");
}

std::string waiting_for_contract(Rows const& rows) {
  std::string names;
  for (auto const& [name, row] : rows) {
    if (row.state == State::Backfilled) {
      names += " " + name;
    }
  }
  return names;
}

void summary(Invocation& invocation, Run& run, std::size_t ran) {
  Rows const rows = read_migrations(run.session());
  std::string text =
      ran == 0 ? "nothing to do: the database is up to date\n" : migrations(ran) + " moved on\n";
  std::string const waiting = waiting_for_contract(rows);
  if (!waiting.empty()) {
    text += fmt::format(
        "waiting for contract:{}\n  next: once no running application uses the old names: bellows "
        "contract\n",
        waiting);
  }
  invocation.console.answer(text);
}

/// By its name, or the digits that it begins with; no operand: every one.
bool is_meant(std::string const& name, std::vector<std::string> const& operands) {
  return operands.empty() || std::ranges::any_of(operands, [&](std::string const& operand) {
           return name == operand || name.starts_with(operand + "_");
         });
}

Project::Entry const& one_operand(Invocation const& invocation, Project const& project) {
  Options const& options = invocation.options;
  if (options.operands().size() != 1) {
    throw UsageError(fmt::format("`bellows {}` wants one MIGRATION; `bellows status` lists them",
                                 options.command()));
  }
  return project.find(options.operands().front());
}

int run_upto(Invocation& invocation, Phase upto) {
  Project const project = open_project(invocation.options);
  Project::Entry const& entry = one_operand(invocation, project);
  Run run = start_run(invocation);
  std::string const release =
      invocation.options.command() == "expand" ? invocation.options.text("release") : "";
  auto const row =
      begin_or_go_on(run, project, entry, read_migrations(run.session()), upto, release);
  invocation.console.answer(state_word(row) + "\n");
  return exit_done;
}

void force_gate(Run& run, MigrationRow const& row, Options const& options) {
  std::string const& gate = options.text("force");
  if (gate.empty()) {
    return;
  }
  if (options.text("because").empty()) {
    throw UsageError("--force wants a reason: --because TEXT");
  }
  plan::Plan const plan = plan::from_yaml(row.plan);
  auto const step = std::ranges::find(plan.contract, gate, &plan::Step::id);
  if (step == plan.contract.end() || !std::holds_alternative<plan::Gate>(step->action)) {
    throw UsageError(fmt::format("{} has no gate {}", row.name, gate));
  }
  run.write([&](postgres::Transaction&, Journal& journal) {
    journal.event(row.name, gate, "gate forced", options.text("because"));
    journal.step(row.name, gate, StepState::Done);
  });
}

}  // namespace

int run_up(Invocation& invocation) {
  Options const& options = invocation.options;
  if (options.flag("dry-run")) {
    return dry_run_up(invocation);
  }
  Project const project = open_project(options);
  std::string const& release = options.text("release");
  std::string const last = options.given("to") ? project.find(options.text("to")).name : "";
  Run run = start_run(invocation);
  Rows const rows = read_migrations(run.session());
  std::size_t ran = 0;
  for (Project::Entry const& entry : project.entries()) {
    auto const row = row_of(rows, entry.name);
    if (row) {
      check_unchanged(*row, entry);
    }
    if (row && row->state == State::Aborted) {
      invocation.console.say(
          fmt::format("{} was aborted and is left out; `bellows expand {}` starts it again",
                      row->name, row->name));
    } else if (row && row->state == State::Backfilled) {
      contract_if_due(run, *row, release, invocation.console);
    } else if (!row || in_progress(row->state)) {
      invocation.console.say(
          state_word(begin_or_go_on(run, project, entry, rows, upto_of(row), release)));
      ++ran;
    }
    if (entry.name == last) {
      break;
    }
  }
  summary(invocation, run, ran);
  return exit_done;
}

int run_expand(Invocation& invocation) {
  return run_upto(invocation, Phase::Expand);
}
int run_backfill(Invocation& invocation) {
  return invocation.options.flag("dry-run") ? dry_run_backfill(invocation)
                                            : run_upto(invocation, Phase::Backfill);
}

int run_contract(Invocation& invocation) {
  Options const& options = invocation.options;
  Project const project = open_project(options);
  std::vector<std::string> wanted;
  for (std::string const& operand : options.operands()) {
    wanted.push_back(project.find(operand).name);
  }
  Run run = start_run(invocation);
  std::size_t ran = 0;
  for (auto const& [name, row] : read_migrations(run.session())) {
    bool const named = std::ranges::find(wanted, name) != wanted.end();
    if (!wanted.empty() && !named) {
      continue;
    }
    bool const due = row.state == State::Backfilled || row.state == State::Contracting ||
                     (row.state == State::Failed && row.phase == Phase::Contract);
    if (!due) {
      if (named && row.state != State::Contracted) {
        throw ProjectError(
            fmt::format("{} is {}: contract comes after its backfill", name, to_string(row.state)),
            "bellows resume");
      }
      continue;
    }
    force_gate(run, row, options);
    invocation.console.say(state_word(go_on(run, row, Phase::Contract)));
    ++ran;
  }
  invocation.console.answer(ran == 0 ? "nothing to contract\n" : migrations(ran) + " contracted\n");
  return exit_done;
}

int run_resume(Invocation& invocation) {
  if (resume_live(invocation)) {
    return exit_done;
  }
  Run run = start_run(invocation);
  std::size_t ran = 0;
  for (auto const& [name, row] : read_migrations(run.session())) {
    if (!in_progress(row.state) || row.state == State::Backfilled) {
      continue;
    }
    if (!is_meant(name, invocation.options.operands())) {
      continue;
    }
    invocation.console.say(fmt::format("{} was left {}; going on", name, to_string(row.state)));
    invocation.console.say(state_word(go_on(run, row, upto_of(row))));
    ++ran;
  }
  summary(invocation, run, ran);
  return exit_done;
}

int run_abort(Invocation& invocation) {
  if (invocation.options.operands().size() != 1) {
    throw UsageError("`bellows abort` wants one MIGRATION");
  }
  Project const project = open_project(invocation.options);
  std::string const name = project.find(invocation.options.operands().front()).name;
  Run run = start_run(invocation);
  auto const row = read_migration_row(run.session(), name);
  if (!row || row->state == State::Aborted) {
    invocation.console.answer(name + " has not begun: there is nothing to take back\n");
    return exit_done;
  }
  invocation.console.answer(state_word(abort(run, *row, invocation.options.text("because"))) +
                            "\n");
  return exit_done;
}

}  // namespace bellows::runner
