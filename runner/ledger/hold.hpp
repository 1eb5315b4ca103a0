#pragma once

#include "batcher/postgres/session.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What holds or slows the run that has the lease, as it says itself: for those who look from
/// elsewhere. Kept in the lease's row, so it ends with the lease.
namespace bellows::runner {

struct Hold {
  std::string job;   // migration/step
  std::string kind;  // "replication slots", "row lock", "paused" …: as long as it is the same …
  std::string why;   // … this may change: who, with figures
  std::string next;  // what to type; empty: nothing is to be done
  bool slowed = false;  // it goes on, slower
  bool operator==(Hold const&) const = default;
};

struct HoldSince {
  Hold hold;
  std::int64_t seconds = 0;  // that its kind has lasted, by the server's clock
};

/// The columns of bellows.lease that came later.
std::vector<std::string> const& hold_columns_ddl();

/// Nothing: it runs. Only as long as the lease has that token.
void write_hold(postgres::Session& session, std::int64_t token, std::optional<Hold> const& hold);
/// Nothing as well where the ledger is older.
std::optional<HoldSince> read_hold(postgres::Session& session);

}  // namespace bellows::runner
