#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/catalog/model.hpp"
#include "planner/sql/migration.hpp"
#include "runner/rollout/project.hpp"

#include <string>
#include <vector>

/// A migration that builds on a rename's new name before the rename is contracted: expand would
/// pass, and contract, which drops the copy, never could.
namespace bellows::runner {

/// Throws Unconfirmed where one of the database's migrations is between expand and contract and
/// `migration` would build on its copy. `live`: the database's schema. Reads the ledger.
void refuse_building_on_copies(postgres::Session& session, sql::Migration const& migration,
                               catalog::Catalog const& live);

/// Without a database: what of the migrations before it, by their committed plans, has to be
/// contracted before `entry` may begin. A line for people each; `before` is the schema it finds.
std::vector<std::string> copies_built_on(Project const& project, Project::Entry const& entry,
                                         catalog::Catalog const& before);

}  // namespace bellows::runner
