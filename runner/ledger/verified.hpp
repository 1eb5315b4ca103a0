#pragma once

#include "batcher/verify/verify.hpp"

#include <cstdint>
#include <optional>
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
/// The outcome of the last `bellows verify` of a migration.
struct VerifyOutcome {
  std::int64_t rows = 0;
  std::int64_t differing = 0;  // from the rule that the application is to rely on
  std::string example;         // "id = 7"; empty: none
  std::string at;
};

/// bellows.verify_outcomes, which came later.
std::vector<std::string> const& verify_outcome_tables_ddl();
/// In place of an earlier one.
void keep_outcome(postgres::Transaction& transaction, std::string const& migration,
                  VerifyOutcome const& outcome);
/// Nothing where it was never verified again, or the ledger is older than that.
std::optional<VerifyOutcome> read_outcome(postgres::Session& session, std::string const& migration);

void forget_verified(postgres::Transaction& transaction, std::string const& job);

}  // namespace bellows::runner
