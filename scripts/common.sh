# shellcheck shell=bash
# What quickstart and bench share; sourced, not run. The caller has set -euo pipefail.

root=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
bellows_program=${BELLOWS_PROGRAM:-$root/build/release/bellows}  # another build than the current sources

if [ -t 1 ] && [ -z "${NO_COLOR-}" ] && [ "${TERM-dumb}" != dumb ]; then
  bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' plain=$'\e[0m'
else
  bold='' dim='' red='' plain=''
fi

heading() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }
explain() { printf '%s%s%s\n' "$dim" "$*" "$plain"; }
die() { printf '%s%s: %s%s\n' "$red" "$(basename "$0")" "$*" "$plain" >&2; exit 1; }

# Prints the command as one would type it, runs it, and insists on its exit code.
expect() {  # STATUS COMMAND…
  local wanted=$1 status=0
  shift
  printf '\n%s$ %s%s\n' "$bold" "$*" "$plain"
  "$@" || status=$?
  [ "$status" -eq "$wanted" ] || die "'$*' ended with exit code $status, expected $wanted"
}

bellows() { "$bellows_program" "$@"; }

build_release() {
  [ -z "${BELLOWS_PROGRAM-}" ] || return 0
  "$root/scripts/install-packages"
  (cd "$root" && cmake --preset release >/dev/null && cmake --build --preset release)
}

# Cores that others kept busy, over two seconds in which we do nothing.
others_busy() {
  local before after
  before=$(head -n 1 /proc/stat)
  sleep 2
  after=$(head -n 1 /proc/stat)
  printf '%s\n%s\n' "$before" "$after" | awk -v cores="$(nproc)" '
    { idle = $5 + $6; all = 0; for (i = 2; i <= 9; i++) all += $i }
    NR == 1 { idle1 = idle; all1 = all }
    NR == 2 { printf "%.1f", cores * (1 - (idle - idle1) / (all - all1)) }'
}

# A private directory with a server in it. Whatever happens, both are gone in the end.
begin_throwaway() {  # NAME [setting=value …]
  work=$(mktemp -d "/tmp/bellows-$1-XXXXXX")
  shift
  chmod 711 "$work"  # the server's user passes through to its own directory
  trap end_throwaway EXIT
  trap 'exit 129' HUP
  trap 'exit 141' PIPE
  trap 'exit 130' INT
  trap 'exit 143' TERM
  "$root/scripts/cluster" start "$work/pg" "$@" >/dev/null
  query_in postgres 'CREATE DATABASE sample' >/dev/null
  export DATABASE_URL="postgresql://postgres@/sample?host=$work/pg"
}

end_throwaway() {
  local status=$? pid
  trap '' HUP INT PIPE TERM
  for pid in $(jobs -p); do kill -9 "$pid" 2>/dev/null || true; done
  wait 2>/dev/null || true
  "$root/scripts/cluster" stop "$work/pg" || true
  rm -rf -- "$work"
  exit "$status"
}

query_in() { psql -X -q -A -t -v ON_ERROR_STOP=1 -h "$work/pg" -U postgres -d "$1" -c "$2" </dev/null; }
query() { query_in sample "$1"; }

# COMMAND succeeds before SECONDS are over.
await() {  # SECONDS COMMAND…
  local until=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$until" ] || return 1
    sleep 0.05
  done
}
