#include "runner/ledger/run_limits.hpp"

namespace bellows::runner {

std::vector<std::string> const& run_limit_tables_ddl() {
  static std::vector<std::string> const statements{R"(CREATE TABLE bellows.run_limits (
  migration text NOT NULL REFERENCES bellows.migrations ON DELETE CASCADE,
  name text NOT NULL,
  value text NOT NULL,
  PRIMARY KEY (migration, name)))"};
  return statements;
}

RunLimits read_limits(postgres::Session& session, std::string const& migration) {
  auto const rows =
      session.run("SELECT name, value FROM bellows.run_limits WHERE migration = $1", {migration});
  RunLimits limits;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    limits.emplace(rows.text(row, 0), rows.text(row, 1));
  }
  return limits;
}

void keep_limits(postgres::Transaction& transaction, std::string const& migration,
                 RunLimits const& limits) {
  transaction.run("DELETE FROM bellows.run_limits WHERE migration = $1", {migration});
  for (auto const& [name, value] : limits) {
    transaction.run("INSERT INTO bellows.run_limits (migration, name, value) VALUES ($1, $2, $3)",
                    {migration, name, value});
  }
}

}  // namespace bellows::runner
