#pragma once

#include "batcher/postgres/session.hpp"
#include "runner/rollout/agenda.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// What another tool has run in this database, by the table that it keeps there (pgmigrations,
/// schema_migrations, flyway_schema_history …). Reads, changes nothing.
namespace bellows::runner {

/// A sentence about such a table, as long as bellows has begun nothing here: from then on it is
/// known who runs the files. Empty: there is none.
std::string other_history(postgres::Session& session);

/// What such tables say has run.
struct OtherRuns {
  struct Run {
    std::string said;  // as the row says it
    std::string at;    // empty: it does not say when
  };
  struct Table {
    std::string table;
    std::string tool;
    bool by_name = false;  // else by the digits that a file begins with
    bool up_to = false;    // of the last one alone: all before it have run, too
    std::map<std::string, Run> runs;
  };
  std::vector<Table> tables;
};

/// Of those tables that may be read. Throws Failure.
OtherRuns read_other_runs(postgres::Session& session);

/// "1_a has run here already, by node-pg-migrate: public.pgmigrations has 1_a, at 2026-03-01
/// 09:00:00"; nothing where no row is of it. Pure.
std::optional<std::string> run_by_other(OtherRuns const& runs, std::string const& name);

/// To run it again would do twice what it does. Throws Unconfirmed for a migration that bellows has
/// not begun, and another tool has run.
void check_not_run_by_other(OtherRuns const& runs, Project const& project,
                            Project::Entry const& entry, LedgerRows const& rows);

}  // namespace bellows::runner
