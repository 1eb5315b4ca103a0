#include "runner/cli/split_line.hpp"

#include <fmt/format.h>

namespace bellows::runner {
namespace {

/// What runs is the file, not what would be planned.
std::string deviation(CommittedPlan const& plan) {
  if (plan.deviates.empty()) {
    return "";
  }
  std::size_t const more = plan.deviates.size() - 1;
  return fmt::format("; it deviates from what would be planned here (edited by hand?): {}{}",
                     plan.deviates.front(), more == 0 ? "" : fmt::format(", and {} more", more));
}

std::string with_plan(std::string const& splits, std::string const& phases,
                      CommittedPlan const& plan) {
  if (plan.current) {
    return fmt::format("planned: {} is current, and what runs are its {}{}", plan.path, phases,
                       deviation(plan));
  }
  return plan.unreadable.empty()
             ? fmt::format(
                   "{}; {} is stale, made for other statements or another schema: `bellows "
                   "plan` writes it anew",
                   splits, plan.path)
             : fmt::format("{}; {} can't be read: {}", splits, plan.path, plan.unreadable);
}

/// The plan may have been made where more was known: against a database, say.
std::string undecided(CommittedPlan const& plan) {
  if (plan.current) {
    return "";
  }
  return plan.unreadable.empty()
             ? fmt::format("; whether {} is current cannot be told without it either", plan.path)
             : fmt::format("; {} can't be read: {}", plan.path, plan.unreadable);
}

}  // namespace

std::string split_line(CheckedFile const& file, rules::Reviewed const& reviewed) {
  if (!reviewed.splits_into.empty()) {
    std::string const phases = fmt::format("{}", fmt::join(reviewed.splits_into, ", "));
    std::string const splits =
        fmt::format("{}splits into {}", reviewed.alone ? "" : "alone in a file, it ", phases);
    return file.plan ? with_plan(splits, phases, *file.plan) : splits;
  }
  return reviewed.cannot_split.empty()
             ? ""
             : fmt::format("bellows cannot split it here: {}{}", reviewed.cannot_split,
                           file.plan ? undecided(*file.plan) : "");
}

}  // namespace bellows::runner
