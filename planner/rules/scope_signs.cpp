#include "planner/rules/scope_signs.hpp"

#include <algorithm>

namespace bellows::rules::signs {

bool works_on_all(Sign const& sign) {
  bool const system = sign.question.statement.kind == "REINDEX SYSTEM" ||
                      sign.question.statement.kind == "CLUSTER ALL";
  bool const partly_known = !sign.question.catalog.complete && long_text(sign).empty();
  return sign.facts.targets.empty() && !scope_text(sign).empty() && (system || partly_known);
}

std::string scope_text(Sign const& sign) {
  constexpr std::pair<std::string_view, std::string_view> scopes[] = {
      {"VACUUM FULL", "Every table"},
      {"CLUSTER ALL", "Every table that was clustered before"},
      {"REPACK ALL", "Every table"},
      {"REINDEX SCHEMA", "Every index of the schema"},
      {"REINDEX DATABASE", "Every index of the database"},
      {"REINDEX SYSTEM", "Every index of the system catalogs, which every statement reads,"},
  };
  auto const* found = std::ranges::find(scopes, std::string_view(sign.question.statement.kind),
                                        &std::pair<std::string_view, std::string_view>::first);
  return found == std::end(scopes) ? "" : std::string(found->second);
}

}  // namespace bellows::rules::signs
