#include "runner/rollout/advance.hpp"

#include "batcher/job/job.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/rollout/step.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace bellows::runner {
namespace {

using plan::Plan;
using plan::Step;

/// A phase's names in a migration's life.
struct PhaseStates {
  Phase phase;
  State during;
  State after;
  std::vector<Step> Plan::*steps;
};

std::array<PhaseStates, 3> const phases{
    {{Phase::Expand, State::Expanding, State::Expanded, &Plan::expand},
     {Phase::Backfill, State::Backfilling, State::Backfilled, &Plan::backfill},
     {Phase::Contract, State::Contracting, State::Contracted, &Plan::contract}}};

PhaseStates const& states_of(Phase phase) {
  return phases.at(static_cast<std::size_t>(phase));
}

/// After the last phase that has steps a migration is at its end, whatever that phase is called.
bool is_last(Plan const& plan, Phase phase) {
  if (phase == Phase::Contract) {
    return true;
  }
  return plan.contract.empty() && (phase == Phase::Backfill || plan.backfill.empty());
}

bool phase_is_over(MigrationRow const& row, Phase phase) {
  if (row.state == State::Contracted) {
    return true;
  }
  if (row.phase != phase) {
    return row.phase > phase;
  }
  return row.state == states_of(phase).after;
}

void enter(Run& run, MigrationRow& row, State state, Phase phase) {
  if (row.state == state && row.phase == phase) {
    return;
  }
  run.write(
      [&](postgres::Transaction&, Journal& journal) { journal.state(row.name, state, phase); });
  row.state = state;
  row.phase = phase;
}

bool is(std::map<std::string, StepState> const& steps, Step const& step, StepState state) {
  auto const found = steps.find(step.id);
  return found != steps.end() && found->second == state;
}

bool nothing_done(std::map<std::string, StepState> const& steps) {
  return std::ranges::none_of(steps,
                              [](auto const& step) { return step.second != StepState::Undone; });
}

/// A migration of which nothing is there is pending again: its file and plan may still be mended.
void note_failure(Run& run, MigrationRow const& row, StepFailed& failure) {
  try {
    failure.nothing_changed = nothing_done(read_steps(run.session(), row.name));
    run.write([&](postgres::Transaction& transaction, Journal& journal) {
      if (failure.nothing_changed) {
        transaction.run("DELETE FROM bellows.migrations WHERE name = $1", {row.name});
        journal.event(row.name, failure.step, "failed, nothing changed", failure.what());
      } else {
        journal.failed(row.name, failure.step, failure.sqlstate, failure.what());
      }
    });
  } catch (postgres::Failure const&) {
    // The server can't be told; the journal still says where it stood, which is what resume reads.
  }
}

void run_noting_failure(Run& run, MigrationRow const& row, std::function<void()> const& body) {
  try {
    body();
  } catch (StepFailed& failure) {
    failure.migration = row.name;
    note_failure(run, row, failure);
    throw;
  }
}

std::string took(std::chrono::steady_clock::time_point since) {
  std::chrono::duration<double> const time = std::chrono::steady_clock::now() - since;
  return fmt::format("{:.1f} s", time.count());
}

void run_steps_of_phase(Run& run, MigrationRow& row, Plan const& plan, PhaseStates const& phase) {
  auto const journaled = read_steps(run.session(), row.name);
  for (Step const& step : plan.*phase.steps) {
    if (is(journaled, step, StepState::Done)) {
      continue;
    }
    run.voice().say(fmt::format("{} {}: {}{}", to_string(phase.phase), row.name, step.id,
                                step.about.empty() ? "" : " (" + step.about + ")"));
    auto const began = std::chrono::steady_clock::now();
    run_noting_failure(run, row, [&] { run_step(run, row.name, step); });
    run.voice().say(fmt::format("  done in {}", took(began)));
  }
}

/// A closed gate is no failure, and contract has not begun while it stands before it.
void run_phase(Run& run, MigrationRow& row, Plan const& plan, PhaseStates const& phase) {
  State const before = row.state;
  Phase const phase_before = row.phase;
  enter(run, row, phase.during, phase.phase);
  try {
    run_steps_of_phase(run, row, plan, phase);
  } catch (GateClosed const&) {
    if (phase_before < phase.phase) {
      enter(run, row, before, phase_before);
    }
    throw;
  }
}

std::vector<Step> all_steps(Plan const& plan) {
  std::vector<Step> all = plan.expand;
  all.insert(all.end(), plan.backfill.begin(), plan.backfill.end());
  all.insert(all.end(), plan.contract.begin(), plan.contract.end());
  return all;
}

bool began(std::map<std::string, StepState> const& steps, Step const& step) {
  return is(steps, step, StepState::Began) || is(steps, step, StepState::Done);
}

/// Of a batch that cannot be taken back, and that has written.
std::optional<batcher::Progress> left_behind(Run& run, MigrationRow const& row, Step const& step) {
  if (!step.irreversible || !std::holds_alternative<plan::Batch>(step.action)) {
    return std::nullopt;
  }
  auto const progress = batcher::read_progress(run.session(), job_id(row.name, step));
  return progress && batcher::has_written(*progress) ? progress : std::nullopt;
}

void check_abort(Run& run, MigrationRow const& row, Step const& step, std::string const& because) {
  if (step.irreversible && !std::holds_alternative<plan::Batch>(step.action)) {
    throw ProjectError(
        fmt::format("{}: step {} has begun and can't be taken back", row.name, step.id),
        "bellows resume, then a migration that leads back");
  }
  if (std::holds_alternative<plan::RunSql>(step.action) && step.undo.empty()) {
    throw ProjectError(
        fmt::format("{}: step {} is done and its plan has no undo", row.name, step.id),
        "write a migration that leads back");
  }
  auto const left = left_behind(run, row, step);
  if (left && because.empty()) {
    throw Unconfirmed(
        fmt::format(
            "{}: step {} has gone over {} rows and written {} of them, as far as the server "
            "counts; that can't be taken back",
            row.name, step.id, left->rows_scanned, left->rows_written),
        fmt::format("bellows resume; or, to leave them as they are and give up the rest: bellows "
                    "abort {} --because TEXT",
                    row.name));
  }
}

/// The last one first.
std::vector<Step> steps_to_undo(Run& run, MigrationRow const& row) {
  auto const steps = read_steps(run.session(), row.name);
  std::vector<Step> all = all_steps(plan::from_yaml(row.plan));
  std::erase_if(all, [&](Step const& step) { return !began(steps, step); });
  std::ranges::reverse(all);
  return all;
}

void note_reason(Run& run, MigrationRow const& row, std::string const& because) {
  if (!because.empty()) {
    run.write([&](postgres::Transaction&, Journal& journal) {
      journal.event(row.name, "", "abort confirmed", because);
    });
  }
}

}  // namespace

bool in_progress(State state) {
  return state != State::Pending && state != State::Contracted && state != State::Aborted;
}

MigrationRow advance(Run& run, MigrationRow row, Phase upto) {
  Plan const plan = plan::from_yaml(row.plan);
  for (PhaseStates const& phase : phases) {
    if (phase.phase > upto || row.state == State::Contracted) {
      break;
    }
    if (phase_is_over(row, phase.phase)) {
      continue;
    }
    if (!(plan.*phase.steps).empty()) {
      run_phase(run, row, plan, phase);
    }
    enter(run, row, is_last(plan, phase.phase) ? State::Contracted : phase.after, phase.phase);
  }
  return row;
}

MigrationRow abort(Run& run, MigrationRow row, std::string const& because) {
  if (row.state == State::Contracted) {
    throw ProjectError(
        fmt::format("{} is contracted: there is nothing left to go back to", row.name),
        "write a migration that leads back");
  }
  std::vector<Step> const steps = steps_to_undo(run, row);
  if (row.state != State::Aborting) {  // else it was confirmed as it began
    for (Step const& step : steps) {
      check_abort(run, row, step, because);
    }
  }
  note_reason(run, row, because);
  enter(run, row, State::Aborting, row.phase);
  for (Step const& step : steps) {
    run.voice().say(fmt::format("undo {}: {}", row.name, step.id));
    undo_step(run, row.name, step);  // a failure leaves it `aborting`: resume goes on with it
  }
  enter(run, row, State::Aborted, row.phase);
  return row;
}

}  // namespace bellows::runner
