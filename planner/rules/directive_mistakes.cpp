#include "planner/rules/directive_mistakes.hpp"

#include "planner/rules/nearest.hpp"
#include "planner/rules/sequence/sequence.hpp"
#include "planner/sql/misplaced.hpp"

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
  static std::vector<std::string> const words{"using",      "reverse", "key",           "batch",
                                              "allow",      "down",    "allow-unsplit", "up",
                                              "subscriber", "no trial"};
  constexpr std::string_view before = "`bellows: ";
  if (!mistake.starts_with(before) || mistake.find("not a directive") == std::string::npos) {
    return "";
  }
  auto const end = mistake.find_first_of(" `", before.size());
  auto const meant = nearest(mistake.substr(before.size(), end - before.size()), words);
  return meant ? fmt::format("Did you mean `-- bellows: {}`? ", *meant) : "";
}

Finding out_of_place(std::string_view word, std::string what, std::string remedy) {
  return {std::string(directive_rule), Severity::Error,
          fmt::format("`bellows: {}`: {}", word, std::move(what)), std::move(remedy)};
}

/// What a directive says to a statement that does nothing with it. What cannot be read, another
/// server may.
struct OutOfPlace {
  std::optional<Finding> operator()(sql::Backfill const& /*any*/) const {
    return out_of_place(
        "backfill", "nothing uses it yet, and it would do nothing",
        "Remove the comment; to fill a column, write an UPDATE, which is split into "
        "batches.");
  }
  std::optional<Finding> operator()(sql::Using const& /*any*/) const { return of_rename("using"); }
  std::optional<Finding> operator()(sql::Reverse const& /*any*/) const {
    return of_rename("reverse");
  }
  std::optional<Finding> operator()(sql::KeyChoice const& /*any*/) const { return batched("key"); }
  std::optional<Finding> operator()(sql::BatchSize const& /*any*/) const {
    return batched("batch");
  }
  std::optional<Finding> operator()(auto const& /*of any statement*/) const { return std::nullopt; }

  template <typename... Bodies>
  bool is_one_of() const {
    return (std::holds_alternative<Bodies>(statement.body) || ...);
  }
  std::optional<Finding> of_rename(std::string_view word) const {
    return is_one_of<sql::RenameColumn, sql::Unparsed>()
               ? std::nullopt
               : std::optional(out_of_place(
                     word, "it means nothing to this statement, and would do nothing",
                     "It belongs above ALTER TABLE … RENAME COLUMN: move it there, or remove it."));
  }
  std::optional<Finding> batched(std::string_view word) const {
    return is_one_of<sql::RenameColumn, sql::Update, sql::DataStatement, sql::Unparsed>()
               ? std::nullopt
               : std::optional(out_of_place(
                     word, "it means nothing to this statement, and would do nothing",
                     "It belongs above what runs in batches, UPDATE, DELETE, INSERT … SELECT or "
                     "ALTER TABLE … RENAME COLUMN: move it there, or remove it."));
  }

  sql::Statement const& statement;
};

Finding misplaced_finding(sql::Misplaced what, std::string const& comment) {
  switch (what) {
    case sql::Misplaced::LostDirective:
      return {std::string(directive_rule), Severity::Error,
              fmt::format("`{}` stands above no statement, and would do nothing", comment),
              "Put it right above the statement that it is for, below the section's marker, or "
              "remove it."};
    case sql::Misplaced::UpBehindDown:
      return {"section-marker", Severity::Error,
              fmt::format("`{}` stands in the way back, and what is behind it is no part of the "
                          "migration: it would not run",
                          comment),
              "Was the way there meant? Put it in front of the way back, behind one `-- Up "
              "Migration`, or whichever marker the file has; where it is only a comment, say it in "
              "other words."};
    case sql::Misplaced::UpBehindStatements:
      break;
  }
  return {"section-marker", Severity::Error,
          fmt::format("Statements stand above `{}`: tools with such markers, as node-pg-migrate, "
                      "run only what is behind it, and bellows would run both",
                      comment),
          "Put the marker in front of the first statement; what is not to run, take out of the "
          "file."};
}

}  // namespace

bool can_be_allowed(std::string_view rule) {
  constexpr std::string_view never[] = {directive_rule, "syntax-error", "not-utf-8", "psql-command",
                                        "copy-through-client"};
  return std::ranges::find(never, rule) == std::end(never);
}

std::vector<Finding> directive_mistakes(sql::Directives const& directives,
                                        sql::Statement const& statement) {
  if (auto const what = sql::misplaced_as(statement)) {
    return {misplaced_finding(*what, statement.raw.text)};
  }
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
  for (sql::Directive const& directive : directives.all) {
    if (auto finding = std::visit(OutOfPlace{statement}, directive)) {
      findings.push_back(std::move(*finding));
    }
  }
  return findings;
}

}  // namespace bellows::rules
