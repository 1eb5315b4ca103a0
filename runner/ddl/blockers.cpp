#include "runner/ddl/blockers.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

namespace bellows::ddl {
namespace {

using locks::Mode;
using postgres::Rows;

/// How pg_locks spells the modes.
constexpr std::array<std::pair<Mode, std::string_view>, 8> mode_names{{
    {Mode::AccessShare, "AccessShareLock"},
    {Mode::RowShare, "RowShareLock"},
    {Mode::RowExclusive, "RowExclusiveLock"},
    {Mode::ShareUpdateExclusive, "ShareUpdateExclusiveLock"},
    {Mode::Share, "ShareLock"},
    {Mode::ShareRowExclusive, "ShareRowExclusiveLock"},
    {Mode::Exclusive, "ExclusiveLock"},
    {Mode::AccessExclusive, "AccessExclusiveLock"},
}};

/// One row a pair of table and conflicting mode, as a VALUES list.
std::string conflicts_of(std::vector<LockRequest> const& requests) {
  std::string values;
  for (LockRequest const& request : requests) {
    for (auto const& [mode, name] : mode_names) {
      if (!locks::conflict(request.mode, mode)) {
        continue;
      }
      values += fmt::format("{}({}, '{}')", values.empty() ? "" : ", ",
                            sql::quote_literal(request.table.quoted()), name);
    }
  }
  return values;
}

constexpr std::string_view query = R"(
SELECT coalesce(l.pid, 0), coalesce(a.usename, p.owner, ''),
       coalesce(p.gid, a.application_name, ''), coalesce(a.state, ''),
       left(regexp_replace(coalesce(a.query, ''), '\s+', ' ', 'g'), 80),
       greatest(0, extract(epoch FROM now() - coalesce(a.xact_start, p.prepared)) * 1000)::bigint,
       min(w.name),
       coalesce(a.backend_type = 'autovacuum worker', false),
       coalesce(a.backend_type = 'autovacuum worker' AND a.query LIKE '%to prevent wraparound%', false)
FROM (VALUES {}) AS w(name, mode)
JOIN pg_catalog.pg_locks l ON l.locktype = 'relation' AND l.granted AND l.mode = w.mode
  AND l.relation = to_regclass(w.name)
  AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
LEFT JOIN pg_catalog.pg_prepared_xacts p
  ON l.pid IS NULL AND l.virtualtransaction = '-1/' || p.transaction::text
WHERE l.pid IS DISTINCT FROM pg_backend_pid()
GROUP BY 1, 2, 3, 4, 5, 6, 8, 9
ORDER BY 6 DESC NULLS LAST, 1)";

constexpr std::string_view query_of_one = R"(
SELECT b.pid, coalesce(a.usename, p.owner, ''), coalesce(p.gid, a.application_name, ''),
       coalesce(a.state, ''), left(regexp_replace(coalesce(a.query, ''), '\s+', ' ', 'g'), 80),
       greatest(0, extract(epoch FROM now() - coalesce(a.xact_start, p.prepared)) * 1000)::bigint,
       coalesce(w.relation::regclass::text, ''),
       coalesce(a.backend_type = 'autovacuum worker', false),
       coalesce(a.backend_type = 'autovacuum worker' AND a.query LIKE '%to prevent wraparound%', false)
FROM (SELECT DISTINCT unnest(pg_blocking_pids($1::int)) AS pid) AS b
LEFT JOIN (SELECT * FROM pg_catalog.pg_locks WHERE pid = $1::int AND NOT granted LIMIT 1) AS w ON true
LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid
LEFT JOIN LATERAL (
  SELECT x.* FROM pg_catalog.pg_locks h
  JOIN pg_catalog.pg_prepared_xacts x ON h.virtualtransaction = '-1/' || x.transaction::text
  WHERE b.pid = 0 AND h.granted AND h.locktype = w.locktype
    AND (h.database, h.relation, h.transactionid) IS NOT DISTINCT FROM
        (w.database, w.relation, w.transactionid) LIMIT 1) AS p ON true
ORDER BY 6 DESC NULLS LAST, 1)";

Blocker blocker_at(Rows const& rows, std::size_t row) {
  Blocker blocker;
  blocker.pid = static_cast<int>(rows.number(row, 0));
  blocker.user = rows.text(row, 1);
  blocker.application = rows.text(row, 2);
  blocker.state = rows.text(row, 3);
  blocker.query = rows.text(row, 4);
  if (rows.value(row, 5)) {
    blocker.open_for = std::chrono::milliseconds{rows.number(row, 5)};
  }
  blocker.table = rows.text(row, 6);
  blocker.autovacuum = rows.truth(row, 7);
  blocker.autovacuum_wraparound = rows.truth(row, 8);
  return blocker;
}

}  // namespace

std::vector<Blocker> find_blockers(postgres::Session& session,
                                   std::vector<LockRequest> const& requests) {
  std::vector<Blocker> blockers;
  std::string const values = conflicts_of(requests);
  if (values.empty()) {
    return blockers;
  }
  Rows const rows = session.run(fmt::format(fmt::runtime(query), values));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    blockers.push_back(blocker_at(rows, row));
  }
  return blockers;
}

std::vector<Blocker> find_blockers_of(postgres::Session& session, int pid) {
  Rows const rows = session.run(query_of_one, {std::to_string(pid)});
  std::vector<Blocker> blockers;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    blockers.push_back(blocker_at(rows, row));
  }
  return blockers;
}

std::string describe(std::chrono::milliseconds time) {
  auto const ms = time.count();
  if (ms < 1'000) {
    return fmt::format("{} ms", ms);
  }
  if (ms < 120'000) {
    return fmt::format("{} s", ms / 1'000);
  }
  if (ms < 7'200'000) {
    return fmt::format("{} min", ms / 60'000);
  }
  return fmt::format("{} h", ms / 3'600'000);
}

std::string who(Blocker const& blocker) {
  std::vector<std::string> facts;
  if (!blocker.user.empty()) {
    facts.push_back("user " + blocker.user);
  }
  if (!blocker.application.empty()) {
    facts.push_back(blocker.application);
  }
  if (blocker.autovacuum_wraparound) {
    facts.emplace_back("autovacuum to prevent wraparound");
  } else if (blocker.autovacuum) {
    facts.emplace_back("autovacuum");
  } else if (!blocker.state.empty()) {
    facts.push_back(blocker.state);
  }
  if (blocker.open_for) {
    facts.push_back("transaction open for " + describe(*blocker.open_for));
  }
  std::string text =
      blocker.pid == 0 ? "a prepared transaction" : fmt::format("pid {}", blocker.pid);
  if (!facts.empty()) {
    text += fmt::format(" ({})", fmt::join(facts, ", "));
  }
  return text;
}

std::string describe(Blocker const& blocker) {
  std::string text = who(blocker) + " holds " + blocker.table;
  if (!blocker.query.empty()) {
    text += ": " + blocker.query;
  }
  return text;
}

std::string describe(std::vector<LockRequest> const& requests) {
  std::string text;
  for (LockRequest const& request : requests) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", request.table.display(),
                        locks::to_string(request.mode));
  }
  return text;
}

}  // namespace bellows::ddl
