#pragma once

#include "batcher/verify/verify.hpp"

#include <string>
#include <vector>

/// What verifications found, range by range, so that a later one can tell what has changed since.
/// A table's are at most a few hundred rows.
namespace bellows::runner {

/// bellows.verified; run by the ledger's own migrations.
std::vector<std::string> const& verified_tables_ddl();

/// In place of what an earlier verification of this name left.
void keep_verified(postgres::Transaction& transaction, std::string const& job,
                   std::vector<batcher::VerifiedRange> const& ranges);
/// In the key's order; none where there is none, or the ledger is older than they are.
std::vector<batcher::VerifiedRange> read_verified(postgres::Session& session,
                                                  std::string const& job);
void forget_verified(postgres::Transaction& transaction, std::string const& job);

}  // namespace bellows::runner
