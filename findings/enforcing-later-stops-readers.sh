#!/usr/bin/env bash
# PostgreSQL 18.4: a foreign key that is added NOT ENFORCED and enforced later is checked under ACCESS EXCLUSIVE.
#
# NOT ENFORCED is new in 18 and looks like a better NOT VALID: nothing is read when it is added, and later it is
# enforced. But ALTER CONSTRAINT … ENFORCED does both halves at once: it takes ACCESS EXCLUSIVE on the referencing table,
# SHARE ROW EXCLUSIVE on the referenced one, and reads both tables while it has them, so nobody reads the table as long
# as that lasts. NOT VALID with VALIDATE reads under SHARE UPDATE EXCLUSIVE, beside which everybody reads and writes.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
start_server pg 18.4.0-beta.17
sql pg "CREATE TABLE maker (id int PRIMARY KEY);
        CREATE TABLE item (id int PRIMARY KEY, maker_id int);
        INSERT INTO maker VALUES (1);
        INSERT INTO item SELECT g, 1 FROM generate_series(1, 1000) g;"

strongest() {  # STATEMENT: the strongest lock it takes on each table, and the rows that it reads there
  sql pg "BEGIN; $1;
          SELECT DISTINCT ON (relname) relname || ' ' || mode || ', rows read: ' || seq_tup_read
          FROM pg_locks JOIN pg_stat_xact_user_tables ON relid = relation
          WHERE pid = pg_backend_pid()
          ORDER BY relname, array_position('{AccessExclusiveLock,ShareRowExclusiveLock,ShareUpdateExclusiveLock,
                                             RowExclusiveLock,RowShareLock,AccessShareLock}', mode);
          COMMIT;" | sort
}

sql pg "ALTER TABLE item ADD CONSTRAINT enforced FOREIGN KEY (maker_id) REFERENCES maker NOT ENFORCED"
expect "ALTER CONSTRAINT … ENFORCED" "item AccessExclusiveLock, rows read: 1000
maker ShareRowExclusiveLock, rows read: 1" "$(strongest "ALTER TABLE item ALTER CONSTRAINT enforced ENFORCED")"
sql pg "ALTER TABLE item ADD CONSTRAINT validated FOREIGN KEY (maker_id) REFERENCES maker NOT VALID"
expect "VALIDATE CONSTRAINT" "item ShareUpdateExclusiveLock, rows read: 1000
maker RowShareLock, rows read: 1" "$(strongest "ALTER TABLE item VALIDATE CONSTRAINT validated")"
