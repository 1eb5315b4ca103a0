#!/usr/bin/env bash
# scripts/cluster: starts, keeps data over a crash, replaces what a killed run left, spares what is not its own.
set -euo pipefail
cluster=$(realpath "$(dirname "$0")/../../scripts/cluster")
home=$(mktemp -d /tmp/bellows-cluster-test-XXXXXX)
chmod 755 "$home"
dir="$home/pg é&b"  # no name that a shell or a URL takes as it is
trap '"$cluster" stop "$dir"; rm -rf "$home"' EXIT
failures=0

query() { psql -X -h "$dir" -U postgres -Atc "$1" 2>&1 || true; }
is() {  # WHAT EXPECTED ACTUAL
  [ "$2" = "$3" ] || { echo "FAILED: $1: expected '$2', got '$3'"; failures=$((failures + 1)); }
}
refused() {  # WHAT COMMAND…
  local what=$1
  shift
  if "$@" >/dev/null 2>&1; then echo "FAILED: $what is not refused"; failures=$((failures + 1)); fi
}

said=$(PGPORT=6543 "$cluster" start "$dir" wal_level=logical "cluster_name=it works")
is "a setting of the caller" "logical" "$(query 'SHOW wal_level')"
is "a default of ours" "200ms" "$(query 'SHOW deadlock_timeout')"
is "a value with a space" "it works" "$(query 'SHOW cluster_name')"
is "only the owner reaches it" "700" "$(stat -c %a "$dir")"
[ "$(id -u)" -ne 0 ] || is "root's server is run by postgres" "postgres" "$(stat -c %U "$dir/data/PG_VERSION")"

# Each line that it says is typed as it stands.
line() { grep -E "^  $1" <<<"$said" || echo "echo nothing"; }
is "the psql that it says" "it works" "$(bash -c "$(line psql) -X -Atc 'SHOW cluster_name'" 2>&1)"
is "the DATABASE_URL that it says" "it works" \
  "$(bash -c "$(line export); psql \"\$DATABASE_URL\" -X -Atc 'SHOW cluster_name'" 2>&1)"

query 'CREATE TABLE kept AS SELECT 1 AS x' >/dev/null
query 'CHECKPOINT' >/dev/null
"$cluster" crash "$dir"
is "no server after a crash" "2" "$(pg_isready -q -h "$dir"; echo $?)"
"$cluster" restart "$dir"
is "data after a crash" "1" "$(query 'SELECT x FROM kept')"
"$cluster" restart "$dir"
is "data after a restart" "1" "$(query 'SELECT x FROM kept')"

"$cluster" start "$dir" >/dev/null
is "start replaces a running server" "f" "$(query "SELECT to_regclass('kept') IS NOT NULL")"
"$cluster" crash "$dir"
"$cluster" start "$dir" >/dev/null
is "start replaces a dead one" "1" "$(query 'SELECT 1')"
refused "a setting that is none" "$cluster" start "$home/other" nonsense=1
"$cluster" stop "$home/other"

"$cluster" stop "$dir"
is "stop removes the directory" "absent" "$([ -e "$dir" ] && echo present || echo absent)"
"$cluster" stop "$dir"

mkdir "$home/mine" && touch "$home/mine/letter"
refused "a directory of somebody else" "$cluster" start "$home/mine"
refused "removing it" "$cluster" stop "$home/mine"
is "it is left alone" "letter" "$(ls "$home/mine")"
refused "a path too long for a socket" "$cluster" start "$home/$(printf 'x%.0s' {1..90})"
refused "no command" "$cluster"
[ "$failures" -eq 0 ] && echo "cluster: all as expected"
