#include "runner/rollout/verifying.hpp"

#include "runner/rollout/step.hpp"

#include <fmt/format.h>

namespace bellows::runner {

batcher::VerifySpec verify_spec(std::string const& job, plan::Plan const& plan,
                                plan::Verify const& verify) {
  batcher::VerifySpec spec;
  spec.id = job;
  spec.table = verify.table;
  spec.key = verify.key;
  spec.differs = verify.differs;
  for (plan::Step const& step : plan.backfill) {
    auto const* const batch = std::get_if<plan::Batch>(&step.action);
    if (batch != nullptr && batch->table == verify.table) {
      spec.orders_of = job_id(plan.migration, step);
    }
    auto const* const set =
        batch == nullptr ? nullptr : std::get_if<plan::SetColumns>(&batch->action);
    if (set != nullptr && batch->table == verify.table) {
      for (auto const& [column, expression] : set->columns) {
        spec.columns.push_back(column);
      }
    }
  }
  return spec;
}

std::string out_of_step(batcher::Verified const& found, sql::QualifiedName const& table) {
  return fmt::format("{} of {} rows of {} are out of step, e.g. {}", found.differing, found.rows,
                     table.display(), fmt::join(found.examples, ", "));
}

std::string verified_text(batcher::Verified const& found, plan::Verify const& verify) {
  if (found.differing == 0) {
    return fmt::format("verified {} rows of {}: none {}", found.rows, verify.table.display(),
                       verify.tolerated ? "is left" : "out of step");
  }
  return fmt::format(
      "read {} rows of {}: {} left, e.g. {}. They came or changed while their range was done "
      "already, or a trigger kept them; that is not for this backfill",
      found.rows, verify.table.display(),
      found.differing == 1 ? "one is" : fmt::format("{} are", found.differing),
      fmt::join(found.examples, ", "));
}

}  // namespace bellows::runner
