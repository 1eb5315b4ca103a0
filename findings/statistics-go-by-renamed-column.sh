#!/usr/bin/env bash
# PostgreSQL 15.18 and 18.4: after a column is renamed, pg_stat_statements goes on counting the statements that use the new
# name under the text with the old one.
#
# Whether an application still asks for a column is looked up there: text with the old name, and calls that grow. But a
# statement is known by what its names stand for, the column's number, not the name; the text is that of whoever asked
# first. A rename changes no number, so the new application's calls are added to the old application's text, and the
# old name is in use for ever. And once a new column takes the old name, two rows have one text. Reset the statistics
# behind the rename, or leave the text aside.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
seen="SELECT calls || ': ' || query FROM pg_stat_statements WHERE query LIKE '%FROM users%' ORDER BY calls DESC"

for version in 15.18.0-beta.17 18.4.0-beta.17; do
  name=pg-${version%%.*}
  start_server "$name" "$version" shared_preload_libraries=pg_stat_statements
  sql "$name" "CREATE EXTENSION pg_stat_statements;
      CREATE TABLE users (id int PRIMARY KEY, name text);"
  sql "$name" "SELECT name FROM users WHERE id = 1"
  sql "$name" "ALTER TABLE users RENAME COLUMN name TO display_name"
  for _ in 1 2 3; do sql "$name" "SELECT display_name FROM users WHERE id = 1"; done
  expect "$name, one call by the old name, a rename, three calls by the new name" \
    "4: SELECT name FROM users WHERE id = \$1" "$(sql "$name" "$seen")"
  sql "$name" "ALTER TABLE users ADD COLUMN name text"
  sql "$name" "SELECT name FROM users WHERE id = 1"
  expect "$name, a new column has the old name, one call" "4: SELECT name FROM users WHERE id = \$1
1: SELECT name FROM users WHERE id = \$1" "$(sql "$name" "$seen")"
done
