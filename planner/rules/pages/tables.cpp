#include "planner/rules/page.hpp"

namespace bellows::rules {

namespace {

constexpr Page tables_texts[] = {
    {.id = "rows-elsewhere",
     .title = "The rows of a table, or of a partition of it, are on other servers",
     .effect = "Of a table that Citus distributes, replicates or manages this server has an empty "
               "shell: locks, sizes and pages of it say nothing. A foreign partition or child "
               "changes here alone.",
     .application =
         "Statements that reach the column on the other server fail (42703, 42804). A "
         "backfill would walk over an empty shell, find nothing to do, and call it done; "
         "so bellows refuses.",
     .bad = "CREATE TABLE logs (id bigint, at date) PARTITION BY RANGE (at);\n"
            "CREATE FOREIGN TABLE logs_2020 PARTITION OF logs\n"
            "  FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') SERVER archive;\n"
            "-- next migration\n"
            "ALTER TABLE logs ADD COLUMN note text;\n",
     .good = "CREATE TABLE logs (id bigint, at date) PARTITION BY RANGE (at);\n"
             "CREATE FOREIGN TABLE logs_2020 PARTITION OF logs\n"
             "  FOR VALUES FROM ('2020-01-01') TO ('2021-01-01') SERVER archive;\n"
             "-- next migration\n"
             "ALTER TABLE logs DETACH PARTITION logs_2020;\n"
             "ALTER TABLE logs ADD COLUMN note text;\n",
     .versions = "all",
     .source = "manual, CREATE FOREIGN TABLE; Citus, pg_dist_partition, tried on 13.2"},
    {.id = "rename-table",
     .title = "A table is renamed while the application runs",
     .effect = "A catalog change: ACCESS EXCLUSIVE for an instant.",
     .application = "Every statement that still has the old name fails from that moment on.",
     .bad = "ALTER TABLE users RENAME TO people;\n",
     .good = "ALTER TABLE users RENAME TO people;\n"
             "CREATE VIEW users AS SELECT * FROM people;\n"
             "GRANT SELECT, INSERT, UPDATE, DELETE ON users TO CURRENT_USER;\n",
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
    {.id = "drop-schema",
     .title = "A schema is dropped with everything that is in it",
     .effect = "ACCESS EXCLUSIVE on each of its tables and views, on what their foreign keys point "
               "to and come from, and on views elsewhere that read them; all of it goes.",
     .application = "Statements that use anything of it fail; the rows are lost.",
     .bad = "CREATE SCHEMA old;\n-- next migration\n"
            "CREATE TABLE old.notes (id integer);\n-- next migration\n"
            "DROP SCHEMA old CASCADE;\n",
     .good = "CREATE SCHEMA old;\n-- next migration\n"
             "DROP SCHEMA old;\n",
     .versions = "all",
     .source = "manual, DROP SCHEMA"},
    {.id = "rename-schema",
     .title = "A schema is renamed while the application runs",
     .effect = "A catalog change; no lock on the tables in it.",
     .application = "Statements with the old name fail (3F000, 42P01); a search_path with the old "
                    "name finds nothing in it any more.",
     .bad = "ALTER SCHEMA app RENAME TO shop;\n",
     .good = "CREATE SCHEMA shop;\nCREATE VIEW shop.users AS SELECT * FROM users;\n",
     .versions = "all",
     .source = "manual, ALTER SCHEMA"},
    {.id = "drop-database",
     .title = "A migration drops a database",
     .effect = "All its files are deleted; it cannot run in a transaction.",
     .application = "Whatever used the database fails; its rows are lost.",
     .bad = "DROP DATABASE shop;\n",
     .good = "-- bellows: allow drop-database because nothing was ever kept in it\n"
             "DROP DATABASE shop;\n",
     .versions = "all",
     .source = "manual, DROP DATABASE"},
    {.id = "row-security-without-policy",
     .title = "Row security is enabled on a table without a policy",
     .effect = "Where no policy lets rows through, none is: default deny. FORCE is for the owner "
               "as well; superusers and BYPASSRLS roles see everything.",
     .application = "Queries return nothing and UPDATEs find nothing, without an error; INSERTs "
                    "fail (42501).",
     .bad = "ALTER TABLE users ENABLE ROW LEVEL SECURITY;\n",
     .good = "CREATE POLICY own ON users USING (name = current_user);\n"
             "ALTER TABLE users ENABLE ROW LEVEL SECURITY;\n",
     .versions = "all",
     .source = "manual, 5.8 Row Security Policies"},
    {.id = "published-column",
     .title = "A column is added to a published table, or renamed, without a word on subscribers",
     .effect = "Native replication goes by column names. A subscriber that is sent a column which "
               "its table does not have stops with an error at the next change; the slot keeps "
               "the publisher's WAL until it goes on. A column list keeps a new column back, and "
               "breaks when contract swaps a renamed one.",
     .application = "Subscribers stand still, and the publisher's disk fills up.",
     .bad = "CREATE PUBLICATION feed FOR TABLE users;\n-- next migration\n"
            "ALTER TABLE users ADD COLUMN phone text;\n",
     .good = "CREATE PUBLICATION feed FOR TABLE users;\n-- next migration\n"
             "-- bellows: subscriber ready\n"
             "ALTER TABLE users ADD COLUMN phone text;\n",
     .versions = "all; column lists since 15, generated columns are sent since 18",
     .source = "manual, 31.6, Restrictions; logicalrep_rel_open() in relation.c"},
    {.id = "whole-row-trigger",
     .title = "A column is added to a table whose trigger takes rows whole",
     .effect =
         "INSERT INTO history SELECT OLD.*, VALUES (NEW.*) and their like take the columns "
         "in the order in which they stand. One more, and there are more expressions than "
         "target columns (42601), or the values move on by one column. A session that has fired "
         "the trigger before keeps its plans, and fails once it connects anew.",
     .application = "Every write that fires the trigger fails from the moment this commits; a "
                    "rename that bellows splits adds a column as well.",
     .bad = "CREATE TABLE users_history (id integer, email text, name text, role text, created_at "
            "timestamp);\n"
            "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n"
            "  INSERT INTO users_history SELECT OLD.*; RETURN NULL; END $$;\n"
            "CREATE TRIGGER keep AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION keep();\n"
            "-- next migration\nALTER TABLE users ADD COLUMN phone text;\n",
     .good = "CREATE TABLE users_history (id integer, email text);\n"
             "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n"
             "  INSERT INTO users_history (id, email) VALUES (OLD.id, OLD.email); RETURN NULL; "
             "END $$;\n"
             "CREATE TRIGGER keep AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION keep();\n"
             "-- next migration\nALTER TABLE users ADD COLUMN phone text;\n",
     .versions = "all",
     .source = "manual, INSERT; 43.10, Trigger Functions"},
    {.id = "backfill-fires-triggers",
     .title = "A backfill fires the table's own triggers for each row",
     .effect = "A batch is an ordinary write: an UPDATE trigger without a list of columns, or with "
               "one that the batch writes, fires for each of its rows.",
     .application =
         "updated_at is the night of the backfill in every row, every version counts on, "
         "every row goes out once more as a notification or an event.",
     .bad = "ALTER TABLE users ADD COLUMN updated_at timestamp;\n"
            "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n"
            "  NEW.updated_at := now(); RETURN NEW; END $$;\n"
            "CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();\n"
            "-- next migration\nALTER TABLE users RENAME COLUMN name TO display_name;\n",
     .good = "ALTER TABLE users ADD COLUMN updated_at timestamp;\n"
             "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n"
             "  NEW.updated_at := now(); RETURN NEW; END $$;\n"
             "CREATE TRIGGER touch BEFORE UPDATE OF email, name, role ON users FOR EACH ROW "
             "EXECUTE FUNCTION touch();\n",
     .versions = "all",
     .source = "manual, CREATE TRIGGER, UPDATE OF and WHEN"},
    {.id = "published-without-key",
     .title = "A table without a replica identity is published",
     .effect = "A subscriber is told of a changed row by its replica identity, the primary key if "
               "nothing else is said; without one the publisher refuses the change.",
     .application = "Every UPDATE and DELETE of the table fails (55000).",
     .bad = "CREATE PUBLICATION feed FOR TABLE users;\nALTER TABLE users DROP CONSTRAINT "
            "users_pkey;\n",
     .good = "CREATE PUBLICATION feed FOR TABLE users;\n"
             "ALTER TABLE users REPLICA IDENTITY USING INDEX users_email_idx;\n"
             "ALTER TABLE users DROP CONSTRAINT users_pkey;\n",
     .versions = "all",
     .source = "src/backend/executor/execReplication.c, CheckCmdReplicaIdentity()"},
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
    {.id = "attach-scan",
     .title = "A table is attached whose constraints do not say that its rows belong there",
     .effect = "ATTACH PARTITION holds ACCESS EXCLUSIVE on the table that comes, and reads all of "
               "it unless valid CHECK and NOT NULL constraints imply the bounds; it builds the "
               "indexes and checks the foreign keys that the table does not have yet. Of the "
               "partitioned table it takes SHARE UPDATE EXCLUSIVE only.",
     .application = "Reads and writes of the table that comes wait until the last row is read.",
     .bad = "CREATE TABLE events (id integer, day date NOT NULL) PARTITION BY RANGE (day);\n"
            "CREATE TABLE may (id integer, day date NOT NULL);\n"
            "-- next migration\n"
            "ALTER TABLE events ATTACH PARTITION may FOR VALUES FROM ('2026-05-01') TO "
            "('2026-06-01');\n",
     .good = "CREATE TABLE events (id integer, day date NOT NULL) PARTITION BY RANGE (day);\n"
             "CREATE TABLE may (id integer, day date NOT NULL);\n"
             "-- next migration\n"
             "ALTER TABLE may ADD CONSTRAINT may_only CHECK (day >= '2026-05-01' AND day < "
             "'2026-06-01') NOT VALID;\n"
             "-- next migration\n"
             "ALTER TABLE may VALIDATE CONSTRAINT may_only;\n"
             "-- next migration\n"
             "ALTER TABLE events ATTACH PARTITION may FOR VALUES FROM ('2026-05-01') TO "
             "('2026-06-01');\n",
     .versions = "all; before 12 the partitioned table was locked ACCESS EXCLUSIVE as well. For a "
                 "timestamp with time zone write the offset in both places: what a value without "
                 "one means, the session's TimeZone decides",
     .source = "manual, 5.11.2.2 Partition Maintenance; ALTER TABLE, ATTACH PARTITION"},
    {.id = "detach-not-concurrent",
     .title = "A partition is detached while nobody may use the table",
     .effect =
         "ACCESS EXCLUSIVE on the partitioned table and the partition, for an instant, after a "
         "wait for every query of any partition. CONCURRENTLY takes SHARE UPDATE EXCLUSIVE on "
         "the partitioned table; a table with a DEFAULT partition does not take it.",
     .application = "Whatever uses any partition waits behind it.",
     .bad = "CREATE TABLE events (id integer, day date) PARTITION BY RANGE (day);\n"
            "CREATE TABLE may PARTITION OF events FOR VALUES FROM ('2026-05-01') TO "
            "('2026-06-01');\n"
            "-- next migration\n"
            "ALTER TABLE events DETACH PARTITION may;\n",
     .good = "CREATE TABLE events (id integer, day date) PARTITION BY RANGE (day);\n"
             "CREATE TABLE may PARTITION OF events FOR VALUES FROM ('2026-05-01') TO "
             "('2026-06-01');\n"
             "-- next migration\n"
             "ALTER TABLE events DETACH PARTITION may CONCURRENTLY;\n",
     .versions = "CONCURRENTLY since 14",
     .source = "manual, ALTER TABLE, DETACH PARTITION"},
    {.id = "default-partition-scan",
     .title = "A partition comes to a table that has a DEFAULT one",
     .effect = "PostgreSQL holds ACCESS EXCLUSIVE on the DEFAULT partition and reads all of it, "
               "unless its CHECK constraints exclude the new bounds.",
     .application = "Reads and writes of the DEFAULT partition wait until the last row is read; "
                    "with CREATE TABLE … PARTITION OF those of all partitions.",
     .bad = "CREATE TABLE zones (id integer) PARTITION BY LIST (id);\n"
            "CREATE TABLE zones_rest PARTITION OF zones DEFAULT;\n"
            "-- next migration\n"
            "CREATE TABLE zones_3 PARTITION OF zones FOR VALUES IN (3);\n",
     .good = "CREATE TABLE zones (id integer) PARTITION BY LIST (id);\n"
             "CREATE TABLE zones_rest PARTITION OF zones DEFAULT;\n"
             "-- next migration\n"
             "ALTER TABLE zones_rest ADD CONSTRAINT not_3 CHECK (id <> 3) NOT VALID;\n"
             "-- next migration\n"
             "ALTER TABLE zones_rest VALIDATE CONSTRAINT not_3;\n"
             "-- next migration\n"
             "CREATE TABLE zones_3 PARTITION OF zones FOR VALUES IN (3);\n",
     .versions = "all",
     .source = "manual, 5.11.2.2 Partition Maintenance; src/backend/partitioning/partbounds.c, "
               "check_default_partition_contents()"},
    {.id = "partitioned-table",
     .title = "A statement for plain tables meets a partitioned one",
     .effect = "Some things PostgreSQL does to plain tables only: build or drop an index "
               "CONCURRENTLY, take a key USING INDEX, a foreign key NOT VALID (before 18), an "
               "EXCLUDE (before 17); a unique key must have the partition key's columns.",
     .application = "Nothing; the migration fails.",
     .bad = "CREATE TABLE events (id integer, day date) PARTITION BY RANGE (day);\n"
            "-- next migration\n"
            "CREATE INDEX CONCURRENTLY events_id ON events (id);\n",
     .good = "CREATE TABLE events (id integer, day date) PARTITION BY RANGE (day);\n"
             "CREATE TABLE events_1 PARTITION OF events DEFAULT;\n"
             "-- next migration\n"
             "CREATE INDEX events_id ON ONLY events (id);\n"
             "-- next migration\n"
             "CREATE INDEX CONCURRENTLY events_1_id ON events_1 (id);\n"
             "-- next migration\n"
             "ALTER INDEX events_id ATTACH PARTITION events_1_id;\n",
     .versions = "foreign keys NOT VALID since 18, EXCLUDE since 17",
     .source = "manual, CREATE INDEX, Notes; src/backend/commands/indexcmds.c, DefineIndex()"},
    {.id = "long-lock",
     .title = "A strong lock is held while the rows are gone through",
     .effect = "A table is read or rewritten under a lock that blocks writes or reads too.",
     .application = "Reads or writes of the table wait as long as it is large.",
     .bad = "VACUUM FULL users;\n",
     .good = "VACUUM users;\n",
     .versions = "all; REPACK (CONCURRENTLY) since 19",
     .source = "manual, 13.3.1 Table-Level Locks"},
    {.id = "repack-concurrently",
     .title = "A table is written anew while it is in use",
     .effect =
         "REPACK (CONCURRENTLY) copies the table beside itself under SHARE UPDATE EXCLUSIVE, reads "
         "what is written meanwhile from the log, and takes ACCESS EXCLUSIVE when it has caught "
         "up. Before the first row it waits for every transaction on the server that has written, "
         "in any database; a REPACK is one to its end, so there is one at a time. A lock_timeout, "
         "at either end, throws the copy away, as does a deadlock with a transaction that has "
         "read the table and then alters it. It wants a key, wal_level replica, a slot of "
         "max_repack_replication_slots and a background worker, the MAINTAIN right and no more, "
         "and room for the table, its indexes and their WAL once again; no index may be INVALID.",
     .application =
         "Reads and writes go on until the last moment, and then wait with it behind the longest "
         "query of the table. To a transaction whose snapshot is older (REPEATABLE READ, "
         "SERIALIZABLE) and that had not read the table before, it has no rows afterwards, "
         "without an error.",
     .bad = "REPACK (CONCURRENTLY) users;\n",
     .good = "VACUUM users;\n",
     .versions = "19 and later; before, pg_repack",
     .source = "src/backend/commands/repack.c; tried on 19~rc1 (findings/repack-concurrently-*)"},
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
  return tables_texts;
}

}  // namespace bellows::rules
