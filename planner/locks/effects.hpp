#pragma once

#include "planner/catalog/model.hpp"
#include "planner/locks/mode.hpp"
#include "planner/sql/statement.hpp"

#include <string>
#include <vector>

/// What a statement does to the relations that it touches, derived ones included. The knowledge is
/// the table in table.cpp; this is the question.
namespace bellows::locks {

struct Effect {
  sql::QualifiedName relation;
  Mode lock = Mode::AccessShare;
  bool rewrites = false;
  bool scans = false;
  std::vector<std::string> rebuilds_indexes;
  bool on_new = false;  // made by this migration: nobody else can be waiting
  /// A sequence that a column owns: whoever takes it has its table before it, so that no order of
  /// locks is at stake, and who waits for it waits for the table.
  bool owned_sequence = false;
  bool operator==(Effect const&) const = default;
};

struct Effects {
  std::vector<sql::QualifiedName> targets;  // what the statement is about, resolved
  std::vector<Effect> relations;            // the statement's own target first, then by name
  bool transactional = true;
  bool waits_for_snapshots = false;     // the CONCURRENTLY forms
  bool known = true;                    // false: the table has no row for this statement
  std::vector<std::string> depends_on;  // what the catalog does not tell and the answer needs
  bool may_take_long = false;           // one of the answers to that: rows are rewritten or read
};

Effects effects_of(sql::Statement const& statement, catalog::Catalog const& catalog);

}  // namespace bellows::locks
