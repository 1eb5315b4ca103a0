#include "runner/cli/split_line.hpp"

#include <fmt/format.h>

#include <algorithm>

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

/// Why the file is not gone by, and what mends it.
std::string not_gone_by(CommittedPlan const& plan) {
  return plan.unreadable.empty()
             ? fmt::format("{} {}{}", plan.path, plan.standing.why,
                           plan.standing.by_planning ? "; `bellows plan` writes it anew" : "")
             : fmt::format("{} can't be read: {}", plan.path, plan.unreadable);
}

std::string with_plan(std::string const& splits, std::string const& phases,
                      CommittedPlan const& plan) {
  return plan.current ? fmt::format("planned: {} is current, and what runs are its {}{}", plan.path,
                                    phases, deviation(plan))
                      : fmt::format("{}; {}", splits, not_gone_by(plan));
}

/// The plan may have been made where more was known: against a database, say.
std::string undecided(CommittedPlan const& plan) {
  return plan.current ? "" : "; " + not_gone_by(plan);
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

std::string plan_line(CheckedFile const& file) {
  bool const told = std::ranges::any_of(file.statements, [](rules::Reviewed const& reviewed) {
    return !reviewed.splits_into.empty() || !reviewed.cannot_split.empty();
  });
  if (!file.plan || told) {
    return "";
  }
  CommittedPlan const& plan = *file.plan;
  if (plan.current) {
    return fmt::format("planned: {} is current, and what runs are its steps{}", plan.path,
                       deviation(plan));
  }
  bool const known = !plan.unreadable.empty() || plan.standing.by_planning;
  return not_gone_by(plan) + (known ? "; until then `bellows up` refuses it" : "");
}

}  // namespace bellows::runner
