#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/catalog/replay.hpp"

#include <string>

/// A catalog that was replayed in memory beside the live one of a server.
namespace bellows::test {

/// What one of them has and the other has not, a line each; empty where they agree.
std::string differences(catalog::Catalog const& replayed, catalog::Catalog const& live);

/// On the server, and in memory.
void run_and_replay(postgres::Session& session, catalog::Catalog& replayed,
                    sql::Statement const& statement);

/// Of a database in which nothing was made yet.
catalog::Catalog empty_catalog();

}  // namespace bellows::test
