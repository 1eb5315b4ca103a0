#include "runner/rollout/ask_rights.hpp"

#include "planner/plan/yaml.hpp"
#include "runner/rollout/abort.hpp"
#include "runner/rollout/journaled.hpp"
#include "runner/rollout/rights.hpp"
#include "runner/rollout/step.hpp"

namespace bellows::runner {

void ask_rights(Run& run, MigrationRow const& row, std::vector<plan::Privilege> const& needed) {
  try {
    run.surviving([&] { check_rights(run.session(), row.name, needed); });
  } catch (StepFailed const& refused) {
    run.write([&](postgres::Transaction&, Journal& journal) {
      journal.event(row.name, "", "failed, nothing changed", refused.what());
    });
    throw;
  }
}

std::vector<plan::Privilege> needed_next(postgres::Session& session, MigrationRow const& row) {
  if (row.state == State::Aborting) {
    return plan::undo_privileges(steps_to_undo(session, row));
  }
  plan::Plan plan = plan::from_yaml(row.plan);
  if (row.state == State::Backfilled || row.phase == Phase::Contract) {
    return still_needed(session, row, std::move(plan.contract));
  }
  plan.expand.insert(plan.expand.end(), plan.backfill.begin(), plan.backfill.end());
  return still_needed(session, row, std::move(plan.expand));
}

std::vector<plan::Privilege> still_needed(postgres::Session& session, MigrationRow const& row,
                                          std::vector<plan::Step> steps) {
  auto const journaled = read_steps(session, row.name);
  std::erase_if(steps,
                [&](plan::Step const& step) { return is(journaled, step, StepState::Done); });
  return plan::privileges(steps);
}

}  // namespace bellows::runner
