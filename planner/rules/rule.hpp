#pragma once

#include "planner/catalog/model.hpp"
#include "planner/locks/effects.hpp"
#include "planner/plan/plan.hpp"
#include "planner/rules/conduct.hpp"
#include "planner/sql/directive.hpp"
#include "planner/sql/statement.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bellows::rules {

enum class Severity : std::uint8_t { Note, Warning, Error };
std::string_view to_string(Severity severity);

/// A part of a statement's text, in bytes. Without a length: the statement as a whole.
struct Span {
  std::size_t offset = 0;
  std::size_t length = 0;
  bool operator==(Span const&) const = default;
};

struct Finding {
  std::string rule;
  Severity severity = Severity::Error;
  std::string message;  // one sentence: what the application would feel
  std::string remedy;   // one sentence: what to do instead
  Span at{};            // what to point at; review() fills it
  /// SQLSTATE: the server refuses the statement for this, whatever rows there are. Empty: not so.
  std::string fails_with{};
  bool operator==(Finding const&) const = default;
};

/// What a rule is asked about: one statement, the catalog as the statements before it left it.
struct Question {
  sql::Statement const& statement;
  locks::Effects const& effects;
  sql::Directives const& directives;
  catalog::Catalog const& catalog;
  sql::AlterTableCommand const* command = nullptr;  // of an ALTER TABLE: only of this one
  catalog::Table const* table = nullptr;            // the first target's, where it was looked up
  std::vector<sql::Statement const*> along{};       // of its file, that the rule takes along
  Conduct conduct{};                                // of who runs the file
};

/// A part of a plan: steps to append to each phase.
struct Fragment {
  std::vector<plan::Step> expand;
  std::vector<plan::Step> backfill;
  std::vector<plan::Step> contract;
  std::vector<std::pair<std::string, std::string>> application;
  std::vector<plan::ReliedOn> relies_on;
};

/// The rule could split the statement, but not here, and says why.
struct Refusal {
  std::string reason;
  std::string remedy;
};

using Split = std::variant<Fragment, Refusal>;

/// One hazard. Both functions are pure.
struct Rule {
  std::string_view id;
  /// Nothing when the statement does not have this hazard.
  std::optional<Finding> (*recognise)(Question const&) = nullptr;
  /// Null when bellows cannot split it (yet).
  Split (*split)(Question const&) = nullptr;
  /// Whether another statement of the same file becomes part of the split. Null: none does.
  bool (*takes_along)(Question const&, sql::Statement const& other) = nullptr;
  /// Where the statement is split, its phases would meet the hazard as well: no plan while it
  /// stands.
  bool of_phases = false;
};

/// All of them; the first one with a split that recognises a statement plans it.
std::vector<Rule> const& all_rules();

}  // namespace bellows::rules
