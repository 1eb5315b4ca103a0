#!/usr/bin/env bash
# PostgreSQL 15.18 and 18.4: INSERT … ON CONFLICT DO UPDATE into a published table without a replica identity fails for
# every row, new ones as well.
#
# UPDATE and DELETE of such a table are known to fail (55000), and INSERT to work. An upsert that meets no conflict is an
# INSERT, yet the check is made when the statement begins: the first upsert after CREATE PUBLICATION fails, whatever is
# in the table. DO NOTHING goes on.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
refused='ERROR:  55000: cannot update table "counter" because it does not have a replica identity and publishes updates'

for version in 15.18.0-beta.17 18.4.0-beta.17; do
  name=pg${version%%.*}
  start_server "$name" "$version" wal_level=logical
  sql "$name" "CREATE TABLE counter (name text UNIQUE, n int); CREATE PUBLICATION outgoing FOR TABLE counter;"
  answer() { sql "$name" "$1 RETURNING 'inserted'" | grep -v HINT; }
  expect "$version: INSERT into the empty table" inserted "$(answer "INSERT INTO counter VALUES ('a', 1)")"
  expect "$version: ON CONFLICT DO NOTHING, no conflict" inserted \
    "$(answer "INSERT INTO counter VALUES ('b', 1) ON CONFLICT (name) DO NOTHING")"
  expect "$version: ON CONFLICT DO UPDATE, no conflict" "$refused" \
    "$(answer "INSERT INTO counter VALUES ('c', 1) ON CONFLICT (name) DO UPDATE SET n = counter.n + 1")"
done
