#pragma once

#include "planner/locks/facts.hpp"
#include "planner/rules/rule.hpp"
#include "planner/sql/subject.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>

/// What PostgreSQL looks at before it does anything, and refuses the statement for: as data, a row
/// each. Only what the catalog tells: rows, privileges and settings are no matter of it. Each row
/// is tried on real servers (tests/runner/preconditions/).
namespace bellows::rules::preconditions {

/// One statement, or one sub-command of an ALTER TABLE, and the catalog that it meets: the one that
/// the sub-commands which PostgreSQL runs before it have left.
using locks::Facts;

/// The names that a row's words want.
struct Breach {
  std::string what;
  std::string other;
};

using MaybeBreach = std::optional<Breach>;

constexpr int ever = 999;

namespace of = sql::of;

/// In the texts {table} is the statement's first target, {what} and {other} are the breach's.
struct Precondition {
  std::string_view state;               // SQLSTATE
  MaybeBreach (*broken)(Facts const&);  // pure; nothing where the catalog does not tell
  sql::Subjects asked_of;               // nothing else breaks it
  std::string_view because;             // a clause, without its full stop
  std::string_view remedy;              // what to do: it clears the refusal
  int since = 0;                        // server versions, inclusive
  int until = ever;
};

// One file each, in the order in which the server asks:
std::span<Precondition const> of_relations();  // that are missing, or there already
std::span<Precondition const> of_objects();    // that are no relations: likewise
std::span<Precondition const> of_functions();  // likewise, and triggers that call none
std::span<Precondition const> of_members();    // columns, constraints, triggers: likewise
std::span<Precondition const> of_missing();    // objects of a table, publications, functions
std::span<Precondition const> of_type_names();
std::span<Precondition const> of_enums();
std::span<Precondition const> of_typed();
std::span<Precondition const> of_columns();
std::span<Precondition const> of_created();  // tables, in themselves
std::span<Precondition const> of_values();
std::span<Precondition const> of_types();
std::span<Precondition const> of_identities();
std::span<Precondition const> of_indexes();
std::span<Precondition const> of_constraints();
std::span<Precondition const> of_foreign_keys();
std::span<Precondition const> of_partitions();
std::span<Precondition const> of_bounds();
std::span<Precondition const> of_views();
std::span<Precondition const> of_sequences();
std::span<Precondition const> of_triggers();
std::span<Precondition const> of_publications();
std::span<Precondition const> of_options();  // and REINDEX, TRUNCATE ONLY
std::span<Precondition const> of_repack();   // 19

/// All rows, theme by theme.
std::span<Precondition const* const> all_rows();

/// The first one that the statement breaks.
std::optional<Finding> refusal(Question const& question);

}  // namespace bellows::rules::preconditions

namespace bellows::rules {

extern Rule const statement_fails;

}  // namespace bellows::rules
