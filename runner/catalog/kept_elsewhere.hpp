#pragma once

#include "batcher/postgres/session.hpp"

#include <set>
#include <string>

namespace bellows::catalog {

/// The oids of tables whose rows Citus keeps on other servers: those that it distributes,
/// replicates or manages stand in pg_dist_partition, which is looked for in the search_path, that
/// is in pg_catalog first.
std::set<std::string> kept_by_citus(postgres::Transaction& transaction);

}  // namespace bellows::catalog
