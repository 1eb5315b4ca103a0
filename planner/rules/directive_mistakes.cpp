#include "planner/rules/directive_mistakes.hpp"

#include "planner/rules/nearest.hpp"
#include "planner/rules/sequence/sequence.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <iterator>

namespace bellows::rules {
namespace {

std::string_view rule_of(sql::Allow const& allow) {
  constexpr std::string_view unsplit = "unsplit ";
  std::string_view const rule = allow.rule;
  return rule.starts_with(unsplit) ? rule.substr(unsplit.size()) : rule;
}

bool is_rule(std::string_view id) {
  return id == "concurrently-in-file-with-others" ||
         std::ranges::find(all_rules(), id, &Rule::id) != all_rules().end() ||
         std::ranges::find(sequence_rules(), id, &SequenceRule::id) != sequence_rules().end();
}

/// Of "`bellows: dwon`: not a directive; …": the word that may have been meant.
std::string meant_in(std::string const& mistake) {
  static std::vector<std::string> const words{"using", "reverse",    "backfill", "key",
                                              "batch", "allow",      "down",     "allow-unsplit",
                                              "up",    "subscriber", "no trial"};
  constexpr std::string_view before = "`bellows: ";
  if (!mistake.starts_with(before) || mistake.find("not a directive") == std::string::npos) {
    return "";
  }
  auto const end = mistake.find_first_of(" `", before.size());
  auto const meant = nearest(mistake.substr(before.size(), end - before.size()), words);
  return meant ? fmt::format("Did you mean `-- bellows: {}`? ", *meant) : "";
}

}  // namespace

bool can_be_allowed(std::string_view rule) {
  constexpr std::string_view never[] = {directive_rule, "syntax-error", "not-utf-8", "psql-command",
                                        "copy-through-client"};
  return std::ranges::find(never, rule) == std::end(never);
}

std::vector<Finding> directive_mistakes(sql::Directives const& directives) {
  std::vector<std::string> mistakes = directives.mistakes;
  for (sql::Directive const& directive : directives.all) {
    auto const* allow = std::get_if<sql::Allow>(&directive);
    if (allow == nullptr) {
      continue;
    }
    std::string const rule{rule_of(*allow)};
    if (!can_be_allowed(rule)) {
      mistakes.push_back(
          fmt::format("`bellows: allow {}`: that cannot be accepted, only mended", rule));
    } else if (!is_rule(rule)) {
      mistakes.push_back(fmt::format("`bellows: allow {}`: there is no such rule", rule));
    }
  }
  std::vector<Finding> findings;
  for (std::string& mistake : mistakes) {
    std::string remedy =
        meant_in(mistake) + "Correct the comment above the statement, or remove it.";
    findings.push_back(
        {std::string(directive_rule), Severity::Error, std::move(mistake), std::move(remedy)});
  }
  return findings;
}

}  // namespace bellows::rules
