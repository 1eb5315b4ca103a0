#include "planner/rules/page.hpp"

namespace bellows::rules {

namespace {

constexpr Page constraints_texts[] = {
    {.id = "add-foreign-key",
     .title = "A foreign key is added and checked in one go",
     .effect = "SHARE ROW EXCLUSIVE locks on both tables are held while every row is looked up.",
     .application = "Writes to both tables wait for the check; reads go on.",
     .bad = "ALTER TABLE sessions ADD CONSTRAINT sessions_user_fk FOREIGN KEY (user_id) "
            "REFERENCES users (id);\n",
     .good = "ALTER TABLE sessions ADD CONSTRAINT sessions_user_fk FOREIGN KEY (user_id) "
             "REFERENCES users (id) NOT VALID;\n"
             "-- next migration\n"
             "ALTER TABLE sessions VALIDATE CONSTRAINT sessions_user_fk;\n",
     .versions = "NOT VALID on partitioned tables since 18",
     .source = "manual, ALTER TABLE, ADD table_constraint and Notes"},
    {.id = "add-check",
     .title = "A CHECK is added and checked in one go",
     .effect = "An ACCESS EXCLUSIVE lock is held while every row is checked.",
     .application = "Reads and writes of the table wait for the scan.",
     .bad = "ALTER TABLE users ADD CONSTRAINT users_role_known CHECK (role IN ('reader', "
            "'admin'));\n",
     .good = "ALTER TABLE users ADD CONSTRAINT users_role_known CHECK (role IN ('reader', "
             "'admin')) NOT VALID;\n"
             "-- next migration\n"
             "ALTER TABLE users VALIDATE CONSTRAINT users_role_known;\n",
     .versions = "all",
     .source = "manual, ALTER TABLE, Notes"},
    {.id = "add-unique",
     .title = "A key is added and its index built under the lock",
     .effect = "UNIQUE and PRIMARY KEY build an index while ACCESS EXCLUSIVE is held.",
     .application = "Reads and writes of the table wait until the index is built.",
     .bad = "ALTER TABLE users ADD CONSTRAINT users_name_key UNIQUE (name);\n",
     .good = "CREATE UNIQUE INDEX CONCURRENTLY users_name_key ON users (name);\n"
             "-- next migration\n"
             "ALTER TABLE users ADD CONSTRAINT users_name_key UNIQUE USING INDEX users_name_key;\n",
     .versions = "all; not on partitioned tables",
     .source = "manual, ALTER TABLE, ADD table_constraint_using_index"},
    {.id = "drop-key",
     .title = "A unique or primary key is dropped",
     .effect = "A catalog change: ACCESS EXCLUSIVE for an instant. ON CONFLICT with the key's "
               "columns finds no index any more (42P10); a table that is published without another "
               "replica identity refuses UPDATE and DELETE.",
     .application = "Upserts fail; rows that should be one come twice.",
     .bad = "ALTER TABLE users DROP CONSTRAINT users_pkey;\n",
     .good = "-- bellows: allow drop-key because users_email_idx takes its place\n"
             "ALTER TABLE users DROP CONSTRAINT users_pkey;\n",
     .versions = "all",
     .source = "manual, INSERT, ON CONFLICT Clause"},
    {.id = "drop-not-null",
     .title = "A column may be NULL from now on",
     .effect = "A catalog change: ACCESS EXCLUSIVE for an instant.",
     .application = "Code that was written when there was no NULL reads one; comparisons and joins "
                    "with it pass the row over.",
     .bad = "ALTER TABLE users ALTER COLUMN email DROP NOT NULL;\n",
     .good = "ALTER TABLE users ALTER COLUMN email SET DEFAULT '';\n",
     .versions = "all",
     .source = "manual, ALTER TABLE, DROP NOT NULL"},
    {.id = "add-exclude",
     .title = "An exclusion constraint is added to a table with rows",
     .effect = "Its index is built and every row compared under ACCESS EXCLUSIVE; there is no "
               "NOT VALID and no USING INDEX for it.",
     .application = "Reads and writes of the table wait all the while.",
     .bad = "ALTER TABLE sessions ADD CONSTRAINT one_at_a_time EXCLUDE USING gist (during WITH "
            "&&);\n",
     .good = "CREATE TABLE bookings (during tsrange, EXCLUDE USING gist (during WITH &&));\n",
     .versions = "all",
     .source = "manual, ALTER TABLE, ADD table_constraint"},
    {.id = "validate-in-same-migration",
     .title = "A constraint is added NOT VALID and validated in the same transaction",
     .effect = "The strong lock with which the constraint was added is held to the end of the "
               "transaction, and so all the while VALIDATE reads the table.",
     .application = "As without NOT VALID: writes, for a CHECK reads as well, wait for the scan.",
     .bad = "ALTER TABLE users ADD CONSTRAINT users_role_given CHECK (role <> '') NOT VALID;\n"
            "ALTER TABLE users VALIDATE CONSTRAINT users_role_given;\n",
     .good = "ALTER TABLE users ADD CONSTRAINT users_role_given CHECK (role <> '') NOT VALID;\n"
             "-- next migration\n"
             "ALTER TABLE users VALIDATE CONSTRAINT users_role_given;\n",
     .versions = "all",
     .source = "manual, ALTER TABLE, Notes; 13.3 Explicit Locking (locks last to the end)"},
    {.id = "not-null-not-valid",
     .title = "Something is built on a NOT NULL that is NOT VALID",
     .effect = "SET NOT NULL of the column itself reads the table under ACCESS EXCLUSIVE, whatever "
               "else proves it. SET NOT NULL of a partitioned table believes its partitions' "
               "unvalidated ones without a look, and a replica identity rests on them.",
     .application = "Reads and writes wait for the scan; or rows with NULL are not found any more; "
                    "or a DELETE takes another row on the subscriber.",
     .bad = "ALTER TABLE users ADD CONSTRAINT users_role_nn NOT NULL role NOT VALID;\n"
            "-- next migration\n"
            "ALTER TABLE users ALTER COLUMN role SET NOT NULL;\n",
     .good = "ALTER TABLE users ADD CONSTRAINT users_role_nn CHECK (role IS NOT NULL) NOT VALID;\n"
             "-- next migration\n"
             "ALTER TABLE users VALIDATE CONSTRAINT users_role_nn;\n"
             "-- next migration\n"
             "ALTER TABLE users ALTER COLUMN role SET NOT NULL;\n",
     .versions = "18 and later",
     .source = "src/backend/commands/tablecmds.c, ATExecSetNotNull(); tried on 18.4"},
    {.id = "check-rejects-old-rows",
     .title = "A NOT VALID check that rows already there cannot meet",
     .effect = "NOT VALID spares old rows only until they are written: every UPDATE checks the new "
               "version of the row, whatever column it changes.",
     .application = "Updates of old rows fail with 23514 although they have nothing to do with the "
                    "column; a backfill of the table fails in the same way.",
     .bad = "ALTER TABLE users ADD COLUMN tier text;\n"
            "ALTER TABLE users ADD CONSTRAINT users_tier_given CHECK (tier IS NOT NULL) NOT "
            "VALID;\n",
     .good = "ALTER TABLE users ADD COLUMN tier text DEFAULT 'free';\n"
             "ALTER TABLE users ADD CONSTRAINT users_tier_given CHECK (tier IS NOT NULL) NOT "
             "VALID;\n",
     .versions = "all",
     .source = "src/backend/executor/execMain.c, ExecRelCheck(): no exception for old rows"},
};

}  // namespace

std::span<Page const> constraint_pages() {
  return constraints_texts;
}

}  // namespace bellows::rules
