#!/usr/bin/env bash
# Everything through PgBouncer in transaction mode: a rename, a kill -9 in its backfill, two runners at
# once, contract. The program is the argument. No lock or setting may be left behind on a server
# connection that PgBouncer hands to somebody else.
set -euo pipefail
root=$(realpath "$(dirname "$0")/../..")
program=$(realpath "${1:?the program to test}")
# shellcheck source=scripts/common.sh
source "$root/scripts/common.sh"
export PATH=$PATH:/usr/sbin

rename=20260301090000_rename_users_name

start_pooler() {
  mkdir "$work/pooler"
  cat >"$work/pooler/ini" <<INI
[databases]
sample = host=$work/pg dbname=sample user=postgres
[pgbouncer]
listen_addr =
listen_port = 6432
unix_socket_dir = $work/pooler
auth_type = any
pool_mode = transaction
default_pool_size = 3
logfile = $work/pooler/log
INI
  local as_owner=()
  if [ "$(id -u)" -eq 0 ]; then
    chown -R postgres: "$work/pooler"
    as_owner=(setpriv --reuid postgres --regid postgres --init-groups)
  fi
  "${as_owner[@]}" pgbouncer -q "$work/pooler/ini" &  # a job of ours: ends with us
  await 30 test -S "$work/pooler/.s.PGSQL.6432" || { cat "$work/pooler/log"; die "the pooler does not start"; }
}

# Nothing outlives its runner: no advisory lock, no setting of a batch on a pooled connection.
nothing_is_left() {
  [ "$(query "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")" -eq 0 ]
}

bellows() { "$program" "$@" >"$work/out" 2>&1; }
ends_with() {  # STATUS COMMAND…
  local wanted=$1 status=0
  shift
  "$@" || status=$?
  [ "$status" -eq "$wanted" ] || { cat "$work/out"; die "'$*' ended with $status, expected $wanted"; }
}

begin_throwaway pgbouncer-test
start_pooler
export DATABASE_URL="postgresql://postgres@/sample?host=$work/pooler&port=6432"
mkdir "$work/project" && cp -r "$root/migrations" "$root/plans" "$work/project"
cd "$work/project"

ends_with 0 bellows up --to 20260215090100_create_sessions
query "INSERT INTO users (email, name, password_hash)
       SELECT 'user' || n || '@example.org', 'User ' || n, 'x' FROM generate_series(1, 20000) AS n"

# Small batches with a pause between them: there is time to kill it and to come second.
slowly=(up --to "$rename" --batch-rows 100 --batch-max-rows 100 --batch-pause 10ms)
"$program" "${slowly[@]}" >"$work/first" 2>&1 &
first=$!
written() { [ "$(query "SELECT count(*) FROM users WHERE display_name IS NOT NULL" 2>/dev/null || echo 0)" -ge "$1" ]; }
await 60 written 1000 || { cat "$work/first"; die "the backfill does not begin"; }
ends_with 4 bellows resume --lock-wait 0
kill -9 "$first"
wait "$first" 2>/dev/null || true
await 30 nothing_is_left || die "the killed runner's lock is still there"
! written 20000 || die "it was done before it was killed: nothing was tested"

"$program" resume --batch-rows 100 --batch-max-rows 100 --batch-pause 10ms >"$work/second" 2>&1 &
second=$!
await 60 written 2000 || { cat "$work/second"; die "resume does not go on"; }
ends_with 0 bellows resume --lock-wait 120s
wait "$second" || { cat "$work/second"; die "the resumed run failed"; }
[ "$(query "SELECT count(*) FROM users WHERE display_name IS DISTINCT FROM name")" -eq 0 ] || die "out of step"

ends_with 0 bellows contract --quiet-period 1s
ends_with 0 bellows up
ends_with 0 bellows status --exit-code
[ "$(query "SELECT count(*) FROM users WHERE role = 'admin' AND display_name LIKE 'User %'")" -eq 20000 ] || die "not all rows are there"
nothing_is_left || die "an advisory lock was left behind"
for setting in statement_timeout lock_timeout row_security bellows.backfill; do
  left=$(psql -X -A -t "$DATABASE_URL" -c "SELECT coalesce(current_setting('$setting', true), '')")
  case $setting=$left in
    statement_timeout=0 | lock_timeout=0 | row_security=on | bellows.backfill=) ;;
    *) die "a server connection was given back with $setting = $left" ;;
  esac
done
echo "pgbouncer: all as expected"
