#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/migration.hpp"
#include "runner/cli/options.hpp"
#include "runner/rollout/agenda.hpp"
#include "runner/rollout/copies.hpp"
#include "runner/rollout/other_history.hpp"
#include "runner/rollout/project.hpp"

#include <map>
#include <string>
#include <vector>

/// What `plan` and `plan --check` ask of a database that is named on the command line, so that they
/// end as `up` would there. Reads, changes nothing.
namespace bellows::runner {

bool asks_database(Options const& options);

/// What the named database tells of migrations; of none, nothing.
struct InDatabase {
  bool asked = false;
  LedgerRows rows;
  OtherRuns other_runs;
};
InDatabase ask(Options const& options);

/// Throws Unconfirmed for a migration that has run there already, under another name or by another
/// tool.
void check_not_run(InDatabase const& database, Project const& project, Project::Entry const& entry);

/// What `up` would refuse of those that are to begin there, one after the other; by their names. A
/// right that the role lacks is left out: whoever checks need not be whoever deploys.
struct WouldRefuse {
  std::string why;
  bool wants_a_word = false;  // it ends with 11
  std::string next;
};
std::map<std::string, WouldRefuse> refused_there(Options const& options, Project const& project,
                                                 InDatabase const& database);

/// A line for each file that says something else than when it ran there: `up` refuses all of it.
std::vector<std::string> changed_after_they_ran(Project const& project, LedgerRows const& rows);

/// Throws Unconfirmed where what the migration builds on is a copy there.
void refuse_copies(Options const& options, sql::Migration const& migration,
                   catalog::Catalog const& before);

/// The copies that committed plans make. Of what the database has begun its ledger tells.
CommittedCopies copies_to_come(Project const& project, LedgerRows const& begun);

/// Of what the migration builds on copies that are yet to come: without a database lines for
/// people; with one the rename has not begun in it, and `up` would refuse what stands behind it:
/// throws Unconfirmed.
std::vector<std::string> notes_on_copies(Options const& options, CommittedCopies& copies,
                                         Project::Entry const& entry,
                                         catalog::Catalog const& before,
                                         catalog::Catalog const& after);

}  // namespace bellows::runner
