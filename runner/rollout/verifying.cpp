#include "runner/rollout/verifying.hpp"

#include <fmt/core.h>

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
      for (auto const& [column, expression] : batch->set) {
        spec.columns.push_back(column);
      }
    }
  }
  return spec;
}

std::string out_of_step(batcher::Verified const& found, sql::QualifiedName const& table) {
  std::string examples;
  for (std::string const& key : found.examples) {
    examples += (examples.empty() ? "" : ", ") + key;
  }
  return fmt::format("{} of {} rows of {} are out of step, e.g. {}", found.differing, found.rows,
                     table.display(), examples);
}

}  // namespace bellows::runner
