#include "runner/rollout/at_hand.hpp"

#include <algorithm>

namespace bellows::runner {
namespace {

using plan::Step;
using Journaled = std::map<std::string, StepState>;

std::vector<Step> const& steps_of(plan::Plan const& plan, Phase phase) {
  switch (phase) {
    case Phase::Expand:
      return plan.expand;
    case Phase::Backfill:
      return plan.backfill;
    case Phase::Contract:
      break;
  }
  return plan.contract;
}

bool is_in_state(Journaled const& journaled, Step const& step, StepState state) {
  auto const found = journaled.find(step.id);
  return found != journaled.end() && found->second == state;
}

}  // namespace

Step const* step_at_hand(plan::Plan const& plan, Phase phase, Journaled const& journaled,
                         std::string const& said) {
  std::vector<Step> const& steps = steps_of(plan, phase);
  auto const is_left = [&](Step const& step) {
    return !is_in_state(journaled, step, StepState::Done);
  };
  auto const named = std::ranges::find(steps, said, &Step::id);
  if (named != steps.end() && is_left(*named)) {
    return &*named;
  }
  auto const touched = [&](Step const& step) {
    return is_in_state(journaled, step, StepState::Began) ||
           is_in_state(journaled, step, StepState::Done);
  };
  auto const last = std::find_if(steps.rbegin(), steps.rend(), touched);
  auto const from = last == steps.rend() ? steps.begin() : std::prev(last.base());
  auto const found = std::find_if(from, steps.end(), is_left);
  return found == steps.end() ? nullptr : &*found;
}

}  // namespace bellows::runner
