#pragma once

#include "batcher/postgres/session.hpp"

#include <string>

namespace bellows::test {

/// `pg_dump --schema-only` of a database. Throws where it fails.
std::string dump(std::string const& conninfo);

/// pg_dump refuses a server that is newer than itself; scripts/matrix has servers without their
/// own.
bool can_dump(postgres::Session const& session);

}  // namespace bellows::test
