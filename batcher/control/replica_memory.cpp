#include "batcher/control/replica_memory.hpp"

namespace bellows::batcher {

std::vector<std::string> const& replica_tables_ddl() {
  static std::vector<std::string> const statements{R"(CREATE TABLE bellows.replicas (
  name text PRIMARY KEY,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp()))"};
  return statements;
}

std::map<std::string, double> remembered_replicas(postgres::Session& session) {
  std::map<std::string, double> seen;
  if (!session.run("SELECT to_regclass('bellows.replicas')").value(0, 0)) {
    return seen;
  }
  auto const rows = session.run(
      "SELECT name, extract(epoch FROM clock_timestamp() - seen_at)::float8 FROM bellows.replicas");
  for (std::size_t row = 0; row < rows.size(); ++row) {
    seen.emplace(rows.text(row, 0), std::stod(rows.text(row, 1)));
  }
  return seen;
}

void remember_replicas(postgres::Session& session, std::set<std::string> const& names) {
  for (std::string const& name : names) {
    session.run(
        "INSERT INTO bellows.replicas (name) VALUES ($1) ON CONFLICT (name) DO UPDATE SET seen_at "
        "= clock_timestamp()",
        {name});
  }
}

}  // namespace bellows::batcher
