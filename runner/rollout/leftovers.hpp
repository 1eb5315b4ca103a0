#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/plan/plan.hpp"
#include "planner/sql/migration.hpp"

#include <optional>
#include <string>
#include <vector>

/// What bellows made for a rename, and no migration of the ledger accounts for: the database was
/// restored without the schema bellows, or somebody has dropped it. The triggers work on, and
/// nothing says why they are there.
namespace bellows::runner {

struct Leftover {
  sql::QualifiedName table;          // no name: of no table any more
  std::string copy;                  // the column that goes with it, quoted; empty: none is known
  std::vector<std::string> objects;  // "trigger !bellows_sync_…", "column display_name"
  std::vector<std::string> names;    // of functions and sequences, as they are
  std::vector<std::string> removal;  // the statements that take it away, in order
};

/// Reads the catalog and, where there is one, the ledger; writes nothing. Throws Failure.
std::vector<Leftover> read_leftovers(postgres::Session& session);

/// What it is, in one sentence.
std::string in_words(Leftover const& leftover);
/// What to type, in one line.
std::string how_to_remove(Leftover const& leftover);

/// Throws Unconfirmed where there are some. For commands that only go on, or back, with what a
/// ledger knows; there is none.
void refuse_lost_ledger(postgres::Session& session);

/// Throws Unconfirmed where the migration, which is to begin, names a table that has some, or its
/// plan (nullptr: none is committed) would make anew what is left.
void refuse_over_leftovers(postgres::Session& session, sql::Migration const& migration,
                           plan::Plan const* plan);

}  // namespace bellows::runner
