#!/usr/bin/env bash
# PostgreSQL 13.23 to 18.4: a column that was an enum and is text now still needs the enum: its DEFAULT is a constant of
# the old type, converted. DROP TYPE is refused for a column that is text, and with CASCADE takes the DEFAULT away.
#
# ALTER COLUMN … TYPE converts the rows and wraps the default (information_schema still shows the enum's name in it).
# Whoever then drops the type that no column has, with CASCADE because it is "only the default", finds NULLs in what the
# application leaves out. SET DEFAULT to the same word frees it.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"

for version in 13.23.0-beta.16 15.18.0-beta.17 18.4.0-beta.17; do
  name=pg-${version%%.*}
  start_server "$name" "$version"
  sql "$name" "CREATE TYPE mood AS ENUM ('calm', 'busy');
      CREATE TABLE person (id int, mood mood DEFAULT 'calm');
      ALTER TABLE person ALTER COLUMN mood TYPE text;"
  expect "$name: no column has the type, and yet" \
    "ERROR:  2BP01: cannot drop type mood because other objects depend on it
DETAIL:  default value for column mood of table person depends on type mood
HINT:  Use DROP ... CASCADE to drop the dependent objects too." "$(sql "$name" "DROP TYPE mood")"
  expect "$name: with CASCADE, a row that leaves it out" "NULL" "$(sql "$name" "SET client_min_messages = warning;
      BEGIN; DROP TYPE mood CASCADE; INSERT INTO person VALUES (1); SELECT coalesce(mood, 'NULL') FROM person; ROLLBACK")"
  expect "$name: SET DEFAULT to the same word first" "calm" "$(sql "$name" "
      BEGIN; ALTER TABLE person ALTER COLUMN mood SET DEFAULT 'calm'; DROP TYPE mood; INSERT INTO person VALUES (1);
      SELECT mood FROM person; ROLLBACK")"
done
