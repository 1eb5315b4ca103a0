#!/usr/bin/env bash
# node-pg-migrate 9.0.0 with PostgreSQL 15.18: an SQL migration whose up marker is missing or misspelled is run whole, the down
# section with it, and is recorded as done.
#
# With "-- Up Migration" and "-- Down Migration" in a file one expects that, without the first, the part in front of the
# second one is "up". It is the whole file: the table is made and dropped in one transaction, `up` says that all went
# well, and the next `up` has nothing to do.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
start_server pg 15.18.0-beta.17
npm_install "$work/node" node-pg-migrate@9.0.0 pg@8.23.1
mkdir "$work/node/migrations"

migrate() {
  (cd "$work/node" && DATABASE_URL="postgres://postgres@/postgres?host=$work/pg" \
    node_modules/.bin/node-pg-migrate up >out 2>&1 </dev/null) && echo "exit 0" || echo "exit $?"
}
printf '%s\n' '-- Migrate Up' 'CREATE TABLE invoice (id int);' '-- Down Migration' 'DROP TABLE invoice;' \
  >"$work/node/migrations/1700000000001_invoice.sql"
expect "up, of a file that begins with '-- Migrate Up'" "exit 0" "$(migrate)"
expect "the table, and what is recorded" "|1700000000001_invoice" \
  "$(sql pg "SELECT to_regclass('invoice'), name FROM pgmigrations")"
printf '%s\n' '-- Up Migration' 'CREATE TABLE invoice_line (id int);' '-- Down Migration' 'DROP TABLE invoice_line;' \
  >"$work/node/migrations/1700000000002_line.sql"
expect "the same with the right marker: up, and the table" "exit 0
invoice_line" "$(migrate; sql pg "SELECT to_regclass('invoice_line')")"
