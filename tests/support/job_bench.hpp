#pragma once

#include "batcher/job/job.hpp"
#include "tests/support/temp_database.hpp"

#include <functional>
#include <string>
#include <vector>

/// A database with the ledger's tables, and jobs to run in it.
namespace bellows::test {

/// The ledger's schema and the job tables.
void make_ledger(TempDatabase const& db);

/// A table `t` (id 1 … rows, name, copy) and a trigger that notes in `writes` each UPDATE of a row.
void make_counted_table(TempDatabase const& db, int rows);

/// Job "j": t.copy = upper(name), where it differs.
batcher::Spec copy_spec();

/// What an updating job sets.
std::vector<std::pair<sql::Identifier, std::string>>& set_of(batcher::Spec& spec);

/// Few rows a batch, so that small tables make many.
batcher::Options small_batches(std::int64_t rows = 10);

batcher::Surroundings surroundings_of(TempDatabase const& db, std::int64_t fence = 0);

/// An observer that throws CrashedHere at its k-th event, counted from 1.
struct CrashedHere {};
Observer crash_at(int k);

/// Calls `act` at each event named `what`.
Observer at_event(std::string what, std::function<void()> act);

/// Every row is written once, and right.
void expect_each_row_written_once(TempDatabase const& db);

}  // namespace bellows::test
