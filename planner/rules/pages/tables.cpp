#include "planner/rules/page.hpp"

namespace bellows::rules {

namespace {

constexpr Page all[] = {
    {.id = "rename-table",
     .title = "A table is renamed while the application runs",
     .effect = "A catalog change: ACCESS EXCLUSIVE for an instant.",
     .application = "Every statement that still has the old name fails from that moment on.",
     .bad = "ALTER TABLE users RENAME TO people;\n",
     .good = "-- bellows: allow rename-table because the view keeps the old name alive\n"
             "ALTER TABLE users RENAME TO people;\n"
             "CREATE VIEW users AS SELECT * FROM people;\n",
     .versions = "all",
     .source = "manual, ALTER TABLE, RENAME; CREATE VIEW, Updatable Views"},
    {.id = "drop-table",
     .title = "A table is dropped that the application may still use",
     .effect = "ACCESS EXCLUSIVE on the table and on every table that its foreign keys point to.",
     .application = "Statements that use the table fail; its rows are lost.",
     .bad = "DROP TABLE sessions;\n",
     .good = "-- bellows: allow drop-table because release 41 keeps sessions elsewhere\n"
             "DROP TABLE sessions;\n",
     .versions = "all",
     .source = "manual, DROP TABLE"},
    {.id = "drop-view",
     .title = "A view is dropped that the application may still read",
     .effect = "ACCESS EXCLUSIVE on the view for an instant.",
     .application = "Statements that read the view fail.",
     .bad = "DROP VIEW user_names;\n",
     .good = "CREATE OR REPLACE VIEW user_names AS SELECT id, name, email FROM users;\n",
     .versions = "all; CREATE OR REPLACE may append columns, not rename or drop them",
     .source = "manual, DROP VIEW; CREATE VIEW"},
    {.id = "truncate",
     .title = "All rows of a table are removed at once",
     .effect = "ACCESS EXCLUSIVE; with CASCADE also on every table that references it, and these "
               "are emptied too.",
     .application = "Reads and writes wait for it, and find nothing afterwards. Transactions with "
                    "an older snapshot see an empty table as well.",
     .bad = "TRUNCATE sessions;\n",
     .good = "DELETE FROM sessions WHERE id IN (1, 2, 3);\n",
     .versions = "all",
     .source = "manual, TRUNCATE; 13.6 Caveats (not MVCC-safe)"},
    {.id = "update-in-one-go",
     .title = "Rows are updated in one transaction",
     .effect = "Every row that is written stays locked until the last one is; the old versions "
               "double the table, and one long transaction keeps vacuum from cleaning anywhere.",
     .application = "Whoever wants to write one of the rows waits until all are done; replicas "
                    "fall behind.",
     .bad = "UPDATE users SET role = 'reader';\n",
     .good = "ALTER TABLE users ALTER COLUMN role SET DEFAULT 'reader';\n",
     .versions = "all; `bellows plan` carries it in batches",
     .source = "manual, 13.3.2 Row-Level Locks; 25.1 Routine Vacuuming"},
    {.id = "delete-in-one-go",
     .title = "Rows are deleted in one transaction",
     .effect = "Every row that goes stays locked until the last one does, and is there for nobody "
               "but still in the way; one long transaction keeps vacuum from cleaning anywhere.",
     .application =
         "Whoever wants to write one of the rows waits until all are gone; replicas fall "
         "behind. When it fails near the end, all of it was for nothing.",
     .bad = "DELETE FROM sessions WHERE room IS NULL;\n",
     .good = "DELETE FROM sessions WHERE id IN (1, 2, 3);\n",
     .versions = "all; `bellows plan` carries it in batches. A WHERE that holds a key equal to "
                 "constants takes few rows",
     .source = "manual, 13.3.2 Row-Level Locks; 25.1 Routine Vacuuming"},
    {.id = "delete-scans-referencing",
     .title = "Rows are deleted to which others point that no index finds",
     .effect =
         "For each row that goes, the foreign key's trigger reads the whole table that points "
         "to it.",
     .application = "A batch takes as long as that table is large, for each of its rows, and its "
                    "rows stay locked all the while.",
     .bad = "CREATE TABLE visits (id bigint PRIMARY KEY, user_id integer REFERENCES users);\n"
            "-- next migration\n"
            "DELETE FROM users WHERE role = 'gone';\n",
     .good = "CREATE TABLE visits (id bigint PRIMARY KEY, user_id integer REFERENCES users);\n"
             "CREATE INDEX visits_user_id ON visits (user_id);\n"
             "-- next migration\n"
             "DELETE FROM users WHERE id IN (7, 8);\n",
     .versions = "all",
     .source = "manual, 5.4.5 Foreign Keys (an index on the referencing columns)"},
    {.id = "delete-cascades",
     .title = "Rows of other tables are deleted or changed along",
     .effect = "The foreign key's trigger deletes what points to the row, or sets it, in the same "
               "transaction.",
     .application = "A batch of a thousand rows may take a million along, with their locks and "
                    "triggers; its size is steered by time, so it becomes small.",
     .bad = "CREATE TABLE visits (id bigint PRIMARY KEY,\n"
            "  user_id integer REFERENCES users ON DELETE CASCADE);\n"
            "CREATE INDEX visits_user_id ON visits (user_id);\n"
            "-- next migration\n"
            "DELETE FROM users WHERE role = 'gone';\n",
     .good = "CREATE TABLE visits (id bigint PRIMARY KEY, user_id integer REFERENCES users);\n"
             "CREATE INDEX visits_user_id ON visits (user_id);\n"
             "-- next migration\n"
             "DELETE FROM users WHERE id IN (7, 8);\n",
     .versions = "all",
     .source = "manual, 5.4.5 Foreign Keys"},
    {.id = "insert-in-one-go",
     .title = "The rows of a table are copied to another one in one transaction",
     .effect = "One transaction for as long as the source is large: it keeps vacuum from cleaning "
               "anywhere, and the keys that it has put into the target are taken and not there.",
     .application = "Whoever inserts one of the same keys waits for its end; replicas fall behind.",
     .bad = "INSERT INTO sessions (id, user_id) SELECT id, id FROM users WHERE role = 'guest';\n",
     .good = "INSERT INTO sessions (id, user_id) SELECT id, id FROM users WHERE id = 7;\n",
     .versions = "all; `bellows plan` carries it in batches, each row once",
     .source = "manual, INSERT; 64.5 Index Uniqueness Checks; 25.1 Routine Vacuuming"},
    {.id = "long-lock",
     .title = "A strong lock is held while the rows are gone through",
     .effect = "A table is read or rewritten under a lock that blocks writes or reads too.",
     .application = "Reads or writes of the table wait as long as it is large.",
     .bad = "VACUUM FULL users;\n",
     .good = "VACUUM users;\n",
     .versions = "all; REPACK CONCURRENTLY is not in 13 to 18",
     .source = "manual, 13.3.1 Table-Level Locks"},
    {.id = "refresh-not-concurrent",
     .title = "A materialized view is refreshed while nobody may read it",
     .effect = "An ACCESS EXCLUSIVE lock for as long as the query runs; the rows and all indexes "
               "are written anew.",
     .application = "Reads of the view wait until the query is through.",
     .bad = "CREATE MATERIALIZED VIEW kept AS SELECT id, role FROM users;\n"
            "-- next migration\n"
            "REFRESH MATERIALIZED VIEW kept;\n",
     .good = "CREATE MATERIALIZED VIEW kept AS SELECT id, role FROM users;\n"
             "CREATE UNIQUE INDEX kept_id ON kept (id);\n"
             "-- next migration\n"
             "REFRESH MATERIALIZED VIEW CONCURRENTLY kept;\n",
     .versions = "all",
     .source = "manual, REFRESH MATERIALIZED VIEW"},
};

}  // namespace

std::span<Page const> table_pages() {
  return all;
}

}  // namespace bellows::rules
