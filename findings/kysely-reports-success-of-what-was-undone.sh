#!/usr/bin/env bash
# kysely 0.29.9 with PostgreSQL 15.18: when the third of three migrations fails, migrateToLatest() reports 'Success' for the first
# two, and neither is in the database.
#
# Each migration has its own result with its own status, which looks as if each were done for itself. All pending ones
# share one transaction, and the failure of the last one takes back the others after they have been called a success. A
# deploy log that prints the results says that two migrations are done.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
start_server pg 15.18.0-beta.17
npm_install "$work/node" kysely@0.29.9 pg@8.23.1
cat >"$work/node/migrate.mjs" <<'JS'
import { Kysely, PostgresDialect, sql } from "kysely";
import { Migrator } from "kysely/migration";
import pg from "pg";
const db = new Kysely({ dialect: new PostgresDialect({
  pool: new pg.Pool({ host: process.argv[2], user: "postgres", database: "postgres" }) }) });
const runs = (text) => ({ up: (db) => sql.raw(text).execute(db) });
const migrator = new Migrator({ db, provider: { getMigrations: async () => ({
  a: runs("CREATE TABLE a (id int)"), b: runs("CREATE TABLE b (id int)"), c: runs("SELECT 1 / 0") }) } });
const { results, error } = await migrator.migrateToLatest();
for (const one of results) console.log(one.migrationName, one.status);
console.log("error:", error.message);
await db.destroy();
JS
expect "what migrateToLatest() reports" "a Success
b Success
c Error
error: division by zero" "$(cd "$work/node" && node migrate.mjs "$work/pg" 2>&1)"
expect "tables a and b, and migrations that are noted as done" "0
0" "$(sql pg "SELECT count(*) FROM pg_class WHERE relname IN ('a', 'b') AND relkind = 'r';
              SELECT count(*) FROM kysely_migration")"
