#include "runner/ledger/holder.hpp"

#include <fmt/core.h>

namespace bellows::runner {
namespace {

// The heart beats every two seconds (lease.cpp): three are missed.
constexpr std::int64_t silent_after = 6;

// Seconds behind a restart. The lock is asked for twice a second as soon as the server answers.
constexpr std::int64_t comes_back_within = 15;

// A bigint key stands in pg_locks as its halves (manual, 54.12, pg_locks).
constexpr char const* lock_holder =
    "SELECT pid FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1 "
    "AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database()) "
    "AND (classid::bigint << 32) + objid::bigint = $1::bigint";

constexpr char const* not_said = "it has not said who it is yet";

}  // namespace

// Whoever takes over has the lock a moment before the row, which until then is its predecessor's:
// older than the transaction that holds the lock.
std::optional<Holder> read_holder(postgres::Session& session) {
  auto const rows = session.run(
      fmt::format(
          "SELECT h.pid, l.token IS NULL OR coalesce(a.xact_start > greatest(l.taken_at, "
          "l.heartbeat), false), coalesce(l.pid, 0), l.host, l.command, to_char(l.taken_at, "
          "'HH24:MI:SS'), coalesce(greatest(0, round(extract(epoch FROM clock_timestamp() - "
          "l.heartbeat))), 0)::bigint FROM ({} LIMIT 1) AS h LEFT JOIN bellows.lease AS l ON true "
          "LEFT JOIN pg_catalog.pg_stat_get_activity(h.pid) AS a ON true",
          lock_holder),
      {std::to_string(lock_key)});
  if (rows.empty()) {
    return std::nullopt;
  }
  Holder holder;
  holder.server_pid = rows.number(0, 0);
  holder.said_who = !rows.truth(0, 1);
  if (holder.said_who) {
    holder.pid = rows.number(0, 2);
    holder.host = rows.text(0, 3);
    holder.command = rows.text(0, 4);
    holder.since = rows.text(0, 5);
    holder.seconds = rows.number(0, 6);
    holder.silent = holder.seconds > silent_after;
  }
  return holder;
}

// When backends begin anew after one has crashed, the postmaster stays and its helpers don't.
std::optional<LostHolder> read_lost_holder(postgres::Session& session) {
  auto const rows = session.run(
      fmt::format(
          "SELECT l.pid, l.host, l.command, to_char(l.taken_at, 'HH24:MI:SS'), greatest(0, "
          "round(extract(epoch FROM clock_timestamp() - l.heartbeat)))::bigint FROM bellows.lease "
          "AS l, (SELECT greatest(pg_postmaster_start_time(), max(backend_start)) AS since FROM "
          "pg_catalog.pg_stat_activity WHERE backend_type = 'checkpointer') AS up WHERE NOT EXISTS "
          "({}) AND up.since > l.heartbeat AND up.since < l.heartbeat + interval '10 min' AND "
          "clock_timestamp() < up.since + $2::float8 * interval '1 s' AND NOT EXISTS (SELECT FROM "
          "bellows.events AS e WHERE e.at >= l.taken_at AND e.what IN ('stopped', 'failed', "
          "'failed, nothing changed'))",
          lock_holder),
      {std::to_string(lock_key), std::to_string(comes_back_within)});
  if (rows.empty()) {
    return std::nullopt;
  }
  return LostHolder{rows.number(0, 0), rows.text(0, 1), rows.text(0, 2), rows.text(0, 3),
                    rows.number(0, 4)};
}

std::string in_words(LostHolder const& lost) {
  return fmt::format(
      "its connection was lost with the server's restart, {} s ago or less; it may be "
      "reconnecting: pid {} on {}, `bellows {}` since {}",
      lost.seconds, lost.pid, lost.host, lost.command, lost.since);
}

std::string in_words(Holder const& holder) {
  if (!holder.said_who) {
    return not_said;
  }
  std::string const who = fmt::format("pid {} on {}, `bellows {}` since {}", holder.pid,
                                      holder.host, holder.command, holder.since);
  return holder.silent
             ? fmt::format("no sign of life for {} s: {}; server process {} holds its lock",
                           holder.seconds, who, holder.server_pid)
             : fmt::format("{}, last sign of life {} s ago, server process {}", who, holder.seconds,
                           holder.server_pid);
}

// Every transaction of a runner that writes locks the lease's row (Lease::check()), and whoever
// takes over waits for those that are open.
std::string how_to_end(postgres::Session& session, Holder const& holder) {
  if (!holder.silent) {
    return "";
  }
  auto const rows = session.run(
      fmt::format("SELECT string_agg(DISTINCT pid::text, ', ') FROM ({} UNION SELECT pid FROM "
                  "pg_catalog.pg_locks WHERE relation = to_regclass('bellows.lease') AND granted "
                  "AND mode = 'RowShareLock' AND pid <> pg_backend_pid()) AS its",
                  lock_holder),
      {std::to_string(lock_key)});
  return fmt::format(
      "if pid {0} on {1} is only stopped: kill -CONT {0} there; if it, or its host, is gone: "
      "SELECT "
      "pg_terminate_backend(p) FROM unnest(ARRAY[{2}]) p; then bellows resume",
      holder.pid, holder.host, rows.text(0, 0));
}

std::string describe_holder(postgres::Session& session) {
  auto const holder = read_holder(session);
  return holder ? in_words(*holder) : "it is at its end by now";
}

std::string how_to_end_holder(postgres::Session& session) {
  auto const holder = read_holder(session);
  return holder ? how_to_end(session, *holder) : "";
}

}  // namespace bellows::runner
