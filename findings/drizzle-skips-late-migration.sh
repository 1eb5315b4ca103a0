#!/usr/bin/env bash
# drizzle-orm 0.45.4 with PostgreSQL 15.18: a migration that is merged later but was generated earlier never runs, and nothing says so.
#
# The table __drizzle_migrations has a row and a hash for each migration, which looks like a comparison with the files.
# The migrator reads the newest row only, and runs what the journal dates after it. Two branches that both add a
# migration, merged in the other order, leave the older one out for ever; migrate() resolves as if all were there.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
start_server pg 15.18.0-beta.17
npm_install "$work/node" drizzle-orm@0.45.4 pg@8.23.1
mkdir -p "$work/node/drizzle/meta"

entry() { printf '{"idx":%d,"version":"7","when":%d,"tag":"%s","breakpoints":true}' "$@"; }
journal() { local IFS=,; printf '{"version":"7","dialect":"postgresql","entries":[%s]}' "$*" >"$work/node/drizzle/meta/_journal.json"; }
for name in a b late; do echo "CREATE TABLE $name (id int);" >"$work/node/drizzle/$name.sql"; done
cat >"$work/node/migrate.mjs" <<'JS'
import { drizzle } from "drizzle-orm/node-postgres";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import pg from "pg";
const pool = new pg.Pool({ host: process.argv[2], user: "postgres", database: "postgres" });
await migrate(drizzle(pool), { migrationsFolder: "drizzle" });
console.log("migrate() resolved");
await pool.end();
JS
migrate() { (cd "$work/node" && node migrate.mjs "$work/pg" 2>&1); }
tables="SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"

journal "$(entry 0 1700000000000 a)" "$(entry 1 1700000002000 b)"
expect "two migrations" "migrate() resolved
a b" "$(migrate; sql pg "$tables")"
journal "$(entry 0 1700000000000 a)" "$(entry 1 1700000001000 late)" "$(entry 2 1700000002000 b)"
expect "a third, dated between them" "migrate() resolved
a b" "$(migrate; sql pg "$tables")"
