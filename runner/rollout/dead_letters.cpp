#include "runner/rollout/dead_letters.hpp"

#include "planner/plan/yaml.hpp"
#include "runner/rollout/advance.hpp"
#include "runner/rollout/journaled.hpp"
#include "runner/rollout/way_back.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace bellows::runner {
namespace {

std::string reason_of(std::string const& text) {
  return text.substr(0, text.find('\n'));
}

char const* not_done(batcher::Action const& action) {
  constexpr std::array<char const*, 3> words{"written", "deleted", "copied"};
  static_assert(std::variant_size_v<batcher::Action> == words.size());
  return words.at(action.index());
}

}  // namespace

StepFailed dead_letters_left(postgres::Session& session, plan::Step const& step,
                             batcher::Spec const& spec) {
  batcher::DeadLetters const left = batcher::read_dead_letters(session, spec.id, 1);
  std::string example;
  std::string sqlstate;
  for (batcher::DeadLetter const& letter : left.examples) {
    example = fmt::format(", e.g. {}: {}", letter.row, reason_of(letter.message));
    sqlstate = letter.sqlstate;
  }
  return {fmt::format("step {}: {} of {} could not be {} and {} in the dead letters{}", step.id,
                      left.count == 1 ? "a row" : fmt::format("{} rows", left.count),
                      spec.table.display(), not_done(spec.action), left.count == 1 ? "is" : "are",
                      example),
          step.id, sqlstate,
          "`bellows status` shows them; mend the data, then `bellows resume --retry-dead-letters`"};
}

bool only_letters_are_left(postgres::Session& session, MigrationRow const& row) {
  if (!in_progress(row.state) || row.state == State::Aborting || row.phase != Phase::Backfill) {
    return false;
  }
  auto const steps = read_steps(session, row.name);
  return std::ranges::any_of(plan::from_yaml(row.plan).backfill, [&](plan::Step const& step) {
    if (!std::holds_alternative<plan::Batch>(step.action) || is(steps, step, StepState::Done)) {
      return false;
    }
    auto const progress = batcher::read_progress(session, job_id(row.name, step));
    return progress && progress->finished && progress->dead_letters > 0;
  });
}

std::string how_to_go_on(postgres::Session& session, MigrationRow const& row) {
  std::string const job = row.name + "/" + row.failed_step;
  bool const letters = only_letters_are_left(session, row) ||
                       (row.state == State::Failed && !row.failed_step.empty() &&
                        batcher::read_dead_letters(session, job, 1).count > 0);
  return letters ? "mend the data, then bellows resume --retry-dead-letters" : "bellows resume";
}

StepFailed too_many(Run& run, plan::Step const& step, batcher::Spec const& spec,
                    batcher::TooManyDeadLetters const& failure) {
  std::string back;
  run.surviving([&] { back = how_to_abort(run.session(), spec.id.substr(0, spec.id.find('/'))); });
  return {fmt::format("step {}: {}", step.id, failure.what()), step.id, failure.sqlstate,
          fmt::format("mend the data, or the trigger that refuses it, then `bellows resume "
                      "--retry-dead-letters`;{} to go on in spite of it, `bellows resume "
                      "--max-dead-letters N`",
                      back.empty() ? "" : " if it is the plan's expression, `" + back + "`;")};
}

}  // namespace bellows::runner
