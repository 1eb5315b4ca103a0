#!/usr/bin/env bash
# PostgreSQL 15.18 and 18.4: changing a column from a domain over varchar(5) to varchar(5), the very type that is stored,
# rewrites the table; to text it does not.
#
# A domain without a constraint is its base type with another name, and from varchar(5) into the domain nothing is
# touched. Out of it the length is what costs: a cast to varchar(n) is only left out where the old column's own length
# is known to be no greater, and a column of a domain has none (its atttypmod is -1; the 5 stands in pg_type).
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"

by_alter() {  # NAME ACTION
  sql "$1" "BEGIN; SELECT relfilenode AS before FROM pg_class WHERE relname = 'place' \\gset
            ALTER TABLE place ALTER COLUMN $2;
            SELECT CASE WHEN relfilenode <> :before THEN 'rewritten' ELSE 'kept' END FROM pg_class WHERE relname = 'place';
            ROLLBACK;"
}

for version in 15.18.0-beta.17 18.4.0-beta.17; do
  name=pg${version%%.*}
  start_server "$name" "$version"
  sql "$name" "CREATE DOMAIN zip AS varchar(5); CREATE TABLE place (code zip, plain varchar(5));
               INSERT INTO place SELECT '12345', '12345' FROM generate_series(1, 1000);"
  expect "$version: varchar(5) to the domain over varchar(5)" kept "$(by_alter "$name" 'plain TYPE zip')"
  expect "$version: the domain to varchar(5)" rewritten "$(by_alter "$name" 'code TYPE varchar(5)')"
  expect "$version: the domain to varchar(10)" rewritten "$(by_alter "$name" 'code TYPE varchar(10)')"
  expect "$version: the domain to text" kept "$(by_alter "$name" 'code TYPE text')"
done
