#pragma once

#include "batcher/postgres/session.hpp"

#include <string>

namespace bellows::runner {

/// A sentence about the history that another tool keeps in this database (pgmigrations,
/// schema_migrations, flyway_schema_history …), as long as bellows has begun nothing in it: from
/// then on it is known who runs the files. Empty: there is none. Reads the catalog, changes
/// nothing.
std::string other_history(postgres::Session& session);

}  // namespace bellows::runner
