#!/usr/bin/env bash
# sequelize 6.37.8 and knex 3.3.0 with PostgreSQL 15.18: a migration that only makes a column wider takes its NOT NULL and its
# DEFAULT away.
#
# changeColumn("item", "name", { type: STRING(80) }) and table.string("name", 80).alter() read as "change the type". Both
# make the column what the call says and nothing else: what is not said again is dropped, by statements of their own. It
# succeeds at once, nobody is told, and the first row without a name is accepted. Say NOT NULL and DEFAULT again, or
# write ALTER COLUMN … TYPE in SQL.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
start_server pg 15.18.0-beta.17
npm_install "$work/node" sequelize@6.37.8 knex@3.3.0 pg@8.23.1 pg-hstore@2.3.4
cat >"$work/node/sequelize.cjs" <<'JS'
const { Sequelize, DataTypes } = require("sequelize");
const db = new Sequelize("postgres", "postgres", "", { dialect: "postgres", host: process.argv[2], logging: false });
(async () => {
  await db.getQueryInterface().changeColumn("item", "name", { type: DataTypes.STRING(80) });
  await db.close();
})();
JS
cat >"$work/node/knex.cjs" <<'JS'
const db = require("knex")({ client: "pg", connection: { host: process.argv[2], user: "postgres", database: "postgres" } });
(async () => {
  await db.schema.alterTable("item", (table) => { table.string("name", 80).alter(); });
  await db.destroy();
})();
JS
column() {
  sql pg "SELECT character_maximum_length || ', nullable: ' || is_nullable || ', default: ' || coalesce(column_default, 'none')
          FROM information_schema.columns WHERE table_name = 'item' AND column_name = 'name'"
}
for tool in sequelize knex; do
  sql pg "DROP TABLE IF EXISTS item; CREATE TABLE item (id int PRIMARY KEY, name varchar(40) NOT NULL DEFAULT 'nameless');" >/dev/null
  expect "before" "40, nullable: NO, default: 'nameless'::character varying" "$(column)"
  (cd "$work/node" && node "$tool.cjs" "$work/pg")
  expect "$tool: after a change of the length" "80, nullable: YES, default: none" "$(column)"
done
