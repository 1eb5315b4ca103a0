#!/usr/bin/env bash
# PostgreSQL 18.4, publisher and subscriber: a publication's column list follows the column, not its name. Once a new
# column has taken the old one's name, the subscriber stops.
#
# A column list is what one reaches for to keep a helper column from a subscriber: it lists "name", and "name" is what
# both sides have before and after. But the list holds column numbers. When the old column steps aside (RENAME name TO
# name_old; RENAME name_new TO name), the publication goes on sending the old one, now as "name_old", which the
# subscriber has never heard of; at the first row its worker ends, and the slot keeps WAL from there on.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
start_server from 18.4.0-beta.17 wal_level=logical
start_server to 18.4.0-beta.17

sql from "CREATE TABLE person (id int PRIMARY KEY, name text, age int);
          CREATE PUBLICATION outgoing FOR TABLE person (id, name);"
sql to "CREATE TABLE person (id int PRIMARY KEY, name text);
        CREATE SUBSCRIPTION incoming CONNECTION 'host=$work/from user=postgres dbname=postgres' PUBLICATION outgoing;" >/dev/null 2>&1

await() {  # WANTED COMMAND…
  local tries
  for tries in $(seq 200); do
    [ "$("${@:2}")" = "$1" ] && return
    sleep 0.1
  done
  echo "no '$1' after $tries tries of: ${*:2}" >&2
  exit 1
}
sql from "INSERT INTO person VALUES (1, 'Ada', 36)"
await '1|Ada' sql to "SELECT * FROM person"
columns() { sql from "SELECT array_to_string(attnames, ', ') FROM pg_publication_tables"; }
expect "what is published" "id, name" "$(columns)"

sql from "BEGIN;
          ALTER TABLE person ADD COLUMN name_new text;
          ALTER TABLE person RENAME COLUMN name TO name_old;
          ALTER TABLE person RENAME COLUMN name_new TO name;
          COMMIT;"
expect "what is published after another column has become name" "id, name_old" "$(columns)"
sql from "INSERT INTO person (id, name, age) VALUES (2, 'Grace', 85)"
error() { grep -o 'ERROR:  logical.*' "$work/to/log" | head -n 1 || true; }
await 'ERROR:  logical replication target relation "public.person" is missing replicated column: "name_old"' error
expect "the subscriber" 'ERROR:  logical replication target relation "public.person" is missing replicated column: "name_old"' "$(error)"
expect "its rows" '1|Ada' "$(sql to "SELECT * FROM person")"
