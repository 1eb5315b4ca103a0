#include "batcher/job/batch_limits.hpp"

#include <algorithm>

namespace bellows::batcher {
namespace {

using postgres::Rows;
using postgres::Transaction;
using namespace std::chrono_literals;

// A stalled client must not sit on locks, hence the idle timeout. The user's triggers may look for
// bellows.backfill, and need their search_path: it stays. With row_security off a policy that would
// hide rows from us is an error: rows that are not seen would be neither written nor missed. The
// advisory lock, which nobody ever waits for, is how lanes of one job know each other, whatever
// pooler is in between.
// Float keys must be printed so that they read back the same, whatever the role has set; from 1 on
// they are (12 and later).
// Settings and the look are one statement: with stripes a batch is some twenty milliseconds, and
// each round trip counts.
constexpr char const* begin_sql = R"(
WITH held AS MATERIALIZED (
  SELECT locktype, relation, mode, pid, classid, objid FROM pg_catalog.pg_locks
  WHERE granted AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
)
SELECT NOT EXISTS (
         SELECT FROM held
         WHERE locktype = 'relation' AND relation = ANY ($5::oid[])
           AND mode IN ('RowShareLock', 'RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock')
           AND pid NOT IN (SELECT pid FROM held WHERE locktype = 'advisory'
                             AND classid::bigint = hashtext('bellows job') & 4294967295
                             AND objid::bigint = hashtext($3) & 4294967295)),
       (SELECT coalesce(sum(pg_catalog.pg_stat_get_xact_tuples_updated(leaf)), 0)::bigint
        FROM unnest($5::oid[]) AS leaf),
       (SELECT coalesce(sum(pg_catalog.pg_stat_get_xact_tuples_hot_updated(leaf)), 0)::bigint
        FROM unnest($5::oid[]) AS leaf),
       CASE WHEN pg_is_in_recovery() THEN 0
            ELSE (pg_catalog.pg_current_wal_insert_lsn() - '0/0')::bigint END,
       pg_backend_pid(), pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
       set_config('statement_timeout', $1, true), set_config('lock_timeout', $2, true),
       set_config('idle_in_transaction_session_timeout', $4, true),
       set_config('plan_cache_mode', 'force_custom_plan', true),
       set_config('extra_float_digits', greatest(current_setting('extra_float_digits')::int, 1)::text, true),
       set_config('row_security', 'off', true),
       set_config('synchronous_commit', 'off', true),
       set_config('bellows.backfill', 'on', true),
       pg_catalog.pg_advisory_xact_lock_shared(hashtext('bellows job'), hashtext($3)))";

std::string text(std::chrono::milliseconds time) {
  return std::to_string(time.count());  // the unit of PostgreSQL's timeouts
}

}  // namespace

Limits locking_limits(Options const& options, TableFacts const& table) {
  return {options.statement_timeout > 0ms ? options.statement_timeout
                                          : std::max(20 * options.target, 1'000ms),
          std::clamp(table.deadlock_timeout / 2, 1ms, 200ms), options.idle_timeout};
}

Limits lone_limits(Limits const& locking, TableFacts const& table) {
  return {std::clamp(table.deadlock_timeout / 2, 1ms, locking.statement_timeout),
          std::clamp(table.deadlock_timeout / 8, 1ms, 20ms), locking.idle_timeout};
}

bool may_be_lone(std::chrono::microseconds expected, TableFacts const& table) {
  return expected < table.deadlock_timeout * 3 / 8;
}

Begun begin_batch(Transaction& transaction, std::string const& job, Limits const& limits,
                  TableFacts const& table) {
  Rows const looked =
      transaction.run(begin_sql, {text(limits.statement_timeout), text(limits.lock_timeout), job,
                                  text(limits.idle_timeout), table.relations});
  return {looked.truth(0, 0),
          {looked.number(0, 1), looked.number(0, 2), looked.number(0, 3)},
          static_cast<int>(looked.number(0, 4)),
          looked.number(0, 5)};
}

void set_limits(Transaction& transaction, Limits const& limits) {
  transaction.run(
      "SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $2, true)",
      {text(limits.statement_timeout), text(limits.lock_timeout)});
}

Updates end_writing(Transaction& transaction, Limits const& limits, TableFacts const& table,
                    Flush flush) {
  Rows const rows = transaction.run(
      "SELECT coalesce(sum(pg_catalog.pg_stat_get_xact_tuples_updated(leaf)), 0)::bigint,"
      " coalesce(sum(pg_catalog.pg_stat_get_xact_tuples_hot_updated(leaf)), 0)::bigint,"
      " CASE WHEN pg_is_in_recovery() THEN 0"
      " ELSE (pg_catalog.pg_current_wal_insert_lsn() - '0/0')::bigint END,"
      " set_config('statement_timeout', $2, true), set_config('lock_timeout', $3, true),"
      " set_config('synchronous_commit', $4, true)"
      " FROM unnest($1::oid[]) AS leaf",
      {table.relations, text(limits.statement_timeout), text(limits.lock_timeout),
       flush == Flush::ByCommit ? "local" : "off"});
  return {rows.number(0, 0), rows.number(0, 1), rows.number(0, 2)};
}

void commit_on_disk(Transaction& transaction) {
  // reset_val is what the session, the role, the database or the server set.
  transaction.run(
      "SELECT set_config('synchronous_commit', reset_val, true) FROM pg_catalog.pg_settings"
      " WHERE name = 'synchronous_commit'");
}

}  // namespace bellows::batcher
