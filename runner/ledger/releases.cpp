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

Release Releases::last_before(std::string_view name) const {
  for (auto each = by_deployment_.rbegin(); each != by_deployment_.rend(); ++each) {
    if (each->name != name) {
      return *each;
    }
  }
  return {};
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

std::vector<std::string> const& deployment_columns_ddl() {
  static std::vector<std::string> const statements{
      "ALTER TABLE bellows.releases ADD COLUMN last_seen timestamptz NOT NULL DEFAULT "
      "clock_timestamp()",
      "UPDATE bellows.releases SET last_seen = first_seen"};
  return statements;
}

Releases read_releases(postgres::Session& session) {
  if (!session.run("SELECT to_regclass('bellows.releases')").value(0, 0)) {
    return {};
  }
  // By way of JSON: who only looks may meet a ledger that has no such column yet.
  auto const rows = session.run(
      "SELECT name, to_char(seen, 'YYYY-MM-DD HH24:MI:SS TZ'), rank() OVER (ORDER BY seen, place) "
      "FROM (SELECT name, place, coalesce((to_jsonb(r) ->> 'last_seen')::timestamptz, first_seen) "
      "AS seen FROM bellows.releases r) AS each ORDER BY place");
  std::vector<std::string> names;
  std::vector<Release> by_deployment(rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    names.push_back(rows.text(row, 0));
    by_deployment.at(static_cast<std::size_t>(rows.number(row, 2)) - 1) = {rows.text(row, 0),
                                                                           rows.text(row, 1)};
  }
  return {std::move(names), std::move(by_deployment)};
}

void note_release(postgres::Transaction& transaction, std::string const& name) {
  transaction.run(
      "INSERT INTO bellows.releases (name) VALUES ($1) ON CONFLICT (name) DO UPDATE SET last_seen "
      "= "
      "clock_timestamp()",
      {name});
}

}  // namespace bellows::runner
