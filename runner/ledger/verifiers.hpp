#pragma once

#include "batcher/postgres/session.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// Who runs `bellows verify` right now. It may be anybody who may read, so the ledger does not
/// know: its session's name tells (application_name).
namespace bellows::runner {

struct Verifier {
  std::string migration;  // cut off where it is long
  std::string done;       // "42 %"
  std::string user;
  std::int64_t server_pid = 0;

  bool is_at(std::string const& name) const { return name.starts_with(migration); }
};

std::vector<Verifier> read_verifiers(postgres::Session& session);

/// Names `session`, which verifies `migration` and is done with `share` of it.
void name_verifier(postgres::Session& session, std::string const& migration, double share);

/// "being verified: 42 %, by app, server process 8123"
std::string in_words(Verifier const& verifier);

}  // namespace bellows::runner
