#!/usr/bin/env bash
# PostgreSQL 19~rc1: REPACK (CONCURRENTLY) does not begin before every transaction of the server that has written has
# ended, those of other databases too; and so there is one at a time, whatever max_repack_replication_slots says.
#
# CREATE INDEX CONCURRENTLY waits for transactions of its own database, and five slots suggest five REPACKs side by
# side. But the changes are read by logical decoding, which begins where no transaction of the server is half done, and
# a REPACK is itself a transaction with an id to its end. lock_timeout ends the wait; it ends the one for ACCESS
# EXCLUSIVE at the end as well, and with it all the work.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
start_experimental_server pg 19

sql pg "CREATE DATABASE elsewhere"
sql pg "CREATE TABLE one (id int PRIMARY KEY); CREATE TABLE two (id int PRIMARY KEY);"
impatient=(env "PGOPTIONS=-c lock_timeout=1s" psql -X -q -h "$work/pg" -U postgres -d postgres)

expect "max_repack_replication_slots" "5" "$(sql pg "SHOW max_repack_replication_slots")"
expect "beside an open transaction of another database" \
  "ERROR:  canceling statement due to lock timeout
committed" "$(psql -X -q -A -t -h "$work/pg" -U postgres -d elsewhere 2>&1 <<SQL
BEGIN;
CREATE TABLE unrelated ();
\\! ${impatient[*]@Q} -c "REPACK (CONCURRENTLY) one" 2>&1 | grep ERROR
COMMIT;
SELECT 'committed';
SQL
)"
expect "behind it" "" "$("${impatient[@]}" -c "REPACK (CONCURRENTLY) one" 2>&1)"

# One that is nearly done, and waits for a reader of its table: the other table's does not begin.
cat >"$work/until-it-catches-up" <<SH
for i in \$(seq 300); do
  [ "\$(psql -X -q -A -t -h "$work/pg" -U postgres -c "SELECT phase FROM pg_stat_progress_repack")" != catch-up ] || exit 0
  sleep 0.1
done
echo "it does not come to its end"
SH
expect "beside another REPACK (CONCURRENTLY), of another table" \
  "ERROR:  canceling statement due to lock timeout
1" "$(psql -X -q -A -t -h "$work/pg" -U postgres -d postgres 2>&1 <<SQL
BEGIN;
SELECT FROM one;
\\! psql -X -q -h "$work/pg" -U postgres -d postgres -c "REPACK (CONCURRENTLY) one" &
\\! sh "$work/until-it-catches-up"
\\! ${impatient[*]@Q} -c "REPACK (CONCURRENTLY) two" 2>&1 | grep ERROR
SELECT count(*) FROM pg_stat_progress_repack WHERE relid = 'one'::regclass;
COMMIT;
SQL
)"
