#include "planner/plan/mistaken.hpp"

#include "planner/rules/directive_mistakes.hpp"

namespace bellows::plan {

std::optional<NoPlan> mistaken_directives(sql::Migration const& migration) {
  NoPlan no;
  for (sql::Statement const& statement : migration.up) {
    auto const directives = sql::directives(statement.raw.comments);
    for (rules::Finding& mistake : rules::directive_mistakes(directives, statement)) {
      no.reasons.push_back({statement.raw.at, std::move(mistake.rule), std::move(mistake.message),
                            std::move(mistake.remedy)});
    }
  }
  return no.reasons.empty() ? std::nullopt : std::optional(std::move(no));
}

}  // namespace bellows::plan
