#include "planner/rules/page.hpp"

namespace bellows::rules {

namespace {

constexpr Page transactions_texts[] = {
    {.id = "transaction-in-file",
     .title = "A migration file controls transactions, and not by BEGIN … COMMIT",
     .effect =
         "What stands between BEGIN and COMMIT is one transaction, and bellows makes it one. A "
         "BEGIN without its COMMIT, a ROLLBACK, a SAVEPOINT or a mode would end the runner's "
         "transaction or nest one into it: what the runner remembers and what has happened "
         "come apart.",
     .application = "Nothing at once; a migration that fails is half done.",
     .bad = "ALTER TABLE users ADD COLUMN level integer;\nCOMMIT;\n",
     .good = "BEGIN;\nALTER TABLE users ADD COLUMN level integer;\nCOMMIT;\n",
     .versions = "all",
     .source = "manual, BEGIN, Notes"},
    {.id = "several-strong-locks",
     .title = "One migration locks several tables strongly",
     .effect = "Locks are held to the end of the transaction: the first table stays blocked while "
               "the second lock is waited for.",
     .application = "Statements on the first table wait for the load on the second; code that "
                    "uses the tables in another order deadlocks (40P01).",
     .bad = "ALTER TABLE users ADD COLUMN level integer;\n"
            "ALTER TABLE sessions ADD COLUMN level integer;\n",
     .good = "ALTER TABLE users ADD COLUMN level integer;\n"
             "-- next migration\n"
             "ALTER TABLE sessions ADD COLUMN level integer;\n",
     .versions = "all; `bellows up` gives each table a transaction of its own",
     .source = "manual, 13.3.4 Deadlocks"},
    {.id = "read-under-lock",
     .title = "Rows are read while a lock of the same transaction keeps others out",
     .effect = "VALIDATE, ANALYZE and queries lock little themselves; but what an earlier "
               "statement locked strongly stays locked until the last row is read.",
     .application = "Reads and writes of the table, or writes alone, wait for the whole scan.",
     .bad = "ALTER TABLE users ADD COLUMN level integer;\n"
            "CREATE TABLE users_copy AS SELECT * FROM users;\n",
     .good = "ALTER TABLE users ADD COLUMN level integer;\n"
             "-- next migration\n"
             "CREATE TABLE users_copy AS SELECT * FROM users;\n",
     .versions = "all",
     .source = "manual, 13.3 Explicit Locking (locks last to the end)"},
    {.id = "wait-under-lock",
     .title = "Something is waited for while a lock of the same transaction keeps others out",
     .effect = "pg_sleep(), an advisory lock that somebody else holds, a query on another server "
               "(dblink, http): the transaction stands still, and what it has locked stays locked.",
     .application = "Reads and writes of the table, or writes alone, wait as well, and whoever "
                    "needs them.",
     .bad = "ALTER TABLE users ADD COLUMN level integer;\n"
            "SELECT pg_sleep(10);\n",
     .good = "SELECT pg_sleep(10);\n"
             "-- next migration\n"
             "ALTER TABLE users ADD COLUMN level integer;\n",
     .versions = "all",
     .source = "manual, 13.3 Explicit Locking (locks last to the end); 9.9.5 Delaying Execution"},
    {.id = "schema-and-data-together",
     .title = "A schema change and a change of rows share a transaction",
     .effect = "The schema change's lock is held until the rows are written; the other way round, "
               "ALTER TABLE may fail because of pending trigger events (55006).",
     .application = "Reads and writes of the table wait for as long as the rows take.",
     .bad = "ALTER TABLE users ADD COLUMN level integer;\n"
            "INSERT INTO sessions (id, room) VALUES (1, 7);\n",
     .good = "ALTER TABLE users ADD COLUMN level integer;\n"
             "-- next migration\n"
             "INSERT INTO sessions (id, room) VALUES (1, 7);\n",
     .versions = "all",
     .source = "manual, 13.3 Explicit Locking; tablecmds.c, CheckTableNotInUse()"},
    {.id = "no-lock-timeout",
     .title = "Nothing limits how long a strong lock is waited for",
     .effect = "A lock is asked for once, and waited for without end; PostgreSQL's lock_timeout is "
               "0 unless somebody sets it.",
     .application = "Behind one long transaction the statement waits, and every statement that "
                    "comes after it waits behind it, readers among them: the table is down.",
     .bad = "-- +goose Up\nALTER TABLE users ADD COLUMN level integer;\n",
     .good = "-- +goose Up\nSET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN level "
             "integer;\n",
     .versions = "all; `bellows up` sets one and tries again, so that there it is no finding",
     .source = "manual, 20.11 Client Connection Defaults, lock_timeout",
     .runner = "goose"},
    {.id = "concurrently-under-lock-timeout",
     .title = "A concurrent build under a lock_timeout",
     .effect = "CONCURRENTLY waits for the transactions of others by a lock on their ids, and "
               "lock_timeout counts for that wait as for every other (55P03).",
     .application = "A build ends at the first transaction that is open for longer. An INVALID "
                    "index is left, every write keeps it up, no query uses it, and the deployment "
                    "fails at its name (42P07) until somebody drops it.",
     .bad = "SET lock_timeout = '2s';\nCREATE INDEX CONCURRENTLY users_name_idx ON users "
            "(name);\n",
     .good = "SET lock_timeout = 0;\nCREATE INDEX CONCURRENTLY users_name_idx ON users (name);\n",
     .versions = "all; `bellows up` puts lock_timeout off for the build, and drops what an "
                 "interrupted one has left",
     .source = "lock.c, VirtualXactLock(), whose waits lock_timeout ends; tried on 15 and 18",
     .runner = "psql"},
    {.id = "commits-for-the-runner",
     .title = "COMMIT in a file whose runner has begun a transaction",
     .effect = "BEGIN only warns there (25001), and COMMIT ends the transaction of the runner.",
     .application = "A file that fails behind its COMMIT is half done and not recorded; the next "
                    "deployment runs it from its first statement.",
     .bad = "BEGIN;\nALTER TABLE users ADD COLUMN level integer;\nCOMMIT;\n",
     .good = "SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN level integer;\n",
     .versions = "all",
     .source = "manual, BEGIN, Notes",
     .runner = "transaction-per-file"},
    {.id = "local-outside-transaction",
     .title = "SET LOCAL where each statement is a transaction",
     .effect = "SET LOCAL lasts to the end of its transaction; outside of one PostgreSQL warns "
               "(25P01) and sets nothing.",
     .application = "The lock_timeout that was meant to protect it is not there.",
     .bad = "SET LOCAL lock_timeout = '2s';\nALTER TABLE users ADD COLUMN level integer;\n",
     .good = "SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN level integer;\n",
     .versions = "all",
     .source = "manual, SET, Notes",
     .runner = "psql"},
    {.id = "cached-plans",
     .title = "A prepared statement no longer gives the same row",
     .effect = "A plan is made anew when its table changes; where the columns of its result have "
               "changed, it is refused (0A000, cached plan must not change result type).",
     .application = "Each connection that had prepared such a statement fails at its next use, in "
                    "a transaction until its end; drivers prepare behind one's back. A change of "
                    "type does it to every query that returns the column, a new column only to "
                    "SELECT * and RETURNING *, which is told once at the end and is no finding.",
     .bad = "ALTER TABLE users ALTER COLUMN email TYPE varchar(200);\n",
     .good = "ALTER TABLE users ADD COLUMN long_email varchar(200);\n",
     .versions = "all",
     .source = "src/backend/utils/cache/plancache.c, RevalidateCachedQuery()"},
};

}  // namespace

std::span<Page const> transaction_pages() {
  return transactions_texts;
}

}  // namespace bellows::rules
