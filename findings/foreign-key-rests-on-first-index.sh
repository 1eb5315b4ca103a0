#!/usr/bin/env bash
# PostgreSQL 13.23 and 18.4: a foreign key that names its columns rests on the fitting unique index that was made first, not
# on the primary key. So the primary key can be dropped under it, and a redundant index cannot.
#
# Which index it is stands in pg_constraint.conindid and nowhere in the SQL that pg_dump writes: the same schema,
# restored, may rest on the other one, because constraints are made in another order there.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"

for version in 13.23.0-beta.16 18.4.0-beta.17; do
  name=pg-${version%%.*}
  start_server "$name" "$version"
  sql "$name" "CREATE TABLE account (id int NOT NULL);
      CREATE UNIQUE INDEX account_redundant ON account (id);
      ALTER TABLE account ADD CONSTRAINT account_pkey PRIMARY KEY (id);
      CREATE TABLE entry (account int REFERENCES account (id));"
  expect "$name: the index under the foreign key" account_redundant \
    "$(sql "$name" "SELECT conindid::regclass FROM pg_constraint WHERE contype = 'f'")"
  expect "$name: dropping the primary key (no error)" "" \
    "$(sql "$name" "ALTER TABLE account DROP CONSTRAINT account_pkey")"
  expect "$name: dropping the index beside it" \
    "ERROR:  2BP01: cannot drop index account_redundant because other objects depend on it" \
    "$(sql "$name" "DROP INDEX account_redundant" | head -n 1)"
done
