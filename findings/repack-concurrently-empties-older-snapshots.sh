#!/usr/bin/env bash
# PostgreSQL 19~rc1: to a transaction whose snapshot is older than a REPACK (CONCURRENTLY), the table has no rows
# afterwards. There is no error.
#
# VACUUM FULL, CLUSTER and REPACK without CONCURRENTLY keep every row version with the transactions that made and
# removed it, so older snapshots go on seeing what they saw. REPACK (CONCURRENTLY) inserts the rows anew, by its own
# transaction, which an older snapshot does not see. Who has read the table already holds a lock that makes REPACK
# wait; who has not yet (REPEATABLE READ, SERIALIZABLE, a report over several tables) reads nothing, and computes on.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
start_experimental_server pg 19

sql pg "CREATE TABLE account (id int PRIMARY KEY, balance int);
        INSERT INTO account SELECT i, 100 FROM generate_series(1, 1000) i;"

# An older snapshot, taken before COMMAND and used behind it.
counted_around() {  # COMMAND
  psql -X -q -A -t -h "$work/pg" -U postgres -d postgres 2>&1 <<SQL
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT 'a snapshot' FROM pg_class LIMIT 1;
\\! psql -X -q -h "$work/pg" -U postgres -d postgres -c "$1"
SELECT count(*) || ' rows, ' || coalesce(sum(balance)::text, 'NULL') || ' in all' FROM account;
COMMIT;
SQL
}

expect "around REPACK account" "a snapshot
1000 rows, 100000 in all" "$(counted_around "REPACK account")"
expect "around REPACK (CONCURRENTLY) account" "a snapshot
0 rows, NULL in all" "$(counted_around "REPACK (CONCURRENTLY) account")"
expect "and behind it, with a snapshot of its own" "1000|100000" "$(sql pg "SELECT count(*), sum(balance) FROM account")"
