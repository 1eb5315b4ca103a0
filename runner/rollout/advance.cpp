#include "runner/rollout/advance.hpp"

#include "batcher/job/job.hpp"
#include "planner/plan/privileges.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/ddl/interrupted.hpp"
#include "runner/ledger/verified.hpp"
#include "runner/rollout/abort.hpp"
#include "runner/rollout/ask_rights.hpp"
#include "runner/rollout/journaled.hpp"
#include "runner/rollout/kept_side.hpp"
#include "runner/rollout/other_table.hpp"
#include "runner/rollout/rights.hpp"
#include "runner/rollout/rows_elsewhere.hpp"
#include "runner/rollout/step.hpp"
#include "runner/rollout/sync_off.hpp"
#include "runner/rollout/trial.hpp"
#include "runner/rollout/words.hpp"

#include <fmt/format.h>

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

/// The phase that was entered stands before a closed gate.
void go_back(Run& run, MigrationRow& row, State state, Phase phase) {
  run.write(
      [&](postgres::Transaction&, Journal& journal) { journal.not_begun(row.name, state, phase); });
  row.state = state;
  row.phase = phase;
}

std::map<std::string, StepState> steps_of(Run& run, MigrationRow const& row) {
  std::map<std::string, StepState> steps;
  run.surviving([&] { steps = read_steps(run.session(), row.name); });
  return steps;
}

/// It has begun, and all that is there of it is in the ledger: rows were only read, or not even
/// that.
bool left_no_trace(Run& run, std::string const& migration, Step const& step) {
  if (std::holds_alternative<plan::RunSql>(step.action)) {  // CONCURRENTLY, an INVALID index
    return false;
  }
  if (!std::holds_alternative<plan::Batch>(step.action)) {
    return true;
  }
  auto const progress = batcher::read_progress(run.session(), job_id(migration, step));
  return !progress || (!batcher::has_written(*progress) && progress->dead_letters == 0);
}

/// Of a right that was taken away meanwhile, or that the plan did not tell of, and the server did.
void say_whom_to_grant(Run& run, MigrationRow const& row, StepFailed& failure) {
  if (failure.sqlstate != "42501" || !failure.next.empty()) {
    return;
  }
  std::vector<Step> steps = all_steps(plan::from_yaml(row.plan));
  std::erase_if(steps, [&](Step const& step) { return step.id != failure.step; });
  Lacking const missing = lacking(run.session(), plan::privileges(steps));
  failure.next = fmt::format("as the owner or a superuser: {}, then {}",
                             missing.grants.empty()
                                 ? fmt::format("GRANT role {} what is missing there", missing.role)
                                 : fmt::format("{}", fmt::join(missing.grants, "; ")),
                             failure.nothing_changed ? "the same command again" : "bellows resume");
}

/// A migration of which nothing is there is pending again: its file and plan may still be mended.
void note_failure(Run& run, MigrationRow const& row, StepFailed& failure) {
  try {
    auto const journaled = steps_of(run, row);
    std::vector<Step> begun = all_steps(plan::from_yaml(row.plan));
    std::erase_if(begun, [&](Step const& step) {
      auto const found = journaled.find(step.id);
      return found == journaled.end() || found->second == StepState::Undone;
    });
    failure.nothing_changed = std::ranges::all_of(begun, [&](Step const& step) {
      bool const untouched = failure.untouched && step.id == failure.step;
      return is(journaled, step, StepState::Began) &&
             (untouched || left_no_trace(run, row.name, step));
    });
    if (failure.untouched) {
      failure.next +=
          failure.nothing_changed ? "; then the same command again" : "; then bellows resume";
    }
    say_whom_to_grant(run, row, failure);
    run.write([&](postgres::Transaction& transaction, Journal& journal) {
      if (!failure.nothing_changed) {
        journal.failed(row.name, failure.step, failure.sqlstate, failure.what());
        return;
      }
      for (Step const& step : begun) {
        batcher::forget_job(transaction, job_id(row.name, step));
      }
      transaction.run("DELETE FROM bellows.migrations WHERE name = $1", {row.name});
      journal.event(row.name, failure.step, "failed, nothing changed", failure.what());
    });
  } catch (postgres::Failure const&) {
    // The server can't be told; the journal still says where it stood, which is what resume reads.
  }
}

/// A trial that failed leaves nothing behind: what expand has made before it goes, too. Where a
/// statement of the author's has no way back, all of it stays, and is told as any other failure.
void take_back(Run& run, MigrationRow const& row) {
  std::vector<Step> const steps = steps_to_undo(run.session(), row);
  bool const all = std::ranges::all_of(
      steps, [](Step const& step) { return !step.irreversible && !step.undo.empty(); });
  if (!all) {
    return;
  }
  try {
    for (Step const& step : steps) {
      run.voice().say(fmt::format("undo {}: {}", row.name, in_words(step)));
      undo_step(run, row.name, step);
    }
  } catch (StepFailed const& failure) {  // told beside the failure that it came from
    run.voice().say(fmt::format("  not taken back: {}", failure.what()));
  }
}

void note_stop(Run& run, MigrationRow const& row, Step const& step, std::string const& what) {
  std::string const why = run.stop().why_time_is_up();
  try {
    run.write([&](postgres::Transaction&, Journal& journal) {
      journal.event(row.name, step.id, "stopped", why.empty() ? what : why + ": " + what);
    });
  } catch (postgres::Failure const&) {
    // As above.
  }
}

void run_noting_failure(Run& run, MigrationRow const& row, Step const& step,
                        std::function<void()> const& body) {
  try {
    body();
  } catch (TrialFailed& failure) {
    failure.migration = row.name;
    take_back(run, row);
    note_failure(run, row, failure);
    throw;
  } catch (ddl::Interrupted const& stopped) {
    note_stop(run, row, step, stopped.what());
    throw;
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

bool is_gate(Step const& step) {
  return std::holds_alternative<plan::Gate>(step.action);
}

/// A gate is asked again as long as no step behind it is done. One that is done itself was forced.
bool is_over(std::map<std::string, StepState> const& journaled, std::vector<Step> const& steps,
             Step const& step) {
  if (is(journaled, step, StepState::Done) || !is_gate(step)) {
    return is(journaled, step, StepState::Done);
  }
  auto const behind = std::ranges::find(steps, step.id, &Step::id);
  return std::any_of(behind, steps.end(), [&](Step const& later) {
    return !is_gate(later) && is(journaled, later, StepState::Done);
  });
}

/// Phases are words for what is split; the rest is run.
std::string begins(MigrationRow const& row, Plan const& plan, Phase phase, Step const& step) {
  if (plan.single_phase()) {
    return fmt::format("run {}: {}", row.name, in_words(step));
  }
  return fmt::format("{} {}: {}{}", to_string(phase), row.name, step.id,
                     step.about.empty() ? "" : " (" + step.about + ")");
}

void run_steps_of_phase(Run& run, MigrationRow& row, Plan const& plan, PhaseStates const& phase) {
  if (phase.phase == Phase::Contract && !plan.contract.empty()) {
    run_noting_failure(run, row, plan.contract.front(),
                       [&] { settle_other_tables(run, row.name, plan); });
  }
  if (phase.phase != Phase::Expand) {
    run.surviving([&] { check_sync(run.session(), row); });
  }
  auto const journaled = steps_of(run, row);
  for (Step const& step : plan.*phase.steps) {
    if (is_over(journaled, plan.*phase.steps, step)) {
      continue;
    }
    run.voice().say(begins(row, plan, phase.phase, step));
    auto const began = std::chrono::steady_clock::now();
    run_noting_failure(run, row, step, [&] { run_step(run, row.name, step); });
    run.voice().say(fmt::format("  done in {}", took(began)));
  }
}

/// A gate that is passed, or was forced, changes nothing.
bool has_begun(Run& run, MigrationRow const& row, std::vector<Step> const& steps) {
  auto const journaled = steps_of(run, row);
  return std::ranges::any_of(steps, [&](Step const& step) {
    return !is_gate(step) &&
           (is(journaled, step, StepState::Began) || is(journaled, step, StepState::Done));
  });
}

/// A closed gate or a stale plan is no failure, and contract has not begun while it stands before
/// it.
void run_phase(Run& run, MigrationRow& row, Plan const& plan, PhaseStates const& phase) {
  bool const contract = phase.phase == Phase::Contract && row.phase == Phase::Contract;
  State const before = contract ? State::Backfilled : row.state;  // of one that was cut off, too
  Phase const phase_before = contract ? Phase::Backfill : row.phase;
  auto const not_begun = [&] {
    if (phase_before < phase.phase && !has_begun(run, row, plan.*phase.steps)) {
      go_back(run, row, before, phase_before);
    }
  };
  enter(run, row, phase.during, phase.phase);
  try {
    run_steps_of_phase(run, row, plan, phase);
  } catch (GateClosed const&) {
    not_begun();
    throw;
  } catch (ProjectError const&) {
    not_begun();
    throw;
  } catch (Unconfirmed const&) {
    not_begun();
    throw;
  }
}

}  // namespace

void check_verified(postgres::Session& session, MigrationRow const& row) {
  auto const outcome = read_outcome(session, row.name);
  if (!outcome || outcome->differing == 0) {
    return;
  }
  Plan const plan = plan::from_yaml(row.plan);
  throw Unconfirmed(
      fmt::format("{}: `bellows verify` found at {} that {} of {} rows differ from the rule, e.g. "
                  "{}; {}",
                  row.name, outcome->at, outcome->differing, outcome->rows, outcome->example,
                  kept_side(plan, outcome->differing)),
      fmt::format("put these rows right, then bellows verify {0}; or, {1}: bellows contract {0} "
                  "--because TEXT",
                  row.name, choice_of_side(plan, outcome->differing)));
}

void check_verified(Run& run, MigrationRow const& row, std::string const& because) {
  try {
    check_verified(run.session(), row);
  } catch (Unconfirmed const&) {
    if (because.empty()) {
      throw;
    }
    note_reason(run, row, "contract confirmed", because);
    run.leave_differing();
  }
}

bool in_progress(State state) {
  return state != State::Pending && state != State::Contracted && state != State::Aborted;
}

MigrationRow advance(Run& run, MigrationRow row, Phase upto) {
  run.voice().about(row.name);
  Plan const plan = plan::from_yaml(row.plan);
  if (row.state != State::Contracted) {
    run.surviving([&] { refuse_rows_elsewhere(run.session(), plan); });
  }
  for (PhaseStates const& phase : phases) {
    if (phase.phase > upto || row.state == State::Contracted) {
      break;
    }
    if (phase_is_over(row, phase.phase)) {
      continue;
    }
    if (!(plan.*phase.steps).empty()) {
      ask_rights(run, row, still_needed(run.session(), row, plan.*phase.steps));
      run_phase(run, row, plan, phase);
    }
    enter(run, row, is_last(plan, phase.phase) ? State::Contracted : phase.after, phase.phase);
  }
  return row;
}

}  // namespace bellows::runner
