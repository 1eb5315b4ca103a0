#!/usr/bin/env bash
# node-pg-migrate 9.0.0 with PostgreSQL 15.18: with --advisory-lock-mode wait, a second deployment that only waits for its
# turn makes the first one's CREATE INDEX CONCURRENTLY fail with "deadlock detected", and leaves an INVALID index.
#
# An advisory lock is about nothing in the database, and whoever waits for it has not begun anything. But
# SELECT pg_advisory_lock(…) is a statement like any other: as long as it waits it has a snapshot, and CREATE INDEX
# CONCURRENTLY waits at its end for everybody who has an older one. So the index waits for the waiting runner, which
# waits for the index. Once the runner has waited for longer than deadlock_timeout it is the index that fails. It hits
# every tool that waits within pg_advisory_lock(); asking pg_try_advisory_lock() again and again holds nothing.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
start_server pg 15.18.0-beta.17
npm_install "$work/node" node-pg-migrate@9.0.0 pg@8.23.1
mkdir "$work/node/migrations"
sql pg "CREATE TABLE item (id int PRIMARY KEY, name text)"

# What stands in front of the index takes until a second runner has waited for two seconds; once there is an index, no
# time at all.
cat >"$work/node/migrations/1700000000001_index.js" <<'JS'
const late = `SELECT to_regclass('item_name_index') IS NOT NULL OR EXISTS (
                SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
                AND waitstart < clock_timestamp() - interval '2 s') AS enough`;
exports.up = async (pgm) => {
  pgm.noTransaction();
  while (!(await pgm.db.query(late)).rows[0].enough) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  pgm.createIndex("item", "name", { concurrently: true });
};
exports.down = false;
JS
migrate() {  # what it ends with, and its error
  local code=0
  (cd "$work/node" && DATABASE_URL="postgres://postgres@/postgres?host=$work/pg" \
    timeout 60 npx node-pg-migrate up --advisory-lock-mode wait) >"$work/$1.log" 2>&1 || code=$?
  echo "exit $code$(sed -n 's/^error: /, /p' "$work/$1.log" | sort -u)"
}
migrate one >"$work/one" &
migrate two >"$work/two" &
wait
expect "two deployments at once: how they end" "exit 1, deadlock detected
exit 1, relation \"item_name_index\" already exists" "$(sort "$work/one" "$work/two")"
expect "indexes of the table, and whether they are valid" "item_name_index false
item_pkey true" "$(sql pg "SELECT indexrelid::regclass || ' ' || indisvalid FROM pg_index
    WHERE indrelid = 'item'::regclass ORDER BY 1")"
expect "migrations that are done" "" "$(sql pg "SELECT name FROM pgmigrations")"
