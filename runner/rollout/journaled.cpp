#include "runner/rollout/journaled.hpp"

namespace bellows::runner {

std::vector<plan::Step> all_steps(plan::Plan const& plan) {
  std::vector<plan::Step> all = plan.expand;
  all.insert(all.end(), plan.backfill.begin(), plan.backfill.end());
  all.insert(all.end(), plan.contract.begin(), plan.contract.end());
  return all;
}

bool is(std::map<std::string, StepState> const& steps, plan::Step const& step, StepState state) {
  auto const found = steps.find(step.id);
  return found != steps.end() && found->second == state;
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

void note_reason(Run& run, MigrationRow const& row, char const* what, std::string const& because) {
  if (!because.empty()) {
    run.write([&](postgres::Transaction&, Journal& journal) {
      journal.event(row.name, "", what, because);
    });
  }
}

}  // namespace bellows::runner
