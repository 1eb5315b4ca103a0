#include "planner/rules/page.hpp"

namespace bellows::rules {

namespace {

constexpr Page general_texts[] = {
    {.id = "unknown-statement",
     .title = "bellows does not know what the statement does",
     .effect = "The lock table has no row for it, or it runs code that its text does not show, or "
               "the grammar of PostgreSQL 18, with which bellows reads, does not have it and the "
               "server is newer. Nothing is guessed.",
     .application = "Not known: it may block everybody.",
     .bad = "CALL refresh_totals();\n",
     .good = "-- bellows: allow unknown-statement because it was tried on a copy\n"
             "CALL refresh_totals();\n",
     .versions = "syntax that is newer than 18 is judged so with --server-version 19; what of 19 "
                 "is known (REPACK, ON CONFLICT DO SELECT, WAIT FOR LSN …) is not",
     .source = "planner/locks/table.cpp; libpg_query 18"},
    {.id = "syntax-error",
     .title = "PostgreSQL's grammar refuses the statement",
     .effect = "It fails (42601). The words are those of PostgreSQL's own parser, or tell a form "
               "that the servers which are asked about do not know yet. Quoted bodies of functions "
               "and DO blocks, in SQL and PL/pgSQL, are read as well. A file in UTF-16 is refused "
               "as a whole.",
     .application = "Nothing; the migration fails.",
     .bad = "ALTER TABEL users ADD COLUMN level integer;\n",
     .good = "ALTER TABLE users ADD COLUMN level integer;\n",
     .versions =
         "the grammar is that of 18, and what came after 13 is told apart; with a newer "
         "--server-version it may be new syntax, and is an unknown statement. What 18 does not "
         "read any more: the postfix operators of 13, and functions of one's own that are called "
         "json_array or merge_action, without quotes",
     .source = "libpg_query 18; planner/sql/parser/form_rows.cpp"},
    {.id = "psql-command",
     .title = "A command of psql stands in the migration",
     .effect = "Lines that begin with a backslash are psql's own and never reach the server. Those "
               "that change nothing of what runs (\\restrict, \\echo, \\set ON_ERROR_STOP) are "
               "passed over.",
     .application = "Nothing; the migration is not planned.",
     .bad = "\\connect app\nALTER TABLE users ADD COLUMN level integer;\n",
     .good = "\\set ON_ERROR_STOP on\nALTER TABLE users ADD COLUMN level integer;\n",
     .versions = "all",
     .source = "manual, psql, Meta-Commands"},
    {.id = "copy-through-client",
     .title = "COPY from or to the client that runs the migration",
     .effect =
         "COPY … FROM stdin waits for rows over the connection. psql takes them from the lines "
         "behind the statement, up to \\.; bellows sends statements only.",
     .application = "Nothing; the migration fails.",
     .bad = "COPY users (id, email) FROM stdin;\n1\ta@example.org\n\\.\n",
     .good = "INSERT INTO users (id, email) VALUES (1, 'a@example.org');\n",
     .versions = "all; in a dump that is a catalog the rows are passed over",
     .source = "manual, COPY"},
    {.id = "depends",
     .title = "The answer depends on what the catalog does not tell",
     .effect = "Whether there is a scan or a rewrite depends on a type, a constraint or a function "
               "that no earlier migration shows.",
     .application = "Either nothing, or a wait that grows with the table.",
     .bad = "ALTER TABLE users ADD COLUMN code integer DEFAULT next_code();\n",
     .good = "ALTER TABLE users ADD COLUMN code integer DEFAULT 0;\n",
     .versions = "all; --database-url or --catalog makes it certain. An error where one of the "
                 "answers is a rewrite or a scan; a warning where only another lock is at stake",
     .source = "planner/locks/doubts.cpp"},
    {.id = "statement-fails",
     .title = "PostgreSQL refuses the statement",
     .effect =
         "Before it does anything, PostgreSQL looks at what the catalog says: what is missing "
         "or there already, what is of the wrong kind, what does not fit together. The "
         "finding has the SQLSTATE.",
     .application = "Nothing happens, but the deployment stops there.",
     .bad = "CREATE UNIQUE INDEX CONCURRENTLY users_name_key ON users (name DESC);\n"
            "-- next migration\n"
            "ALTER TABLE users ADD CONSTRAINT users_name_key UNIQUE USING INDEX users_name_key;\n",
     .good = "CREATE UNIQUE INDEX CONCURRENTLY users_name_key ON users (name);\n"
             "-- next migration\n"
             "ALTER TABLE users ADD CONSTRAINT users_name_key UNIQUE USING INDEX users_name_key;\n",
     .versions = "what is refused differs a little from version to version; the one of the catalog "
                 "counts",
     .source = "the errors of src/backend/commands/; manual, appendix A, PostgreSQL Error Codes"},
    {.id = "section-marker",
     .title = "A way back that is not marked as one would run with the migration",
     .effect =
         "What stands behind a marker of the way back (`-- bellows: down`, `-- Down "
         "Migration`, `-- migrate:down`, `-- +goose Down`, `-- +migrate Down`) is not run by "
         "`bellows up`. A comment that only reads like one (`-- Down`, `-- migrate:dwon`) marks "
         "nothing. Neither does one of the way there (`-- Up Migration`, `-- Pu Migration`) behind "
         "the way back; and what stands above the first one runs here, and not by other tools. A "
         "runner that reads other markers, or none (`--for psql`, `--for golang-migrate`), runs "
         "the "
         "way back along.",
     .application = "What the file makes is dropped by the same file, and is never there.",
     .bad = "CREATE TABLE notes (id bigint PRIMARY KEY);\n"
            "-- Down\n"
            "DROP TABLE notes;\n",
     .good = "CREATE TABLE notes (id bigint PRIMARY KEY);\n"
             "-- bellows: down\n"
             "DROP TABLE notes;\n",
     .versions = "bellows, not PostgreSQL",
     .source = "planner/sql/migration.cpp"},
    {.id = "directive",
     .title = "A `-- bellows:` comment is not understood",
     .effect = "A directive that says nothing, or allows a rule that does not exist, is never "
               "silently dropped, nor is one that stands above no statement, or above one that it "
               "means nothing to (`using` above ADD COLUMN).",
     .application = "Nothing; the migration is not planned.",
     .bad = "-- bellows: allow drop-colum because no release names it\n"
            "ALTER TABLE users DROP COLUMN role;\n",
     .good = "-- bellows: allow drop-column because no release names it\n"
             "ALTER TABLE users DROP COLUMN role;\n",
     .versions = "bellows, not PostgreSQL",
     .source = "planner/sql/directive.cpp"},
    {.id = "not-utf-8",
     .title = "A statement has bytes that are no UTF-8",
     .effect =
         "The server takes what it is sent for UTF-8, and refuses the statement (22021); a plan, "
         "which is YAML, could not hold it.",
     .application = "Nothing; the migration is not planned.",
     .bad = "SELECT 'caf\xE9';\n",
     .good = "SELECT E'caf\\u00e9';\n",
     .versions = "all",
     .source = "manual, Character Set Support"},
};

}  // namespace

std::span<Page const> general_pages() {
  return general_texts;
}

}  // namespace bellows::rules
