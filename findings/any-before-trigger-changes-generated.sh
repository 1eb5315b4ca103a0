#!/usr/bin/env bash
# PostgreSQL 13.23 to 18.4: one BEFORE UPDATE trigger, whatever it does, makes every UPDATE OF trigger on a stored generated
# column fire, whichever column the UPDATE set.
#
# UPDATE OF looks at the SET list, and a generated column counts as set when one of its base columns is. But a BEFORE
# trigger might change any base column, so as soon as the table has one, all generated columns count. An audit trigger
# on "total changed" then logs every UPDATE from the day somebody adds an unrelated updated_at trigger.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"

for version in 13.23.0-beta.16 15.18.0-beta.17 18.4.0-beta.17; do
  name=pg-${version%%.*}
  start_server "$name" "$version"
  sql "$name" "CREATE TABLE item (id int, price int, note text, total int GENERATED ALWAYS AS (price * 2) STORED);
      INSERT INTO item VALUES (1, 10, 'a');
      CREATE FUNCTION says() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE WARNING ''total''; RETURN NULL; END';
      CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER audit AFTER UPDATE OF total ON item FOR EACH ROW EXECUTE FUNCTION says();"
  expect "$name: SET note fires the trigger on total" "" "$(sql "$name" "UPDATE item SET note = 'b'")"
  sql "$name" "CREATE TRIGGER stamp BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION nothing();"
  expect "$name: the same, beside a BEFORE trigger that does nothing" "WARNING:  01000: total" \
    "$(sql "$name" "UPDATE item SET note = 'c'")"
done
