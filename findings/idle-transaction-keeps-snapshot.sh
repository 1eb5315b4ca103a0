#!/usr/bin/env bash
# PostgreSQL 15.18 and 18.4 with node-postgres (pg 8.23.1): between two statements of a READ COMMITTED transaction a session holds
# no snapshot if the last one went over the simple protocol, and goes on holding one if it had parameters.
#
# "READ COMMITTED takes a snapshot for each statement" suggests that an idle transaction holds none, and so keeps
# nothing from VACUUM and nobody's CREATE INDEX CONCURRENTLY waiting. But a statement with parameters runs in a portal,
# which stays open, with its snapshot, until the next statement replaces it or the transaction ends. The same SELECT,
# the same driver, the same isolation level: backend_xmin is NULL for the one and set for the other. A utility
# statement behind it lets go of it.
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
npm_install "$work/node" pg@8.23.1

cat >"$work/node/idle.js" <<'JS'
const { Client } = require("pg");
(async () => {
  const connect = async () => {
    const client = new Client({ host: process.argv[2], user: "postgres", database: "postgres" });
    await client.connect();
    return client;
  };
  const subject = await connect(), watcher = await connect();
  const pid = (await subject.query("SELECT pg_backend_pid() AS pid")).rows[0].pid;
  const look = async (what) => {
    const { rows } = await watcher.query(
      `SELECT state, backend_xmin IS NOT NULL AS holds FROM pg_stat_activity WHERE pid = ${pid}`);
    console.log(`${what}: ${rows[0].state}, ${rows[0].holds ? "holds a snapshot" : "holds none"}`);
  };
  await subject.query("BEGIN");
  await subject.query("SELECT 1");
  await look("SELECT 1");
  await subject.query("SELECT $1::int", [1]);
  await look("SELECT $1::int, with a parameter");
  await subject.query("SET LOCAL work_mem = '8MB'");
  await look("SET LOCAL behind it");
  await subject.end();
  await watcher.end();
})();
JS
for version in 15.18.0-beta.17 18.4.0-beta.17; do
  name=pg-${version%%.*}
  start_server "$name" "$version"
  expect "$name" "SELECT 1: idle in transaction, holds none
SELECT \$1::int, with a parameter: idle in transaction, holds a snapshot
SET LOCAL behind it: idle in transaction, holds none" "$(node "$work/node/idle.js" "$work/$name")"
done
