#pragma once

#include "planner/plan/plan.hpp"
#include "planner/sql/migration.hpp"
#include "runner/rollout/run.hpp"

#include <string>
#include <vector>

/// A migration's way back: by the ledger alone, and the file's down section where there is one.
namespace bellows::runner {

/// Takes a migration back that contract has not touched yet: the undo of every step that began, in
/// reverse order; of statements without one of their own, `down`, the file's way back. Throws
/// ProjectError when it is too late, Unconfirmed where something is done that nothing takes back
/// and `because` is empty. With a reason that stays as it is, and is told; its steps stay done, and
/// of rows so does the job's checkpoint: should the migration be begun again, it goes on there, and
/// does nothing twice. An index whose build was cut off is dropped.
MigrationRow abort(Run& run, MigrationRow row, std::string const& because,
                   std::vector<sql::Statement> const& down = {});

/// Throws what abort() would throw without a reason, and changes nothing.
void check_may_abort(postgres::Session& session, MigrationRow row,
                     std::vector<sql::Statement> const& down);

/// Those of its steps that an abort would take back: what has begun, the last one first.
std::vector<plan::Step> steps_to_undo(postgres::Session& session, MigrationRow const& row);

}  // namespace bellows::runner
