#include "runner/rollout/dead_letters.hpp"

#include "runner/rollout/way_back.hpp"

#include <fmt/core.h>

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
