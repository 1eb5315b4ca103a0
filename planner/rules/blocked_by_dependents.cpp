#include "planner/rules/blocked_by_dependents.hpp"

#include "planner/rules/blockers.hpp"
#include "planner/rules/refused.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::rules {

namespace {

using signs::Sign;

bool alters_type(Sign const& sign) {
  return sign.facts.command != nullptr && sign.facts.command->action == sql::AlterAction::AlterType;
}

/// An index that a constraint is made of goes with that alone, CASCADE or not.
bool is_of_constraint(Sign const& sign) {
  auto const* drop = sign.facts.body<sql::Drop>();
  bool const index = drop != nullptr && drop->kind == sql::ObjectKind::Index;
  return index && std::ranges::any_of(sign.facts.targets, [&](sql::QualifiedName const& name) {
           catalog::Table const* table = sign.question.catalog.table_of_index(name);
           return table != nullptr &&
                  std::ranges::find(table->constraints, name.name, &catalog::Constraint::index) !=
                      table->constraints.end();
         });
}

/// Before 15 a generated column is no dependency but an error of syntax (tablecmds.c).
std::string_view state_of(Sign const& sign, Blockers const& blockers) {
  bool const computed = std::ranges::all_of(
      blockers, [](std::string const& one) { return one.starts_with("generated column"); });
  return computed && sign.question.catalog.server_version < 15 ? "42601" : "0A000";
}

Finding finding(Sign const& sign, Blockers const& blockers) {
  std::string const what = signs::name_text(sign);
  std::string const list = fmt::format("{}", fmt::join(blockers, ", "));
  if (alters_type(sign)) {
    return refused(blocked_by_dependents.id, state_of(sign, blockers),
                   fmt::format("{} is used by {}", what, list),
                   "Drop what uses it and make it again in the same transaction, or add a column "
                   "of the new type and move what uses the old one over.");
  }
  if (signs::truncates(sign)) {
    return refused(blocked_by_dependents.id, "0A000", fmt::format("to {} points {}", what, list),
                   "Name both tables in one TRUNCATE, or delete in batches; CASCADE would empty "
                   "the other one unseen.");
  }
  return refused(blocked_by_dependents.id, "2BP01", fmt::format("{} is needed by {}", what, list),
                 "Drop that first, statement by statement; CASCADE would drop it unseen.");
}

std::optional<Finding> recognise_blocked_by_dependents(Question const& question) {
  for (Sign const& sign : signs::signs_of(question)) {
    bool const goes_along = says_cascade(sign) && !is_of_constraint(sign);
    Blockers const blockers = goes_along ? Blockers{} : dependents_of(sign);
    if (!blockers.empty()) {
      return finding(sign, blockers);
    }
  }
  return std::nullopt;
}

}  // namespace

Rule const blocked_by_dependents{"blocked-by-dependents", recognise_blocked_by_dependents, nullptr};

}  // namespace bellows::rules
