#include "runner/rollout/advance.hpp"

#include "batcher/job/job.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/ddl/interrupted.hpp"
#include "runner/ledger/verified.hpp"
#include "runner/rollout/other_table.hpp"
#include "runner/rollout/rows_elsewhere.hpp"
#include "runner/rollout/step.hpp"
#include "runner/rollout/trial.hpp"
#include "runner/rollout/words.hpp"

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

std::vector<Step> all_steps(Plan const& plan) {
  std::vector<Step> all = plan.expand;
  all.insert(all.end(), plan.backfill.begin(), plan.backfill.end());
  all.insert(all.end(), plan.contract.begin(), plan.contract.end());
  return all;
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

/// Of a right that the plan did not tell of, and the server did.
void say_whom_to_grant(Run& run, StepFailed& failure) {
  if (failure.sqlstate == "42501" && failure.next.empty()) {
    failure.next =
        fmt::format("as the owner or a superuser: GRANT role {} what is missing there, then {}",
                    run.session().run("SELECT quote_ident(current_user)").text(0, 0),
                    failure.nothing_changed ? "the same command again" : "bellows resume");
  }
}

/// A migration of which nothing is there is pending again: its file and plan may still be mended.
void note_failure(Run& run, MigrationRow const& row, StepFailed& failure) {
  try {
    auto const journaled = read_steps(run.session(), row.name);
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
    say_whom_to_grant(run, failure);
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
  auto const journaled = read_steps(run.session(), row.name);
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

/// A closed gate or a stale plan is no failure, and contract has not begun while it stands before
/// it.
void run_phase(Run& run, MigrationRow& row, Plan const& plan, PhaseStates const& phase) {
  State const before = row.state;
  Phase const phase_before = row.phase;
  auto const not_begun = [&] {
    if (phase_before < phase.phase) {
      enter(run, row, before, phase_before);
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
  }
}

bool began(std::map<std::string, StepState> const& steps, Step const& step) {
  return is(steps, step, StepState::Began) || is(steps, step, StepState::Done);
}

/// Of a batch that cannot be taken back, and that has written.
std::optional<batcher::Progress> left_behind(postgres::Session& session, MigrationRow const& row,
                                             Step const& step) {
  if (!step.irreversible || !std::holds_alternative<plan::Batch>(step.action)) {
    return std::nullopt;
  }
  auto const progress = batcher::read_progress(session, job_id(row.name, step));
  return progress && batcher::has_written(*progress) ? progress : std::nullopt;
}

/// Done, and nothing takes it back. What only began and failed has left nothing.
bool stays(postgres::Session& session, MigrationRow const& row, Step const& step) {
  return std::holds_alternative<plan::RunSql>(step.action) && step.undo.empty() &&
         is(read_steps(session, row.name), step, StepState::Done);
}

/// A file's way back takes all of it back at once, where the plan does not: as the undo of the
/// first step, which is the last one undone. Nothing where the plan stays as it is.
std::optional<Plan> with_way_back(MigrationRow const& row,
                                  std::vector<sql::Statement> const& down) {
  Plan plan = plan::from_yaml(row.plan);
  if (down.empty() || !plan.single_phase() || plan.expand.empty() ||
      !plan.expand.front().undo.empty()) {
    return std::nullopt;
  }
  Step& first = plan.expand.front();
  for (sql::Statement const& statement : down) {
    first.undo.push_back(statement.raw.text);
    first.undo_alone = first.undo_alone || statement.kind.find("CONCURRENTLY") != std::string::npos;
  }
  return plan;
}

/// Kept, so that an abort that is interrupted knows it.
void adopt_way_back(Run& run, MigrationRow& row, std::vector<sql::Statement> const& down) {
  if (auto const plan = with_way_back(row, down)) {
    row.plan = plan::to_yaml(*plan);
    run.write([&](postgres::Transaction&, Journal& journal) {
      journal.mended(row.name, row.meaning, row.plan);
    });
  }
}

/// The first step has an undo and is of a file's own statements: it is the file's way back.
bool takes_all_back(Step const& first) {
  return std::holds_alternative<plan::RunSql>(first.action) && first.id == "run" &&
         !first.undo.empty();
}

/// `way_back`: the file's takes back what is done, so no reason is wanted for that.
void check_undo(postgres::Session& session, MigrationRow const& row, Step const& step,
                std::string const& because, bool way_back) {
  if (step.irreversible && !std::holds_alternative<plan::Batch>(step.action)) {
    throw ProjectError(
        fmt::format("{}: {} has begun and can't be taken back", row.name, in_words(step)),
        "bellows resume, then a migration that leads back");
  }
  if (because.empty() && !way_back && stays(session, row, step)) {
    throw Unconfirmed(
        fmt::format("{}: {} is done, and neither its plan nor a down section of its file takes it "
                    "back",
                    row.name, in_words(step)),
        fmt::format("mend what failed, then bellows resume; or put the way back behind `-- "
                    "bellows: down` in its file; or, to leave what is done: bellows abort {} "
                    "--because TEXT",
                    row.name));
  }
  auto const left = left_behind(session, row, step);
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

void check_not_over(MigrationRow const& row) {
  if (row.state == State::Contracted) {
    throw ProjectError(
        fmt::format("{} is {}: there is nothing left to go back to", row.name, state_in_words(row)),
        "write a migration that leads back");
  }
}

/// What is on its way back was confirmed as that began.
void check_undo_of_all(postgres::Session& session, MigrationRow const& row,
                       std::vector<Step> const& steps, std::string const& because) {
  bool const way_back = !steps.empty() && takes_all_back(steps.back());
  if (row.state != State::Aborting) {
    for (Step const& step : steps) {
      check_undo(session, row, step, because, way_back);
    }
  }
}

void note_reason(Run& run, MigrationRow const& row, char const* what, std::string const& because) {
  if (!because.empty()) {
    run.write([&](postgres::Transaction&, Journal& journal) {
      journal.event(row.name, "", what, because);
    });
  }
}

}  // namespace

std::vector<Step> steps_to_undo(postgres::Session& session, MigrationRow const& row) {
  auto const steps = read_steps(session, row.name);
  std::vector<Step> all = all_steps(plan::from_yaml(row.plan));
  std::erase_if(all, [&](Step const& step) { return !began(steps, step); });
  std::ranges::reverse(all);
  return all;
}

void check_verified(postgres::Session& session, MigrationRow const& row) {
  auto const outcome = read_outcome(session, row.name);
  if (!outcome || outcome->differing == 0) {
    return;
  }
  throw Unconfirmed(
      fmt::format("{}: `bellows verify` found at {} that {} of {} rows differ from the rule, e.g. "
                  "{}; contract would make that final",
                  row.name, outcome->at, outcome->differing, outcome->rows, outcome->example),
      fmt::format("put these rows right, then bellows verify {0}; or, to leave them as they are: "
                  "bellows contract {0} --because TEXT",
                  row.name));
}

void check_verified(Run& run, MigrationRow const& row, std::string const& because) {
  try {
    check_verified(run.session(), row);
  } catch (Unconfirmed const&) {
    if (because.empty()) {
      throw;
    }
    note_reason(run, row, "contract confirmed", because);
  }
}

bool in_progress(State state) {
  return state != State::Pending && state != State::Contracted && state != State::Aborted;
}

MigrationRow advance(Run& run, MigrationRow row, Phase upto) {
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
      run_phase(run, row, plan, phase);
    }
    enter(run, row, is_last(plan, phase.phase) ? State::Contracted : phase.after, phase.phase);
  }
  return row;
}

void check_may_abort(postgres::Session& session, MigrationRow row,
                     std::vector<sql::Statement> const& down) {
  check_not_over(row);
  if (auto const plan = with_way_back(row, down)) {
    row.plan = plan::to_yaml(*plan);
  }
  check_undo_of_all(session, row, steps_to_undo(session, row), "");
}

MigrationRow abort(Run& run, MigrationRow row, std::string const& because,
                   std::vector<sql::Statement> const& down) {
  check_not_over(row);
  adopt_way_back(run, row, down);
  std::vector<Step> const steps = steps_to_undo(run.session(), row);
  check_undo_of_all(run.session(), row, steps, because);
  note_reason(run, row, "abort confirmed", because);
  enter(run, row, State::Aborting, row.phase);
  for (Step const& step : steps) {
    run.voice().say(fmt::format("undo {}: {}", row.name, in_words(step)));
    undo_step(run, row.name, step);  // a failure leaves it `aborting`: resume goes on with it
  }
  enter(run, row, State::Aborted, row.phase);
  return row;
}

}  // namespace bellows::runner
