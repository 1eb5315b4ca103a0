#pragma once

#include "batcher/postgres/session.hpp"

#include <map>
#include <string>
#include <vector>

/// The limits that a migration's run was given: whoever goes on with it keeps to them.
namespace bellows::runner {

/// Names of settings as they are typed, without the dashes, and their values.
using RunLimits = std::map<std::string, std::string>;

/// bellows.run_limits; run by the ledger's own migrations.
std::vector<std::string> const& run_limit_tables_ddl();

RunLimits read_limits(postgres::Session& session, std::string const& migration);
/// In place of those that were kept.
void keep_limits(postgres::Transaction& transaction, std::string const& migration,
                 RunLimits const& limits);

}  // namespace bellows::runner
