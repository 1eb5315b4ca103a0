#!/usr/bin/env bash
# PostgreSQL 18.4: SET NOT NULL does not believe a valid CHECK (c IS NOT NULL) once the column also has a NOT VALID
# not-null constraint.
#
# Since 12 a valid CHECK spares SET NOT NULL the scan, and 18 brought NOT NULL … NOT VALID to do without the CHECK. Who
# has both, because an older migration left the CHECK, expects the proof to count. It does not: SET NOT NULL then turns
# the NOT VALID constraint into a valid one, and for that it reads the whole table, under ACCESS EXCLUSIVE. What reads
# it under SHARE UPDATE EXCLUSIVE is VALIDATE CONSTRAINT.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
start_server pg 18.4.0-beta.17

# Sequential scans of the table by SET NOT NULL, as the transaction's own statistics count them.
scans_of_set_not_null() {  # TABLE
  sql pg "BEGIN; ALTER TABLE $1 ALTER c SET NOT NULL;
          SELECT seq_scan FROM pg_stat_xact_all_tables WHERE relname = '$1'; ROLLBACK;"
}

sql pg "CREATE TABLE proved (id int, c int);
        INSERT INTO proved SELECT g, g FROM generate_series(1, 1000) g;
        ALTER TABLE proved ADD CONSTRAINT filled CHECK (c IS NOT NULL);
        CREATE TABLE doubly (id int, c int);
        INSERT INTO doubly SELECT g, g FROM generate_series(1, 1000) g;
        ALTER TABLE doubly ADD CONSTRAINT filled CHECK (c IS NOT NULL);
        ALTER TABLE doubly ADD CONSTRAINT nn NOT NULL c NOT VALID;"

expect "a valid CHECK alone: scans by SET NOT NULL" 0 "$(scans_of_set_not_null proved)"
expect "a valid CHECK and a NOT VALID not-null: scans by SET NOT NULL" 1 "$(scans_of_set_not_null doubly)"
expect "the strongest lock of VALIDATE CONSTRAINT, which reads it as well" ShareUpdateExclusiveLock "$(
  sql pg "BEGIN; ALTER TABLE doubly VALIDATE CONSTRAINT nn;
          SELECT mode FROM pg_locks WHERE relation = 'doubly'::regclass AND mode LIKE '%Exclusive%'; ROLLBACK;")"
