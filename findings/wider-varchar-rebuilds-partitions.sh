#!/usr/bin/env bash
# PostgreSQL 13.23 to 18.4: a wider varchar builds every index over the column anew where the table is partitioned,
# and none where it is not. Even a change to the type that the column has does.
#
# That varchar(10) to varchar(20) touches neither rows nor indexes is in the release notes of 9.2, and what people plan
# by. To keep an index ALTER TABLE compares its old definition and takes its file over. The index of a partitioned
# table has no file, so there is nothing to take over, and what it makes on the partitions is built from nothing: for
# as long as that takes, nobody reads or writes any of them (ACCESS EXCLUSIVE). An index that a partition has by itself
# is kept.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"

# Which indexes have another file after a change of type, which is rolled back.
rebuilt() {  # SERVER TABLE TYPE
  sql "$1" "BEGIN;
      CREATE TEMP TABLE before ON COMMIT DROP AS SELECT oid::regclass::text AS name, relfilenode FROM pg_class
        WHERE relkind = 'i' AND relname ~ '^(plain|whole)';
      ALTER TABLE $2 ALTER COLUMN code TYPE $3;
      SELECT coalesce(string_agg(name, ', ' ORDER BY name), 'none') FROM before
        WHERE relfilenode IS DISTINCT FROM (SELECT relfilenode FROM pg_class WHERE oid = to_regclass(name));
      ROLLBACK;"
}

for version in 13.23.0-beta.16 15.18.0-beta.17 18.4.0-beta.17; do
  name=pg-${version%%.*}
  start_server "$name" "$version"
  sql "$name" "CREATE TABLE plain (id int PRIMARY KEY, code varchar(10));
      CREATE INDEX plain_code ON plain (code);
      CREATE TABLE whole (id int PRIMARY KEY, code varchar(10)) PARTITION BY RANGE (id);
      CREATE TABLE whole_1 PARTITION OF whole FOR VALUES FROM (0) TO (1000);
      CREATE INDEX whole_code ON whole (code);
      CREATE INDEX whole_1_alone ON whole_1 (code, id);"
  expect "$name: a plain table, varchar(20)" "none" "$(rebuilt "$name" plain 'varchar(20)')"
  expect "$name: a partitioned one, varchar(20)" "whole_1_code_idx" "$(rebuilt "$name" whole 'varchar(20)')"
  expect "$name: a partitioned one, varchar(10), which it is" "whole_1_code_idx" \
    "$(rebuilt "$name" whole 'varchar(10)')"
done
