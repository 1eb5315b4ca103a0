#include "runner/cli/abort_words.hpp"

#include "batcher/counted.hpp"
#include "batcher/job/job.hpp"
#include "planner/plan/yaml.hpp"
#include "runner/rollout/advance.hpp"
#include "runner/rollout/journaled.hpp"
#include "runner/rollout/step.hpp"
#include "runner/rollout/words.hpp"

#include <fmt/format.h>

#include <vector>

namespace bellows::runner {

std::string nothing_to_take_back(std::string const& name) {
  return name + " has not begun: there is nothing to take back\n";
}

std::string aborted_before(Run& run, MigrationRow const& row) {
  std::vector<std::string> stays;
  auto const steps = read_steps(run.session(), row.name);
  for (plan::Step const& step : all_steps(plan::from_yaml(row.plan))) {
    auto const progress = batcher::read_progress(run.session(), job_id(row.name, step));
    auto const found = steps.find(step.id);
    if (progress && batcher::has_written(*progress)) {
      stays.push_back(
          fmt::format("{} of step {}", batcher::counted(progress->rows_written, "row"), step.id));
    } else if (found != steps.end() && found->second == StepState::Done) {
      stays.push_back(in_words(step));
    }
  }
  return fmt::format(
      "{} was aborted at {}: {}; bellows expand {} begins it again\n", row.name, row.changed_at,
      stays.empty() ? "there is nothing to take back"
                    : fmt::format("what it had done stays ({})", fmt::join(stays, ", ")),
      row.name);
}

}  // namespace bellows::runner
