#include "runner/rollout/kept_side.hpp"

#include "planner/plan/transition.hpp"

#include <fmt/format.h>

namespace bellows::runner {
namespace {

std::string these(std::int64_t rows) {
  return rows == 1 ? "this 1 row" : fmt::format("these {} rows", rows);
}

}  // namespace

std::string kept_side(plan::Plan const& plan, std::int64_t rows) {
  auto const copy = plan::transition_of(plan);
  return copy ? fmt::format(
                    "contract keeps what {0} holds in {2}, as {1}, and drops the copy: "
                    "what was written to {1} alone is lost there",
                    copy->from.quoted(), copy->to.quoted(), these(rows))
              : "contract makes that final";
}

std::string choice_of_side(plan::Plan const& plan, std::int64_t rows) {
  auto const copy = plan::transition_of(plan);
  return copy ? fmt::format("to keep what {} holds in {} and lose what only {} has",
                            copy->from.quoted(), these(rows), copy->to.quoted())
              : "to go on all the same";
}

}  // namespace bellows::runner
