#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/sql/migration.hpp"
#include "runner/ledger/store.hpp"
#include "runner/rollout/outlook.hpp"

#include <string>
#include <vector>

namespace bellows::runner {

/// By what `bellows abort` itself would refuse. `down`: the way back that the migration's file has.
WayBack way_back_of(postgres::Session& session, MigrationRow const& row,
                    std::vector<sql::Statement> const& down);

/// What to type for it: "bellows abort 2_rename --because TEXT"; empty where there is no way back.
/// Of a migration that the ledger knows, by the plan that is carried out.
std::string how_to_abort(postgres::Session& session, std::string const& migration);

}  // namespace bellows::runner
