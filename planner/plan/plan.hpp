#pragma once

#include "planner/locks/mode.hpp"
#include "planner/out_of_line.hpp"
#include "planner/sql/identifier.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

/// A plan: one migration cut into expand, backfill and contract, every statement in full. Plain
/// values; what is read from a file equals what was written (yaml.hpp).
namespace bellows::plan {

inline constexpr int format_version = 1;

/// How long a step's locks are held: a catalog change, or as long as the table is large.
enum class Lasts : std::uint8_t { Instant, WithRows };
std::string_view to_string(Lasts lasts);

/// Statements that run in one transaction, in order. With `alone`, one statement that PostgreSQL
/// refuses inside a transaction (the CONCURRENTLY forms).
struct RunSql {
  std::vector<std::string> statements;
  bool alone = false;
  bool operator==(RunSql const&) const = default;
};

using Columns = std::vector<std::pair<sql::Identifier, std::string>>;  // column, expression

/// What a batch does with the rows that it takes: an UPDATE, a DELETE, an INSERT … SELECT.
struct SetColumns {
  Columns columns;
  bool operator==(SetColumns const&) const = default;
};
struct DeleteRows {
  bool operator==(DeleteRows const&) const = default;
};
struct CopyRows {
  sql::QualifiedName into;
  Columns columns;          // of `into`, expressions over a row of the batch's table
  std::string overriding;   // "SYSTEM VALUE", "USER VALUE"; empty: not said
  std::string on_conflict;  // SQL behind ON CONFLICT: "(id) DO NOTHING"; empty: a conflict fails
  bool operator==(CopyRows const&) const = default;
};

/// A statement carried over the table in batches, key range by key range.
struct Batch {
  sql::QualifiedName table;
  std::vector<sql::Identifier> key;
  std::variant<SetColumns, DeleteRows, CopyRows> action;
  std::string where;        // empty: every row
  std::optional<int> rows;  // the author's batch size
  bool operator==(Batch const&) const = default;
};

/// Counts the rows for which `differs` is true, range by range; the step is done when there are
/// none. Where nothing keeps the application from making such rows, they are `tolerated`: told, and
/// the step is done.
struct Verify {
  sql::QualifiedName table;
  std::vector<sql::Identifier> key;
  std::string differs;
  bool tolerated = false;
  bool operator==(Verify const&) const = default;
};

/// Holds the rollout until the world agrees. `quiet`: no write through the old side for a while,
/// counted by `sequence`. `unnamed`: no trigger of `table`, nor of what is built on it, says
/// `column`, in its arguments or in its function's text; but for those that the swap `replaces`,
/// functions and triggers of the table.
inline constexpr char const* quiet_gate = "quiet";
inline constexpr char const* unnamed_gate = "unnamed";
struct Gate {
  BELLOWS_OUT_OF_LINE(Gate);
  std::string kind;
  sql::QualifiedName sequence;
  sql::QualifiedName table;
  sql::Identifier column;
  std::vector<sql::QualifiedName> replaces_functions;
  std::vector<sql::Identifier> replaces_triggers;
  bool operator==(Gate const&) const = default;
};

/// A catalog query that must be true right before the step, and the sentence said when it is not.
struct Requirement {
  std::string query;
  std::string otherwise;
  /// Asked before the plan begins instead: where it is not met, nothing is begun, and the author
  /// has to say a word.
  bool at_start = false;
  bool operator==(Requirement const&) const = default;
};

struct Step {
  BELLOWS_OUT_OF_LINE(Step);
  std::string id;  // unique within its plan
  std::string about;
  std::variant<RunSql, Batch, Verify, Gate> action;
  std::vector<std::pair<sql::QualifiedName, locks::Mode>>
      locks;  // in the order in which they are taken
  Lasts lasts = Lasts::Instant;
  std::vector<Requirement> requirements;
  /// Of SQL in a transaction: tables of which a row is updated, inserted and deleted before its
  /// statements and after them, and taken back each time. What went before and fails then fails the
  /// step.
  std::vector<sql::QualifiedName> trial;
  std::string
      done_when;  // a catalog query: true once the step's effect is there; empty: the journal knows
  std::vector<std::string>
      undo;  // statements that take the step back, in one transaction unless undo_alone
  bool undo_alone = false;
  bool irreversible = false;
  bool operator==(Step const&) const = default;
};

/// A table, and those of its columns, that the plan was made for. A column that must not be there
/// yet is listed too: its absence is a fact.
struct ReliedOn {
  sql::QualifiedName table;
  std::vector<sql::Identifier> columns;
  bool operator==(ReliedOn const&) const = default;
};

struct Plan {
  BELLOWS_OUT_OF_LINE(Plan);
  std::string migration;
  std::string source_file;
  std::string source_meaning;  // sha256:… of the up section's tokens
  int server_version = 15;
  std::string catalog;  // sha256:… of the facts it relies on (relied_on.hpp)
  std::vector<ReliedOn> relies_on;
  std::vector<std::pair<std::string, std::string>> application;  // when → what the releases may do
  std::vector<std::pair<std::string, std::string>> allowed;      // rule → because
  std::vector<Step> expand;
  std::vector<Step> backfill;
  std::vector<Step> contract;
  bool operator==(Plan const&) const = default;

  bool single_phase() const { return backfill.empty() && contract.empty(); }
};

}  // namespace bellows::plan

extern template class std::vector<bellows::plan::Step>;
