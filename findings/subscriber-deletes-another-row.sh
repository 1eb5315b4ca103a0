#!/usr/bin/env bash
# PostgreSQL 18.4: REPLICA IDENTITY USING INDEX takes a unique index whose column is not null only NOT VALID. A DELETE of one row
# with NULL there is published, and the subscriber deletes another row.
#
# "The index must be unique and its columns NOT NULL" is what makes an identity; a constraint that is not validated
# counts as NOT NULL for that check. A row with NULL is sent with NULL as its key; the subscriber looks it up and deletes
# the first one it finds. No error, no count: the two tables merely differ from then on. Validate the constraint first.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
start_server from 18.4.0-beta.17 wal_level=logical
start_server to 18.4.0-beta.17

# Both sides have the same table, rows and identity, as after a restore.
for side in from to; do
  sql $side "CREATE TABLE t (code int, name text);
             INSERT INTO t VALUES (1, 'one'), (NULL, 'first of none'), (NULL, 'second of none');
             CREATE UNIQUE INDEX t_code ON t (code);
             ALTER TABLE t ADD CONSTRAINT nn NOT NULL code NOT VALID;"
  expect "$side: REPLICA IDENTITY over a NOT VALID not-null (no error)" "" \
    "$(sql $side "ALTER TABLE t REPLICA IDENTITY USING INDEX t_code")"
done
sql from "CREATE PUBLICATION p FOR TABLE t"
sql to "CREATE SUBSCRIPTION s CONNECTION 'host=$work/from user=postgres dbname=postgres' PUBLICATION p
        WITH (copy_data = false)" >/dev/null

until_it_is() {  # SERVER QUERY
  for _ in $(seq 300); do [ "$(sql "$1" "$2")" != t ] || return 0; sleep 0.1; done
  echo "never true: $2" >&2
  return 1
}
until_it_is to "SELECT every(srsubstate = 'r') FROM pg_subscription_rel"
sql from "DELETE FROM t WHERE name = 'second of none'; INSERT INTO t VALUES (2, 'two');"
until_it_is to "SELECT count(*) > 0 FROM t WHERE code = 2"
names="SELECT string_agg(name, ', ' ORDER BY name) FROM t"
expect "left on the publisher, after a DELETE of 'second of none'" "first of none, one, two" "$(sql from "$names")"
expect "left on the subscriber" "one, second of none, two" "$(sql to "$names")"
