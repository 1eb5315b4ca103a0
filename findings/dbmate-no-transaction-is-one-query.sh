#!/usr/bin/env bash
# dbmate 2.36.0 with PostgreSQL 15.18: in a migration marked transaction:false two CREATE INDEX CONCURRENTLY fail because they
# "cannot run inside a transaction block"; one alone succeeds.
#
# transaction:false reads as: the statements run one by one, each for itself. dbmate then opens no transaction, but it
# sends the whole section as one query, and several statements in one query are a transaction of the server's own making.
# What is in front of the failing statement is undone as well. One such statement a migration, and nothing beside it.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
start_server pg 15.18.0-beta.17
npm_install "$work/node" dbmate@2.36.0
mkdir "$work/migrations"
sql pg "CREATE TABLE item (id int PRIMARY KEY, name text, maker text)"

migrate() {  # FILE STATEMENTS: what it ends with, and its error
  printf '%s\n' "-- migrate:up transaction:false" "$2" "-- migrate:down" >"$work/migrations/$1"
  local code=0
  "$work/node/node_modules/.bin/dbmate" --url "postgres://postgres@/postgres?socket=$work/pg" --no-dump-schema \
    --migrations-dir "$work/migrations" up >"$work/log" 2>&1 || code=$?
  echo "exit $code$(sed -n 's/^Error: /, /p' "$work/log")"
}
indexes() { sql pg "SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relname LIKE 'item\_by\_%'"; }

expect "two indexes in one migration" \
  "exit 2, pq: CREATE INDEX CONCURRENTLY cannot run inside a transaction block (25001)" \
  "$(migrate 1_two.sql "CREATE INDEX CONCURRENTLY item_by_name ON item (name);
CREATE INDEX CONCURRENTLY item_by_maker ON item (maker);")"
expect "a comment on the table in front of one index" \
  "exit 2, pq: CREATE INDEX CONCURRENTLY cannot run inside a transaction block (25001)" \
  "$(migrate 1_two.sql "COMMENT ON TABLE item IS 'for sale';
CREATE INDEX CONCURRENTLY item_by_name ON item (name);")"
expect "indexes, and the comment" "" "$(indexes; sql pg "SELECT obj_description('item'::regclass)")"
expect "one index alone" "exit 0" "$(migrate 1_two.sql "CREATE INDEX CONCURRENTLY item_by_name ON item (name);")"
expect "indexes" "item_by_name" "$(indexes)"
