#!/usr/bin/env bash
# PostgreSQL 15.18 and 18.4: the same backfill of a full table, in ten interleaved passes instead of from one end to the
# other, has 85 % HOT updates instead of none, and indexes that do not grow instead of indexes of twice the size.
#
# Ten passes over the whole table look like ten times the work. But a HOT update wants room on the row's own page. In
# key order a page's rows are updated one behind another, none of the dead versions can go while the batch that made
# them is under way, every new version lands elsewhere, and each index gets an entry for it. When only every tenth row
# is touched, that pass moves it away for good; the next pass finds its space free and stays on the page.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"

# Fills a table, updates all of its rows by the statements that a query makes, each in a transaction of its own, and says in
# tens of percent how many updates were HOT and how far the indexes have grown.
backfill() {  # NAME QUERY
  sql "$1" "DROP TABLE IF EXISTS person;
    CREATE TABLE person (id int PRIMARY KEY, digest text, old int, new int);
    INSERT INTO person SELECT g, md5(g::text), g FROM generate_series(1, 200000) g;
    CREATE INDEX ON person (digest);
    VACUUM ANALYZE person;
    SELECT pg_indexes_size('person') AS before \\gset
    $2 \\gexec
    SELECT pg_stat_force_next_flush() \\g /dev/null
    SELECT format('%s %% HOT, indexes %s %% larger', trunc(100.0 * n_tup_hot_upd / n_tup_upd, -1),
                  round(100.0 * (pg_indexes_size('person') - :before) / :before, -1))
      FROM pg_stat_user_tables WHERE relname = 'person';" | grep -v NOTICE
}
in_order="SELECT format('UPDATE person SET new = old WHERE id > %s AND id <= %s', b * 10000, b * 10000 + 10000)
            FROM generate_series(0, 19) b"
in_passes="SELECT format('UPDATE person SET new = old WHERE id %% 10 = %s', p) FROM generate_series(0, 9) p"

for version in 15.18.0-beta.17 18.4.0-beta.17; do
  name=pg${version%%.*}
  # No background worker takes part: what is seen is the updates' own doing.
  start_server "$name" "$version" autovacuum=off
  expect "$version: twenty batches in the order of the key" "0 % HOT, indexes 100 % larger" "$(backfill "$name" "$in_order")"
  expect "$version: ten passes of every tenth row" "80 % HOT, indexes 0 % larger" "$(backfill "$name" "$in_passes")"
done
