#!/usr/bin/env bash
# PostgreSQL 14.23, 15.18 and 16.14: SELECT 1_000 is 1 on 14, an error on 15, and a thousand since 16.
#
# Digits may be grouped by underscores since 16, so a migration that copies `SELECT id, 1_000 FROM …` is expected to
# fail on older servers. Before 15 a number ends where it stops being one, and what follows is the column's label
# without AS: the statement is taken, and writes 1. In VALUES and SET, where there is no label, 14 refuses it as well.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"

see() {  # MAJOR VERSION COPIED VALUES
  start_server "pg$1" "$2"
  sql "pg$1" "CREATE TABLE account (id int, credit int)"
  expect "$2: INSERT … SELECT 1, 1_000" "$3" \
    "$(sql "pg$1" "INSERT INTO account SELECT 1, 1_000 RETURNING credit")"
  expect "$2: VALUES (1, 1_000)" "$4" "$(sql "pg$1" "INSERT INTO account VALUES (1, 1_000) RETURNING credit")"
}

junk='ERROR:  42601: trailing junk after numeric literal at or near "1_000"'
see 14 14.23.0-beta.17 1 'ERROR:  42601: syntax error at or near "_000"'
see 15 15.18.0-beta.17 "$junk" "$junk"
see 16 16.14.0-beta.17 1000 1000
