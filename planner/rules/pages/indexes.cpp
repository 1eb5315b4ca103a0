#include "planner/rules/page.hpp"

namespace bellows::rules {

namespace {

constexpr Page indexes_texts[] = {
    {.id = "index-not-concurrent",
     .title = "An index is built while writes wait",
     .effect = "CREATE INDEX holds a SHARE lock until the index is built.",
     .application = "Reads go on; every INSERT, UPDATE and DELETE of the table waits.",
     .bad = "CREATE INDEX users_name_idx ON users (name);\n",
     .good = "CREATE INDEX CONCURRENTLY users_name_idx ON users (name);\n",
     .versions = "all; on a partitioned table CONCURRENTLY works partition by partition only",
     .source = "manual, CREATE INDEX, Building Indexes Concurrently"},
    {.id = "index-drop-not-concurrent",
     .title = "An index is dropped under a lock that everybody waits behind",
     .effect = "DROP INDEX takes ACCESS EXCLUSIVE on the table for an instant, and waits for every "
               "query that is running.",
     .application = "While it waits, all later reads and writes of the table queue behind it.",
     .bad = "DROP INDEX users_role_idx;\n",
     .good = "DROP INDEX CONCURRENTLY users_role_idx;\n",
     .versions = "all; no CONCURRENTLY for the index of a constraint",
     .source = "manual, DROP INDEX, CONCURRENTLY"},
    {.id = "concurrently-if-not-exists",
     .title = "IF NOT EXISTS takes an INVALID index for the wanted one",
     .effect = "A CREATE INDEX CONCURRENTLY that is interrupted leaves an INVALID index of that "
               "name; IF NOT EXISTS looks at the name only.",
     .application = "Queries stay slow although the migration has succeeded, writes pay for an "
                    "index that nobody reads, and a unique one does not protect what is there.",
     .bad = "CREATE INDEX CONCURRENTLY IF NOT EXISTS users_name_idx ON users (name);\n",
     .good = "CREATE INDEX CONCURRENTLY users_name_idx ON users (name);\n",
     .versions = "all",
     .source = "manual, CREATE INDEX, Building Indexes Concurrently"},
    {.id = "passed-over",
     .title = "IF EXISTS or IF NOT EXISTS passes over a statement",
     .effect = "PostgreSQL looks at the name only: what has it may be another object, and what is "
               "not there may be called otherwise. It says so in a notice, and goes on.",
     .application = "Nothing; the migration has succeeded, and what it was to make is not there, "
                    "or what it was to drop still is.",
     .bad = "CREATE TABLE teams (id integer PRIMARY KEY, name text, city text);\n"
            "CREATE INDEX teams_idx ON teams (name);\n"
            "CREATE INDEX IF NOT EXISTS teams_idx ON teams (city);\n",
     .good = "CREATE TABLE teams (id integer PRIMARY KEY, name text, city text);\n"
             "CREATE INDEX teams_name_idx ON teams (name);\n"
             "CREATE INDEX teams_city_idx ON teams (city);\n",
     .versions = "all",
     .source = "manual, CREATE INDEX; DROP TABLE; ALTER TABLE"},
    {.id = "concurrently-in-file-with-others",
     .title = "A statement that cannot be rolled back shares a file with others",
     .effect = "CONCURRENTLY, VACUUM and their like run outside of a transaction and stay done "
               "when a later statement of the file fails.",
     .application = "Nothing at once; a migration that has failed is half done and cannot simply "
                    "be run again.",
     .bad = "CREATE INDEX CONCURRENTLY users_name_idx ON users (name);\n"
            "COMMENT ON TABLE users IS 'who can sign in';\n",
     .good = "CREATE INDEX CONCURRENTLY users_name_idx ON users (name);\n"
             "-- next migration\n"
             "COMMENT ON TABLE users IS 'who can sign in';\n",
     .versions = "all",
     .source = "manual, CREATE INDEX, Notes"},
    {.id = "concurrently-in-transaction",
     .title = "CONCURRENTLY inside BEGIN … COMMIT",
     .effect = "The statement is refused: it commits several times itself (25001).",
     .application = "Nothing; the migration fails.",
     .bad = "BEGIN;\nCREATE INDEX CONCURRENTLY users_name_idx ON users (name);\nCOMMIT;\n",
     .good = "CREATE INDEX CONCURRENTLY users_name_idx ON users (name);\n",
     .versions = "all",
     .source = "src/backend/access/transam/xact.c, PreventInTransactionBlock()"},
};

}  // namespace

std::span<Page const> index_pages() {
  return indexes_texts;
}

}  // namespace bellows::rules
