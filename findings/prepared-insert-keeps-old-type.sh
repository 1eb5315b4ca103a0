#!/usr/bin/env bash
# PostgreSQL 13.23 and 18.4: after a column is swapped for a wider one under its name, a prepared INSERT goes on working, into
# the new column, but with the parameter type of the old one.
#
# A change of type makes the server plan a prepared statement anew, and a prepared SELECT of the column then fails with
# 0A000, which everybody expects of such a swap. The INSERT does not fail, so a smoke test passes. Its parameter stays
# an int: the first value that the swap was made for, 3,000,000,000, is refused with 22003, in old sessions only.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"

for version in 13.23.0-beta.16 18.4.0-beta.17; do
  name=pg-${version%%.*}
  start_server "$name" "$version"
  seen=$(sql "$name" "
    CREATE TABLE t (a int, a_new bigint);
    PREPARE put AS INSERT INTO t (a) VALUES (\$1);
    PREPARE get AS SELECT a FROM t;
    EXECUTE get;
    EXECUTE put(1);
    BEGIN;
    ALTER TABLE t RENAME a TO a_old;
    ALTER TABLE t RENAME a_new TO a;
    COMMIT;
    EXECUTE get;
    EXECUTE put(2);
    EXECUTE put(3000000000);
    DEALLOCATE put;
    PREPARE put AS INSERT INTO t (a) VALUES (\$1);
    EXECUTE put(3000000000);
    SELECT coalesce(a_old::text, '-'), coalesce(a::text, '-') FROM t;")
  expect "$name: SELECT, INSERT of 2 and of 3000000000 prepared before; the latter prepared anew; the rows" \
    "ERROR:  0A000: cached plan must not change result type
ERROR:  22003: integer out of range
1|-
-|2
-|3000000000" "$seen"
done
