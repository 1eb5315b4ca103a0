#pragma once

#include "runner/rollout/agenda.hpp"
#include "runner/rollout/run.hpp"

#include <string>

/// A migration that has begun, and whose file is not in this checkout: somebody has deleted it, or
/// the checkout is older than the database. Back it goes by the ledger alone; what cannot be taken
/// back wants the file, or a reason.
namespace bellows::runner {

/// Whether `operand` names it: by its name, its file, or the digits that it begins with.
bool is_called(std::string const& name, std::string const& operand);

/// The name of the migration that is meant: the project's, or one that only the ledger has.
/// `project`: nullptr where there are no files here. Throws WhichMigration.
std::string meant_migration(std::string const& operand, LedgerRows const& rows,
                            Project const* project);

/// Throws Unconfirmed where it waits for contract and has no file here, or one that says something
/// else by now: whoever reads this checkout does not know what goes.
void check_its_file(Project const& project, MigrationRow const& row);
/// The same, unless there is a reason, which is journaled.
void check_its_file(Run& run, Project const& project, MigrationRow const& row,
                    std::string const& because);

}  // namespace bellows::runner
