#!/usr/bin/env bash
# PostgreSQL 14.23 and 18.4: CREATE OR REPLACE TRIGGER sets an ENABLE ALWAYS trigger back to firing for ordinary
# sessions only; on a partitioned table in every partition.
#
# OR REPLACE reads as "the same trigger with another definition", as it is for functions, whose settings and grants
# stay. A trigger's enable state is no part of what stays. A sync trigger that has to fire on a logical subscriber too
# is deaf there from then on, without a message. Replace the function, or say ENABLE ALWAYS again in the same
# transaction.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"

states() {  # SERVER
  sql "$1" "SELECT tgrelid::regclass || ' ' || tgenabled::text FROM pg_trigger ORDER BY tgrelid::regclass::text"
}

for version in 14.23.0-beta.17 18.4.0-beta.17; do
  name=pg-${version%%.*}
  start_server "$name" "$version"
  sql "$name" "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
      CREATE TABLE part (id int) PARTITION BY RANGE (id);
      CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (9);
      CREATE TABLE plain (id int);
      CREATE TRIGGER t AFTER INSERT ON part FOR EACH ROW EXECUTE FUNCTION f();
      CREATE TRIGGER t AFTER INSERT ON plain FOR EACH ROW EXECUTE FUNCTION f();
      ALTER TABLE part ENABLE ALWAYS TRIGGER t;
      ALTER TABLE plain ENABLE ALWAYS TRIGGER t;"
  expect "$name, made ENABLE ALWAYS" "part A
part_1 A
plain A" "$(states "$name")"
  sql "$name" "CREATE OR REPLACE TRIGGER t AFTER INSERT ON part FOR EACH ROW EXECUTE FUNCTION f();
      CREATE OR REPLACE TRIGGER t AFTER INSERT ON plain FOR EACH ROW EXECUTE FUNCTION f();"
  expect "$name, after CREATE OR REPLACE of the same" "part O
part_1 O
plain O" "$(states "$name")"
done
