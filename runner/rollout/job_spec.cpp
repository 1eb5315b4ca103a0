#include "runner/rollout/job_spec.hpp"

#include "runner/rollout/step.hpp"

namespace bellows::runner {
namespace {

batcher::Action job_action(plan::SetColumns const& set) {
  return batcher::Update{set.columns};
}

batcher::Action job_action(plan::DeleteRows const& /*nothing more*/) {
  return batcher::Delete{};
}

batcher::Action job_action(plan::CopyRows const& copy) {
  return batcher::Copy{copy.into, copy.columns, copy.on_conflict, copy.overriding};
}

}  // namespace

batcher::Spec job_spec(std::string const& migration, plan::Step const& step,
                       plan::Batch const& batch) {
  return {.id = job_id(migration, step),
          .table = batch.table,
          .key = batch.key,
          .action = std::visit([](auto const& action) { return job_action(action); }, batch.action),
          .where = batch.where,
          .rows = batch.rows};
}

}  // namespace bellows::runner
