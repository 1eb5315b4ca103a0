#!/usr/bin/env bash
# PostgreSQL 18.4: a column with a NOT VALID not-null constraint is NOT NULL to whoever asks the usual places, with NULLs in it.
#
# NOT NULL … NOT VALID is the first half of a NOT NULL that stops nobody, and "not valid" suggests that until the second
# half nothing calls the column NOT NULL. information_schema says is_nullable = NO, pg_attribute.attnotnull is true, and
# psql's \d says "not null": what generates types and models from a schema drops the null, and the old rows still have
# it. Only pg_constraint.convalidated (and psql's \d+) tells.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
start_server pg 18.4.0-beta.17
sql pg "CREATE TABLE t (id int PRIMARY KEY, note text);
        INSERT INTO t VALUES (1, NULL);
        ALTER TABLE t ADD CONSTRAINT note_set NOT NULL note NOT VALID;"
expect "rows with NULL" 1 "$(sql pg "SELECT count(*) FROM t WHERE note IS NULL")"
expect "information_schema.columns.is_nullable" NO \
  "$(sql pg "SELECT is_nullable FROM information_schema.columns WHERE table_name = 't' AND column_name = 'note'")"
expect "pg_attribute.attnotnull" t \
  "$(sql pg "SELECT attnotnull FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'note'")"
expect "psql's \\d" "note|text||not null|" "$(sql pg '\d t' | grep '^note')"
expect "pg_constraint.convalidated" f "$(sql pg "SELECT convalidated FROM pg_constraint WHERE conname = 'note_set'")"
