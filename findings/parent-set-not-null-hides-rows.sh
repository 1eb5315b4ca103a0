#!/usr/bin/env bash
# PostgreSQL 18.4: SET NOT NULL on a partitioned table succeeds over a partition that holds NULLs, when that partition
# has a NOT VALID not-null of its own; afterwards queries on the parent do not find those rows.
#
# The parent's constraint is marked valid without a look into the partition. The planner believes it, so IS NULL on the
# parent becomes "false" before anything is read: SELECT, UPDATE and DELETE by it touch nothing, while the partition,
# asked by name, shows the row. Validate the partitions' constraints first.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
start_server pg 18.4.0-beta.17

sql pg "CREATE TABLE event (id int, v int) PARTITION BY RANGE (id);
        CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM (0) TO (100);
        INSERT INTO event VALUES (1, NULL), (2, 2);
        ALTER TABLE event_1 ADD CONSTRAINT nn NOT NULL v NOT VALID;"

expect "SET NOT NULL on the parent (no error)" "" "$(sql pg "ALTER TABLE event ALTER v SET NOT NULL")"
expect "rows with NULL: all rows counted through the parent, found through it by IS NULL, found in the partition" \
  "2 0 1" "$(sql pg "SELECT (SELECT count(*) FROM event) || ' ' || (SELECT count(*) FROM event WHERE v IS NULL)
                     || ' ' || (SELECT count(*) FROM event_1 WHERE v IS NULL)")"
expect "the partition's row is there all the same" "1|" "$(sql pg "SELECT * FROM event_1 WHERE id = 1")"
expect "UPDATE … WHERE v IS NULL through the parent" "UPDATE 0" "$(
  psql -X -A -t -h "$work/pg" -U postgres -d postgres -c "UPDATE event SET v = 0 WHERE v IS NULL")"
expect "convalidated: parent, partition" "event t
event_1 f" "$(sql pg "SELECT conrelid::regclass || ' ' || left(convalidated::text, 1) FROM pg_constraint
                      WHERE contype = 'n' AND conrelid::regclass::text LIKE 'event%' ORDER BY 1")"
