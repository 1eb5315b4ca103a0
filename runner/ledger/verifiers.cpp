#include "runner/ledger/verifiers.hpp"

#include "planner/sql/identifier.hpp"

#include <fmt/core.h>

#include <cmath>

namespace bellows::runner {
namespace {

constexpr std::size_t longest_name = 63;  // NAMEDATALEN - 1; the server cuts off the rest

}  // namespace

std::vector<Verifier> read_verifiers(postgres::Session& session) {
  auto const rows = session.run(
      "SELECT found[2], found[1], coalesce(usename, ''), pid FROM pg_catalog.pg_stat_activity, "
      "regexp_match(application_name, '^bellows verify ([0-9]+ %) (.+)$') AS found WHERE datname = "
      "current_database() AND found IS NOT NULL ORDER BY pid");
  std::vector<Verifier> all;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    all.push_back({.migration = rows.text(row, 0),
                   .done = rows.text(row, 1),
                   .user = rows.text(row, 2),
                   .server_pid = rows.number(row, 3)});
  }
  return all;
}

void name_verifier(postgres::Session& session, std::string const& migration, double share) {
  std::string const name =
      fmt::format("bellows verify {:.0f} % {}", std::floor(share * 100), migration);
  session.run("SET application_name = " + sql::quote_literal(name.substr(0, longest_name)));
}

std::string in_words(Verifier const& verifier) {
  return fmt::format("being verified: {}, by {}, server process {}", verifier.done, verifier.user,
                     verifier.server_pid);
}

}  // namespace bellows::runner
