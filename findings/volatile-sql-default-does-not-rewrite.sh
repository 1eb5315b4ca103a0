#!/usr/bin/env bash
# PostgreSQL 15.18 and 18.4: ADD COLUMN with a VOLATILE function as its default rewrites the table, unless the function
# is written in SQL and its body is not volatile.
#
# The manual says that a volatile DEFAULT means a rewrite, and pg_proc.provolatile looks like the place to read it from.
# But a function in SQL is put in place of its call before the server asks, and then it is the body that counts: with
# the same label and the same body, LANGUAGE sql costs an instant and LANGUAGE plpgsql a rewrite under ACCESS EXCLUSIVE.
# VOLATILE is what a function is when nothing is said, so most are.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"

# Whether the file of the table is another one afterwards.
rewritten_by_default() {  # NAME EXPRESSION
  sql "$1" "BEGIN; SELECT relfilenode AS before FROM pg_class WHERE relname = 'account' \\gset
            ALTER TABLE account ADD COLUMN plan text DEFAULT $2;
            SELECT CASE WHEN relfilenode <> :before THEN 'rewritten' ELSE 'kept' END FROM pg_class WHERE relname = 'account';
            ROLLBACK;"
}

for version in 15.18.0-beta.17 18.4.0-beta.17; do
  name=pg${version%%.*}
  start_server "$name" "$version"
  sql "$name" "CREATE TABLE account (id int); INSERT INTO account SELECT generate_series(1, 1000);
    CREATE FUNCTION in_sql() RETURNS text VOLATILE LANGUAGE sql AS 'SELECT ''free''';
    CREATE FUNCTION in_plpgsql() RETURNS text VOLATILE LANGUAGE plpgsql AS 'BEGIN RETURN ''free''; END';
    CREATE FUNCTION sql_on_random() RETURNS text VOLATILE LANGUAGE sql AS 'SELECT random()::text';"
  expect "$version: DEFAULT of a VOLATILE function in SQL, its body a constant" kept "$(rewritten_by_default "$name" 'in_sql()')"
  expect "$version: the same in PL/pgSQL" rewritten "$(rewritten_by_default "$name" 'in_plpgsql()')"
  expect "$version: in SQL again, its body volatile" rewritten "$(rewritten_by_default "$name" 'sql_on_random()')"
done
