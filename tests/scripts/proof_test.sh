#!/usr/bin/env bash
# scripts/sample: the proof passes a rename that loses nothing, and fails the one that people write by
# hand. Without the second half, a proof that always passes would go unnoticed.
set -euo pipefail
root=$(realpath "$(dirname "$0")/../..")
# shellcheck source=scripts/common.sh
source "$root/scripts/common.sh"

naive="ALTER TABLE users ADD COLUMN display_name varchar(100);"
in_step="
CREATE FUNCTION in_step() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN
  IF TG_OP = 'INSERT' AND NEW.display_name IS NULL THEN NEW.display_name := NEW.name;
  ELSIF TG_OP = 'UPDATE' AND NEW.display_name IS NOT DISTINCT FROM OLD.display_name THEN NEW.display_name := NEW.name;
  ELSE NEW.name := NEW.display_name;
  END IF;
  RETURN NEW;
END \$\$;
BEGIN;
ALTER TABLE users ADD COLUMN display_name varchar(100);
CREATE TRIGGER in_step BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION in_step();
COMMIT;"

both_have_written() { [ "$(query "SELECT last_value >= $1 FROM proof.write_order")" = t ]; }

# Everything that the quickstart does, with EXPAND in place of bellows and one UPDATE as the backfill.
rename_with() {  # EXPAND
  local up old new
  query "DROP SCHEMA IF EXISTS proof CASCADE; DROP TABLE IF EXISTS sessions, users; DROP FUNCTION IF EXISTS in_step" 2>/dev/null
  for up in 20260215090000_create_users 20260215090100_create_sessions; do
    query "$(sed '/^-- bellows: down/,$d' "$root/migrations/$up.sql")"
  done
  psql -X -q -v ON_ERROR_STOP=1 "$DATABASE_URL" -f "$root/scripts/sample/load.sql"
  "$root/scripts/sample/application" --host "$work/pg" --column name --log "$work/old.log" &
  old=$!
  "$root/scripts/sample/application" --host "$work/pg" --column display_name --log "$work/new.log" --seed 2 &
  new=$!
  await 60 both_have_written 50 || die "the old application does not write"
  psql -X -q -v ON_ERROR_STOP=1 "$DATABASE_URL" -c "$1"
  await 60 both_have_written 400 || die "the new application does not write"
  query "UPDATE users SET display_name = name WHERE display_name IS DISTINCT FROM name"
  kill -TERM "$old" "$new"
  wait "$old" "$new"
  "$root/scripts/sample/proof" --host "$work/pg" "$work/old.log" "$work/new.log"
}

# How long a statement waits behind that one UPDATE is not what this test is about.
good() { grep -F -- "$1" "$work/out" | grep -q ' ok$' || { cat "$work/out"; die "expected ok: $1"; }; }
bad() { grep -F -- "$1" "$work/out" | grep -q ' WRONG$' || { cat "$work/out"; die "expected WRONG: $1"; }; }

begin_throwaway proof-test
rename_with "$in_step" >"$work/out" || true
good "of these, lost"
good "of these, written twice"
good "of these, failed"
good "rows that nobody wrote and that changed"

if rename_with "$naive" >"$work/out"; then cat "$work/out"; die "the proof passes a rename that loses writes"; fi
bad "of these, lost"

query "INSERT INTO proof.backfilled SELECT * FROM proof.backfilled LIMIT 1"
"$root/scripts/sample/proof" --host "$work/pg" "$work/old.log" "$work/new.log" >"$work/out" || true
bad "of these, written twice"
echo "proof: all as expected"
