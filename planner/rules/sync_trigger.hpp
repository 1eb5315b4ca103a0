#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/expression.hpp"
#include "planner/sql/identifier.hpp"

#include <optional>
#include <string>
#include <vector>

/// The trigger that keeps an old and a new column of one row in step while two versions of the
/// application write.
///
/// The rule, per row and write:
///   INSERT  new is given: it is the truth and old follows; else new is filled from old.
///   UPDATE  the side that changed leads; both changed: new leads; neither, and the row was never
///           filled: new is filled from old.
/// A row is *in step* when new = forward(old), or when the new side led and old = reverse(new).
/// Only a write that leaves new ≠ forward(old) fires at all: what the batcher writes is in step by
/// construction, so it needs no switch that turns the trigger off, and nothing can leave that
/// switch on. A row is *unfilled* when new is NULL and forward(old) is not. It must not be read as
/// "new differs from forward(old)": with a lossy pair (initcap) that would take an old value over a
/// newer write of the new application, at the next unrelated update of the row.
namespace bellows::rules {

struct SyncPair {
  sql::QualifiedName table;
  sql::Identifier old_column;
  sql::Identifier new_column;
  sql::Expression forward;     // over the old column
  sql::Expression reverse;     // over the new column
  std::string type;            // of both
  bool compare_bytes = false;  // the type's "=" calls different values equal, or there is none
  std::optional<std::string>
      old_default;                // constant: a row that took it says nothing about who wrote
  bool old_fills_itself = false;  // identity, or a default that differs from row to row
};

struct SyncNames {
  sql::QualifiedName function;
  sql::QualifiedName old_writes;  // sequence: counts writes through the old side without a lock
  sql::Identifier on_insert;
  sql::Identifier on_update;
};

/// Bounded to 63 bytes with a hash; the triggers' names sort after every ordinary name, because
/// triggers fire in the order of their names and this one must see what the others made of the row.
SyncNames sync_names(SyncPair const& pair);

/// Whether equality of this type is equality of bytes. False for citext, numeric (1.0 = 1.00),
/// floats, json (no "="), geometric types and everything unknown.
bool equal_means_same(std::string const& type, std::string const& collation);

/// SQL that is true when the two values differ, NULLs being values; of the pair's type.
std::string differ(SyncPair const& pair, std::string const& a, std::string const& b);

/// forward and reverse over a row given by `prefix` ("NEW.", "" …), cast to the column's type.
std::string forward_of(SyncPair const& pair, std::string const& prefix);
std::string reverse_of(SyncPair const& pair, std::string const& prefix);

/// SQL over the table's own columns: the row still waits to be filled.
std::string unfilled(SyncPair const& pair, std::string const& prefix);

std::vector<std::string> create_sync_function(SyncPair const& pair);  // sequence, grant, function
std::vector<std::string> create_sync_triggers(SyncPair const& pair);
std::vector<std::string> drop_sync_triggers(SyncPair const& pair);
std::vector<std::string> drop_sync_function(SyncPair const& pair);

}  // namespace bellows::rules
