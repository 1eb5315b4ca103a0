#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/expression.hpp"
#include "planner/sql/identifier.hpp"

#include <optional>
#include <string>
#include <vector>

/// The triggers that keep an old and a new column of one row in step while two versions of the
/// application write, and the table's own triggers know the old column only.
///
/// BEFORE triggers fire by name, so ours fire at two places. The *first* sorts before every trigger
/// of the user's, and brings what the writer changed to the other side, so that those triggers find
/// both names right:
///   INSERT  new is given: it is the truth and old follows; else new is filled from old.
///   UPDATE  the side that changed leads; both changed: new leads; neither, and the row was never
///           filled: new is filled from old.
/// The *last* sorts behind them. Since the first has left the row in step, whatever is not in step
/// there was changed by a trigger in between, and it leads: through the old column, which is the
/// name that those triggers know until contract; through the new one only where they say that name
/// and none of them says the old one any more (asked of their text, at such a row only).
///
/// A row is *in step* when new = forward(old), or when the new side led and old = reverse(new).
/// Only a write that leaves new ≠ forward(old) fires at all: what the batcher writes is in step by
/// construction, so it needs no switch that turns the trigger off, and nothing can leave that
/// switch on. A row is *unfilled* when new is NULL and forward(old) is not. It must not be read as
/// "new differs from forward(old)": with a lossy pair (initcap) that would take an old value over a
/// newer write of the new application, at the next unrelated update of the row. For the same reason
/// the last one, where a trigger has put one side back to what it was, puts back the other side's
/// value as well instead of computing it.
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
  sql::QualifiedName first_function;
  sql::QualifiedName last_function;
  sql::QualifiedName old_writes;  // sequence: counts writes through the old side without a lock
  sql::Identifier first_insert;
  sql::Identifier first_update;
  sql::Identifier last_insert;
  sql::Identifier last_update;

  std::vector<sql::Identifier> triggers() const {
    return {first_insert, first_update, last_insert, last_update};
  }
};

/// Bounded to 63 bytes with a hash; the triggers' names sort before and after ordinary names.
SyncNames sync_names(SyncPair const& pair);

/// What the names of sync triggers begin with, of whatever pair.
inline constexpr char const* first_trigger_prefix = "!bellows_sync_";
inline constexpr char const* last_trigger_prefix = "~bellows_sync_";

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

/// The two sides do the same: forward and reverse change nothing.
bool is_plain(SyncPair const& pair);

/// WHEN of the last trigger on UPDATE: a trigger before it has parted the pair.
std::string parted_by_update(SyncPair const& pair);

std::vector<std::string> create_sync_functions(SyncPair const& pair);  // sequence, grant, functions
std::vector<std::string> create_sync_triggers(SyncPair const& pair);
std::vector<std::string> drop_sync_triggers(SyncPair const& pair);
std::vector<std::string> drop_sync_functions(SyncPair const& pair);

}  // namespace bellows::rules
