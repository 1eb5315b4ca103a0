#!/usr/bin/env bash
# PostgreSQL 15.18 and 18.4: a trigger with INSERT INTO history SELECT OLD.* breaks when a column is added, but not in the
# session that had fired it before.
#
# A migration that adds the column and then tries an UPDATE, to be sure, and a test suite on one connection: both see it
# pass. PL/pgSQL has kept what OLD.* stood for when the statement was first planned in this session. Every other session
# plans it anew and fails with 42601 at each UPDATE.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"

for version in 15.18.0-beta.17 18.4.0-beta.17; do
  name=pg${version%%.*}
  start_server "$name" "$version"
  expect "$version: the session that has fired the trigger, adds the column and updates again" "two rows of history: 1, 2" "$(
    sql "$name" "CREATE TABLE item (id int, n int); CREATE TABLE item_history (id int, n int);
      CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN INSERT INTO item_history SELECT OLD.*; RETURN NEW; END';
      CREATE TRIGGER keep BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION keep();
      INSERT INTO item VALUES (1, 1); UPDATE item SET n = 2;
      ALTER TABLE item ADD COLUMN note text;
      UPDATE item SET n = 3;
      SELECT 'two rows of history: ' || string_agg(n::text, ', ' ORDER BY n) FROM item_history;")"
  expect "$version: any other session" "ERROR:  42601: INSERT has more expressions than target columns" "$(
    sql "$name" "UPDATE item SET n = 4;" | grep ERROR)"
done
