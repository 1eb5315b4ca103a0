#pragma once

#include "batcher/postgres/session.hpp"

#include <map>
#include <set>
#include <string>
#include <vector>

/// Which replicas there were, kept in the ledger: one that was lost while a run had ended is missed
/// by the next one, too.
namespace bellows::batcher {

/// bellows.replicas, for the ledger's own migrations.
std::vector<std::string> const& replica_tables_ddl();

/// Name → seconds since it was last seen. None where the ledger is older than that.
std::map<std::string, double> remembered_replicas(postgres::Session& session);
/// They are there now.
void remember_replicas(postgres::Session& session, std::set<std::string> const& names);

}  // namespace bellows::batcher
