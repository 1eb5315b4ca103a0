#include "runner/rollout/other_job.hpp"

#include "batcher/job/job.hpp"
#include "batcher/job/ledger.hpp"
#include "runner/ledger/schema.hpp"
#include "runner/rollout/job_spec.hpp"
#include "runner/rollout/project.hpp"

#include <fmt/core.h>

namespace bellows::runner {

void refuse_other_job(postgres::Session& session, plan::Plan const& plan, std::string const& file) {
  if (!ledger_exists(session)) {
    return;
  }
  for (plan::Step const& step : plan.backfill) {
    auto const* batch = std::get_if<plan::Batch>(&step.action);
    if (batch == nullptr) {
      continue;
    }
    batcher::Spec const spec = job_spec(plan.migration, step, *batch);
    auto const begun = session.run("SELECT spec = $2::jsonb FROM bellows.jobs WHERE job = $1",
                                   {spec.id, batcher::fingerprint(spec)});
    if (begun.empty() || begun.truth(0, 0)) {
      continue;
    }
    auto const progress = batcher::read_progress(session, spec.id);
    throw ProjectError(
        fmt::format("{} was begun with other statements: step {} has written {} rows by those, "
                    "which stay, and the rest would be written otherwise; nothing was changed",
                    plan.migration, step.id, progress ? progress->rows_written : 0),
        fmt::format(
            "restore {0}, then bellows plan {1} and bellows expand {1}, which goes on where "
            "it stood; or put what is wanted now in a migration of its own",
            file, plan.migration));
  }
}

}  // namespace bellows::runner
