#include "planner/plan/refused_here.hpp"

#include "planner/rules/preconditions/precondition.hpp"
#include "planner/rules/rule.hpp"

#include <algorithm>

namespace bellows::plan {
namespace {

/// That it is unsafe in one go, and why it cannot be split, is another matter: there is a plan.
bool is_refusal(NoPlan::Reason const& reason) {
  return reason.rule == rules::statement_fails.id ||
         std::ranges::any_of(rules::all_rules(), [&](rules::Rule const& rule) {
           return rule.split != nullptr && rule.id == reason.rule;
         });
}

}  // namespace

std::optional<NoPlan> refused_here(sql::Migration const& migration,
                                   catalog::Catalog const& before) {
  auto made = make_plan(migration, before);
  auto* no = std::get_if<NoPlan>(&made);
  if (no == nullptr) {
    return std::nullopt;
  }
  std::erase_if(no->reasons, [](NoPlan::Reason const& reason) { return !is_refusal(reason); });
  return no->reasons.empty() ? std::nullopt : std::optional(std::move(*no));
}

}  // namespace bellows::plan
