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

bool Releases::was_deployed(std::string_view name) const {
  return std::ranges::find(by_deployment_, name, &Release::name) != by_deployment_.end();
}

bool Releases::deployed_since(Release const& last, std::string_view name) const {
  auto const seen = first_seen_.find(name);
  return !last.name.empty() && (seen == first_seen_.end() || last.deployed >= seen->second);
}

bool Releases::are_rolled_back() const {
  Release const last = last_before("");
  return earlier(last.name, newest()) && deployed_since(last, newest());
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

std::vector<std::string> const& deployment_end_ddl() {
  static std::vector<std::string> const statements{
      "ALTER TABLE bellows.releases ALTER COLUMN last_seen DROP NOT NULL, ALTER COLUMN last_seen "
      "DROP DEFAULT"};
  return statements;
}

Releases read_releases(postgres::Session& session) {
  if (!session.run("SELECT to_regclass('bellows.releases')").value(0, 0)) {
    return {};
  }
  // By way of JSON: who only looks may meet a ledger that has no such column yet.
  auto const rows = session.run(
      "WITH each AS (SELECT name, place, first_seen, CASE WHEN to_jsonb(r) ? 'last_seen' THEN "
      "(to_jsonb(r) ->> 'last_seen')::timestamptz ELSE first_seen END AS seen FROM "
      "bellows.releases r) SELECT name, to_char(seen, 'YYYY-MM-DD HH24:MI:SS TZ'), "
      "rank() OVER (ORDER BY seen, place), (extract(epoch FROM seen) * 1000000)::bigint, "
      "(extract(epoch FROM first_seen) * 1000000)::bigint FROM each ORDER BY place");
  std::vector<std::string> names;
  std::map<std::int64_t, Release> by_deployment;
  std::map<std::string, std::int64_t, std::less<>> first_seen;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    std::string const name = rows.text(row, 0);
    names.push_back(name);
    first_seen[name] = rows.number(row, 4);
    if (rows.value(row, 1)) {
      by_deployment[rows.number(row, 2)] = {name, rows.text(row, 1), rows.number(row, 3)};
    }
  }
  std::vector<Release> deployed;
  for (auto& [rank, release] : by_deployment) {
    deployed.push_back(std::move(release));
  }
  return {std::move(names), std::move(deployed), std::move(first_seen)};
}

void note_release_seen(postgres::Transaction& transaction, std::string const& name) {
  transaction.run("INSERT INTO bellows.releases (name) VALUES ($1) ON CONFLICT (name) DO NOTHING",
                  {name});
}

void note_release(postgres::Transaction& transaction, std::string const& name) {
  transaction.run(
      "INSERT INTO bellows.releases (name, last_seen) VALUES ($1, clock_timestamp()) ON CONFLICT "
      "(name) DO UPDATE SET last_seen = clock_timestamp()",
      {name});
}

}  // namespace bellows::runner
