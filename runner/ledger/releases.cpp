#include "runner/ledger/releases.hpp"

#include <algorithm>
#include <iterator>

namespace bellows::runner {

std::size_t Releases::place(std::string_view name) const {
  auto const found = std::ranges::find(in_order_, name);
  return static_cast<std::size_t>(std::distance(in_order_.begin(), found));
}

bool Releases::earlier(std::string_view one, std::string_view other) const {
  return place(one) < place(other);
}

std::vector<std::string> const& release_tables_ddl() {
  static std::vector<std::string> const statements{
      R"(CREATE TABLE bellows.releases (
  name text PRIMARY KEY,
  place bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  first_seen timestamptz NOT NULL DEFAULT clock_timestamp()))",
      "INSERT INTO bellows.releases (name, first_seen) SELECT release, min(started_at) "
      "FROM bellows.migrations WHERE release IS NOT NULL GROUP BY release ORDER BY 2, 1",
      // A file without a statement stays pending; it was noted as done before.
      R"(DELETE FROM bellows.migrations WHERE state = 'contracted'
  AND plan !~ '\n(expand|backfill|contract):')"};
  return statements;
}

Releases read_releases(postgres::Session& session) {
  if (!session.run("SELECT to_regclass('bellows.releases')").value(0, 0)) {
    return {};
  }
  auto const rows = session.run("SELECT name FROM bellows.releases ORDER BY place");
  std::vector<std::string> names;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    names.push_back(rows.text(row, 0));
  }
  return Releases(std::move(names));
}

void note_release(postgres::Transaction& transaction, std::string const& name) {
  transaction.run("INSERT INTO bellows.releases (name) VALUES ($1) ON CONFLICT DO NOTHING", {name});
}

}  // namespace bellows::runner
