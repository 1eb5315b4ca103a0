#!/usr/bin/env bash
# PostgreSQL 18.4: the expression of a virtual generated column cannot be changed while its table has a CHECK constraint,
# on whatever column.
#
# A virtual column is computed when it is read; a new expression touches no row, and SET EXPRESSION is expected to be an
# instant's work. It is refused (0A000) as soon as the table has any CHECK, one that has nothing to do with the column
# included; a foreign key, a unique constraint and NOT NULL are no hindrance.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
start_server pg 18.4.0-beta.17

sql pg "CREATE TABLE product (id int PRIMARY KEY, net int NOT NULL, stock int, code text UNIQUE,
          gross int GENERATED ALWAYS AS (net + 19) VIRTUAL)"
change() { sql pg "ALTER TABLE product ALTER COLUMN gross SET EXPRESSION AS (net + $1)"; }
expect "SET EXPRESSION beside a primary key, NOT NULL and UNIQUE (no error)" "" "$(change 20)"
sql pg "ALTER TABLE product ADD CONSTRAINT stock_counts CHECK (stock >= 0)"
expect "SET EXPRESSION once another column has a CHECK" \
  'ERROR:  0A000: ALTER TABLE / SET EXPRESSION is not supported for virtual generated columns in tables with check constraints' \
  "$(change 21 | grep ERROR)"
sql pg "ALTER TABLE product DROP CONSTRAINT stock_counts"
expect "and when that CHECK is gone (no error)" "" "$(change 22)"
