#include "runner/rollout/abort.hpp"

#include "batcher/job/job.hpp"
#include "planner/plan/privileges.hpp"
#include "planner/plan/yaml.hpp"
#include "planner/sql/statement.hpp"
#include "runner/ddl/concurrent.hpp"
#include "runner/rollout/advance.hpp"
#include "runner/rollout/ask_rights.hpp"
#include "runner/rollout/journaled.hpp"
#include "runner/rollout/step.hpp"
#include "runner/rollout/words.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

namespace bellows::runner {
namespace {

using plan::Plan;
using plan::Step;

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

/// A range that is written in stripes counts as gone over with its last one.
std::string written_so_far(batcher::Progress const& progress) {
  return progress.rows_scanned > progress.rows_written
             ? fmt::format("has gone over {} rows and written {} of them", progress.rows_scanned,
                           progress.rows_written)
             : fmt::format("has written {} rows", progress.rows_written);
}

/// The index that a step of the file's builds by itself, without a way back in the plan.
std::optional<ddl::BuiltIndex> built_alone(postgres::Session& session, Step const& step) {
  auto const* run = std::get_if<plan::RunSql>(&step.action);
  return run != nullptr && run->alone && step.undo.empty()
             ? ddl::built_by(session, run->statements.front())
             : std::nullopt;
}

/// Done, and nothing takes it back. What only began and failed has left nothing; but for an index
/// of whose build the end was not noted.
bool stays(postgres::Session& session, MigrationRow const& row, Step const& step) {
  if (!std::holds_alternative<plan::RunSql>(step.action) || !step.undo.empty()) {
    return false;
  }
  if (is(read_steps(session, row.name), step, StepState::Done)) {
    return true;
  }
  auto const index = built_alone(session, step);
  return index && index->state == ddl::IndexState::Valid;
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
        fmt::format("{}: step {} {}, as far as the server counts; that can't be taken back",
                    row.name, step.id, written_so_far(*left)),
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

/// It is done, whatever becomes of the migration; begun again, that goes on behind it.
void leave(Run& run, MigrationRow const& row, Step const& step) {
  auto const index = built_alone(run.session(), step);
  run.voice().say(fmt::format("left as it is: {}{}", in_words(step),
                              index ? "; to take it back: " + ddl::drop_of(*index) : ""));
  run.write([&](postgres::Transaction&, Journal& journal) {
    journal.step(row.name, step.id, StepState::Done);
  });
}

/// An INVALID index is of use to nobody, and still kept up to date by every write.
Step with_drop_of_invalid(postgres::Session& session, Step step) {
  auto const index = built_alone(session, step);
  if (index && index->state == ddl::IndexState::Invalid) {
    step.undo = {ddl::drop_of(*index)};
    step.undo_alone = true;
  }
  return step;
}

void take_back(Run& run, MigrationRow const& row, Step const& step, bool way_back) {
  bool left = false;
  run.surviving([&] { left = !way_back && stays(run.session(), row, step); });
  if (left) {
    return leave(run, row, step);
  }
  run.voice().say(fmt::format("undo {}: {}", row.name, in_words(step)));
  undo_step(run, row.name, with_drop_of_invalid(run.session(), step));
}

}  // namespace

std::vector<Step> steps_to_undo(postgres::Session& session, MigrationRow const& row) {
  auto const steps = read_steps(session, row.name);
  std::vector<Step> all = all_steps(plan::from_yaml(row.plan));
  std::erase_if(all, [&](Step const& step) { return !began(steps, step); });
  std::ranges::reverse(all);
  return all;
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
  run.voice().about(row.name);
  check_not_over(row);
  adopt_way_back(run, row, down);
  std::vector<Step> const steps = steps_to_undo(run.session(), row);
  check_undo_of_all(run.session(), row, steps, because);
  ask_rights(run, row, plan::undo_privileges(steps));
  note_reason(run, row, "abort confirmed", because);
  enter(run, row, State::Aborting, row.phase);
  bool const way_back = !steps.empty() && takes_all_back(steps.back());
  for (Step const& step : steps) {
    take_back(run, row, step, way_back);  // a failure leaves it `aborting`: resume goes on with it
  }
  enter(run, row, State::Aborted, row.phase);
  return row;
}

}  // namespace bellows::runner
