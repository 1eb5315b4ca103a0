#!/usr/bin/env bash
# PostgreSQL 15.18 and 18.4: ALTER DOMAIN … VALIDATE CONSTRAINT stops writers of every table that uses the domain, as long as it
# reads them.
#
# For a table's constraint NOT VALID and VALIDATE are the way that stops nobody: VALIDATE takes SHARE UPDATE EXCLUSIVE.
# The same two words on a domain take SHARE on each table with such a column, in one transaction, and INSERT, UPDATE and
# DELETE wait until the last of them is read.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"

for version in 15.18.0-beta.17 18.4.0-beta.17; do
  name=pg-${version%%.*}
  start_server "$name" "$version"
  sql "$name" "CREATE DOMAIN age AS int; CREATE TABLE person (a age); CREATE TABLE dog (a age);
               CREATE TABLE plain (a int);
               ALTER DOMAIN age ADD CONSTRAINT positive CHECK (VALUE >= 0) NOT VALID;
               ALTER TABLE plain ADD CONSTRAINT positive CHECK (a >= 0) NOT VALID;"
  locks() {  # STATEMENT
    sql "$name" "BEGIN; $1; SELECT relation::regclass || ' ' || mode FROM pg_locks
                 WHERE relation IN ('person'::regclass, 'dog'::regclass, 'plain'::regclass)
                   AND pid = pg_backend_pid() AND mode LIKE 'Share%' ORDER BY 1; ROLLBACK;"
  }
  expect "$name: VALIDATE of a table's constraint" "plain ShareUpdateExclusiveLock" \
    "$(locks "ALTER TABLE plain VALIDATE CONSTRAINT positive")"
  expect "$name: VALIDATE of a domain's" "dog ShareLock
person ShareLock" "$(locks "ALTER DOMAIN age VALIDATE CONSTRAINT positive")"
done
