#!/usr/bin/env bash
# PostgreSQL 15.18 with its pg_dump: a data-only restore with --disable-triggers leaves disabled triggers enabled, and
# takes ENABLE ALWAYS and ENABLE REPLICA back.
#
# What disables triggers for a while is expected to put them back as they were. pg_dump writes DISABLE TRIGGER ALL and
# ENABLE TRIGGER ALL around the rows, and the second means "enabled, in sessions that are no replica", whatever each
# trigger was before. A trigger that someone had turned off fires again; one that also has to fire for what logical
# replication applies (ENABLE ALWAYS) no longer does. Test frameworks that load fixtures write the same pair.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
start_server pg 15.18.0-beta.17

sql pg "CREATE TABLE invoice (id int);
  CREATE FUNCTION pass() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER audit BEFORE INSERT ON invoice FOR EACH ROW EXECUTE FUNCTION pass();
  CREATE TRIGGER retired BEFORE INSERT ON invoice FOR EACH ROW EXECUTE FUNCTION pass();
  CREATE TRIGGER sync BEFORE INSERT ON invoice FOR EACH ROW EXECUTE FUNCTION pass();
  ALTER TABLE invoice DISABLE TRIGGER retired;
  ALTER TABLE invoice ENABLE ALWAYS TRIGGER sync;
  INSERT INTO invoice VALUES (1);"
states() { sql pg "SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 'invoice'::regclass ORDER BY tgname"; }
expect "the triggers before (O enabled, D disabled, A always)" $'audit|O\nretired|D\nsync|A' "$(states)"

pg_dump -h "$work/pg" -U postgres --data-only --disable-triggers --table invoice postgres >"$work/rows.sql"
expect "what the dump does to triggers" $'ALTER TABLE public.invoice DISABLE TRIGGER ALL;\nALTER TABLE public.invoice ENABLE TRIGGER ALL;' \
  "$(grep TRIGGER "$work/rows.sql" | grep ALTER)"
sql pg "TRUNCATE invoice;"
psql -X -q -h "$work/pg" -U postgres -d postgres -v ON_ERROR_STOP=1 -f "$work/rows.sql" >/dev/null
expect "the triggers after the rows were restored" $'audit|O\nretired|O\nsync|O' "$(states)"
