#!/usr/bin/env bash
# Alembic 1.20.1 with SQLAlchemy 2.1.9, psycopg 3.3.9 and PostgreSQL 15.18: autocommit_block() commits what its revision did in
# front of it, without recording the revision.
#
# It is the documented way to have CREATE INDEX CONCURRENTLY in a revision, and it reads as an exception for the block
# alone. But a transaction cannot be interrupted: everything before the block is committed, earlier revisions of the
# same run with their version, and this revision's own statements without one. When the index fails, the next `upgrade`
# starts the revision from its first statement, which then fails with "already exists".
set -euo pipefail
# shellcheck source=lib/server.sh
. "$(dirname "$0")/lib/server.sh"
start_server pg 15.18.0-beta.17
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q install --disable-pip-version-check alembic==1.20.1 sqlalchemy==2.1.9 "psycopg[binary]==3.3.9" >&2

cd "$work"
venv/bin/alembic -q init -t generic versions_of >/dev/null
sed -i "s|^sqlalchemy.url.*|sqlalchemy.url = postgresql+psycopg://postgres@/postgres?host=$work/pg|" alembic.ini
revision() {  # ID DOWN BODY…
  local id=$1 down=$2
  shift 2
  { printf 'from alembic import op\nrevision = "%s"\ndown_revision = %s\ndef downgrade(): pass\ndef upgrade():\n' "$id" "$down"
    printf '    %s\n' "$@"; } >"versions_of/versions/$id.py"
}
revision r1 None 'op.execute("CREATE TABLE a (n int)")' 'op.execute("INSERT INTO a VALUES (1), (1)")'
revision r2 '"r1"' 'op.execute("ALTER TABLE a ADD COLUMN extra int")' \
  'with op.get_context().autocommit_block():' '    op.execute("CREATE UNIQUE INDEX CONCURRENTLY a_n ON a (n)")'
upgrade() { venv/bin/alembic upgrade head 2>&1 | grep -o 'psycopg.errors.[A-Za-z]*' | head -n 1 || true; }
expect "upgrade to r2, whose index cannot be unique" "psycopg.errors.UniqueViolation" "$(upgrade)"
expect "the version, and whether r2's column is there" "r1|t" "$(sql pg "SELECT version_num,
  EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'a'::regclass AND attname = 'extra') FROM alembic_version")"
sql pg "DROP INDEX a_n; DELETE FROM a;"
expect "upgrade again, the data mended" "psycopg.errors.DuplicateColumn" "$(upgrade)"
