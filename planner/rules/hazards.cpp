#include "planner/rules/hazards.hpp"

#include "planner/locks/conditions.hpp"
#include "planner/rules/hazard_signs.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace bellows::rules {

namespace {

using namespace signs;

/// One hazard, as data. In the texts {table} is the statement's first target, {name} the column,
/// constraint, index or object that it is about, {what} what makes the answer uncertain.
struct Hazard {
  std::string_view id;
  bool (*applies)(Sign const&);
  std::string_view message;
  std::string_view remedy;
  Severity severity = Severity::Error;
};

constexpr Hazard hazards[] = {
    {"rename-table", renames_table,
     "Application code that is running still names {table}, and fails from the moment of the "
     "rename.",
     "Rename it and create a view of the old name in the same transaction; drop the view when no "
     "release uses it."},
    {"drop-column", drops_column,
     "Application code that still reads or writes {name} of {table} fails, also where it only "
     "says SELECT * in a prepared statement; what the column held is lost.",
     "Release an application that does not name the column first; then drop it in a later "
     "migration and say so: -- bellows: allow drop-column because …"},
    {"drop-table", drops_table,
     "Application code that still uses {table} fails, and its rows are lost.",
     "Release an application that does not use the table first; then drop it in a later migration "
     "and say so: -- bellows: allow drop-table because …"},
    {"drop-view", drops_view, "Application code that still reads {name} fails.",
     "Release an application that does not read the view first; then drop it and say so: -- "
     "bellows: allow drop-view because …"},
    {"truncate", truncates,
     "Every row of {table} is gone at once, and reads and writes wait while it happens.",
     "Delete in batches what is no longer needed, or say why all of it may go: -- bellows: allow "
     "truncate because …"},
    {"add-column-volatile-default", adds_computed_column,
     "PostgreSQL computes {name} for every row and rewrites {table} with all its indexes; reads "
     "and writes wait all the while.",
     "Add the column without a default, SET DEFAULT for new rows, and backfill the old ones in "
     "batches."},
    {"add-column-stored", adds_stored_column,
     "PostgreSQL computes {name} for every row and rewrites {table} with all its indexes; reads "
     "and writes wait all the while.",
     "Add an ordinary column, keep it in step with a trigger, and backfill it in batches."},
    {"add-column-not-null", adds_required_column,
     "The statement fails as soon as {table} has a row, because {name} is NULL in it.",
     "Give the column a constant default, or add it nullable, backfill it in batches, and SET NOT "
     "NULL afterwards."},
    {"index-not-concurrent", builds_index_blocking,
     "Writes to {table} wait until the index is built.",
     "CREATE INDEX CONCURRENTLY, alone in its migration."},
    {"index-drop-not-concurrent", drops_index_blocking,
     "Reads and writes of the table of {name} wait behind this statement, which itself waits for "
     "every query that is running.",
     "DROP INDEX CONCURRENTLY, alone in its migration."},
    {"set-not-null", scans_for_null,
     "Reads and writes of {table} wait while every row is searched for a NULL in {name}.",
     "ADD CONSTRAINT … CHECK ({name} IS NOT NULL) NOT VALID, VALIDATE it in a migration of its "
     "own, then SET NOT NULL, which needs no scan then."},
    {"change-type", changes_type,
     "Changing the type of {name} makes PostgreSQL go through {table} or its indexes while reads "
     "and writes wait.",
     "Add a column of the new type, keep both in step with a trigger, backfill in batches, and "
     "swap their names."},
    {"refresh-not-concurrent", refreshes_blocking,
     "Reads of {table} wait while its query runs and all its rows are written anew.",
     "REFRESH MATERIALIZED VIEW CONCURRENTLY, which wants a unique index over plain columns."},
    {"type-change-statistics", drops_statistics,
     "PostgreSQL forgets the statistics of {name}: until {table} is analysed, queries that filter "
     "or join by it may get a bad plan.",
     "ANALYZE {table} ({name}) right after the migration.", Severity::Note},
    {"set-expression", sets_expression,
     "PostgreSQL computes {name} anew for every row and rewrites {table} with all its indexes; "
     "reads and writes wait all the while.",
     "Add a column with the new expression's values, backfilled in batches and kept in step by a "
     "trigger, and swap the names."},
    {"domain-constraint", checks_domain,
     "Writes to every table that has a column of the domain wait while all their rows are checked.",
     "ADD CONSTRAINT … NOT VALID; then see for a quiet moment to VALIDATE it, for that blocks "
     "writes as well."},
    {"add-foreign-key", adds_checked_reference,
     "Writes to both tables wait while every row of {table} is checked.",
     "Add the constraint NOT VALID, and VALIDATE it in a migration of its own."},
    {"add-check", adds_checked_check,
     "Reads and writes of {table} wait while every row is checked.",
     "Add the constraint NOT VALID, and VALIDATE it in a migration of its own."},
    {"add-unique", adds_key_by_building,
     "Reads and writes of {table} wait while the index of the constraint is built.",
     "CREATE UNIQUE INDEX CONCURRENTLY in a migration of its own, then ADD CONSTRAINT … USING "
     "INDEX."},
    {"add-exclude", adds_exclusion,
     "Reads and writes of {table} wait while the index is built and every row is checked.",
     "There is no way to add it online: plan a moment without traffic, or make a new table with "
     "the constraint and copy the rows."},
    {"rename-enum-value", renames_enum_value,
     "Application code that still writes the old label fails.",
     "Add the new label, release code that knows both, and rewrite the rows in batches."},
    {"transaction-in-file", controls_transaction,
     "bellows decides which statements share a transaction; this would end or nest it.",
     "Remove it: statements that can share a transaction do."},
    {"unknown-statement", is_unknown, "What this statement locks, and for how long, is not known.",
     "Try it on a copy of the database, and put it in a migration of its own: -- bellows: allow "
     "unknown-statement because …"},
    {"depends", is_uncertain, "The answer depends on {what}.",
     "Check it against the database itself (--database-url) or a snapshot of it.",
     Severity::Warning},
};

/// Whatever holds a strong lock while it goes through the rows, and has no words of its own above.
constexpr Hazard long_lock{
    "long-lock", holds_long_lock,
    "Every row of {long} is read or written anew while reads or writes of it wait.",
    "Find a form that does not block (CONCURRENTLY, NOT VALID, batches), or say why the wait is "
    "acceptable: -- bellows: allow long-lock because …"};

std::string filled(std::string_view text, Sign const& sign) {
  std::string result(text);
  std::pair<std::string_view, std::string> const values[] = {{"{table}", table_text(sign)},
                                                             {"{name}", name_text(sign)},
                                                             {"{what}", what_text(sign)},
                                                             {"{long}", long_text(sign)}};
  for (auto const& [placeholder, value] : values) {
    for (auto at = result.find(placeholder); at != std::string::npos;
         at = result.find(placeholder, at + value.size())) {
      result.replace(at, placeholder.size(), value);
    }
  }
  return result;
}

std::optional<Finding> find(Hazard const& hazard, Question const& question) {
  for (Sign const& sign : signs_of(question)) {
    if (on_new_table(sign) || !hazard.applies(sign)) {
      continue;
    }
    return Finding{std::string(hazard.id), hazard.severity, filled(hazard.message, sign),
                   filled(hazard.remedy, sign)};
  }
  return std::nullopt;
}

template <std::size_t at>
std::optional<Finding> recognise(Question const& question) {
  return find(hazards[at], question);
}

std::optional<Finding> recognise_long_lock(Question const& question) {
  bool const said = std::ranges::any_of(hazards, [&](Hazard const& hazard) {
    return hazard.severity == Severity::Error && find(hazard, question).has_value();
  });
  return said ? std::nullopt : find(long_lock, question);
}

template <std::size_t... at>
std::vector<Rule> make_rules(std::index_sequence<at...>) {
  return {Rule{hazards[at].id, recognise<at>, nullptr}...};
}

}  // namespace

std::vector<Rule> const& hazard_rules() {
  static std::vector<Rule> const rules = [] {
    std::vector<Rule> all = make_rules(std::make_index_sequence<std::size(hazards)>{});
    all.push_back({long_lock.id, recognise_long_lock, nullptr});
    return all;
  }();
  return rules;
}

}  // namespace bellows::rules
