#!/usr/bin/env bash
# PostgreSQL 15.18 and 18.4, publisher and subscriber: an UPDATE OF trigger on the subscriber fires for every replicated UPDATE of
# the row, whichever column the publisher's statement set.
#
# CREATE TRIGGER … UPDATE OF name fires when the SET list has the column, and for whoever connects to the subscriber that
# is so. But a replicated change has no SET list: it carries the whole row, and the subscriber takes each of its columns
# for set. An ENABLE ALWAYS trigger that notes changes of one column notes all of them. WHEN (OLD.name IS DISTINCT FROM
# NEW.name) says the same on both sides.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"

until_it_is() {  # SERVER QUERY
  for _ in $(seq 300); do [ "$(sql "$1" "$2")" != t ] || return 0; sleep 0.1; done
  echo "never true: $2" >&2
  return 1
}

for version in 15.18.0-beta.17 18.4.0-beta.17; do
  from=from-${version%%.*} to=to-${version%%.*}
  start_server "$from" "$version" wal_level=logical
  start_server "$to" "$version"
  for side in "$from" "$to"; do
    sql "$side" "CREATE TABLE item (id int PRIMARY KEY, name text, price int);
        CREATE TABLE noted (what text);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN INSERT INTO public.noted VALUES (TG_ARGV[0]); RETURN NULL; END';
        CREATE TRIGGER of_name AFTER UPDATE OF name ON item
          FOR EACH ROW EXECUTE FUNCTION note('UPDATE OF name');
        CREATE TRIGGER changes_name AFTER UPDATE ON item
          FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION note('WHEN');
        ALTER TABLE item ENABLE ALWAYS TRIGGER of_name;
        ALTER TABLE item ENABLE ALWAYS TRIGGER changes_name;"
  done
  sql "$from" "INSERT INTO item VALUES (1, 'cup', 5); CREATE PUBLICATION p FOR TABLE item;"
  sql "$to" "CREATE SUBSCRIPTION s CONNECTION 'host=$work/$from user=postgres dbname=postgres' PUBLICATION p" >/dev/null
  until_it_is "$to" "SELECT every(srsubstate = 'r') FROM pg_subscription_rel"
  sql "$from" "UPDATE item SET price = 6"
  until_it_is "$to" "SELECT price = 6 FROM item"
  expect "$from, UPDATE item SET price: triggers that fired there" "" "$(sql "$from" "SELECT what FROM noted")"
  expect "$to, the same UPDATE replicated" "UPDATE OF name" "$(sql "$to" "SELECT what FROM noted")"
  sql "$to" "UPDATE item SET price = 7"
  expect "$to, after an UPDATE of price of its own" "UPDATE OF name" "$(sql "$to" "SELECT what FROM noted")"
done
