#!/usr/bin/env bash
# A command that asks no server does not load libpq and what that brings; one that does says so in a
# word where it cannot be loaded.
set -euo pipefail
program=$1
if readelf -d "$program" | grep NEEDED | grep -E 'libpq|libcrypto'; then
  echo "loaded by every command: is a function of libpq missing in batcher/postgres/late_libpq.cpp?" >&2
  exit 1
fi
broken=$(mktemp -d)
trap 'rm -r "$broken"' EXIT
: >"$broken/libpq.so.5"
export LD_LIBRARY_PATH=$broken
"$program" --version
status=0
said=$("$program" status --database-url postgres://localhost/none 2>&1) || status=$?
if [ "$status" -ne 3 ] || ! grep -q 'libpq, which talks to the server, cannot be loaded' <<<"$said"; then
  printf 'ended with %s and said: %s\n' "$status" "$said" >&2
  exit 1
fi
