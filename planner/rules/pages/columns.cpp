#include "planner/rules/page.hpp"

namespace bellows::rules {

namespace {

constexpr Page columns_texts[] = {
    {.id = "rename-column",
     .title = "A column is renamed while the application runs",
     .effect = "The rename itself is a catalog change: an ACCESS EXCLUSIVE lock for an instant.",
     .application =
         "Every statement that still has the old name fails from that moment on, prepared ones "
         "included; during a deployment old and new code run side by side, so one of them is "
         "always wrong.",
     .bad = "ALTER TABLE users RENAME COLUMN role TO access;\n",
     .good = "-- The bad one as it stands, split by `bellows plan`; by hand it is, for a small "
             "table:\n"
             "ALTER TABLE users ADD COLUMN access text;\n"
             "CREATE FUNCTION users_role_is_access() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n"
             "  IF TG_OP = 'INSERT' AND NEW.access IS NOT NULL THEN NEW.role := NEW.access;\n"
             "  ELSIF TG_OP = 'UPDATE' AND NEW.access IS DISTINCT FROM OLD.access THEN\n"
             "    NEW.role := NEW.access;\n"
             "  ELSE NEW.access := NEW.role; END IF;\n"
             "  RETURN NEW; END $$;\n"
             "CREATE TRIGGER users_role_is_access BEFORE INSERT OR UPDATE ON users\n"
             "  FOR EACH ROW EXECUTE FUNCTION users_role_is_access();\n"
             "-- next migration\n"
             "-- bellows: allow-unsplit update-in-one-go because the table is small\n"
             "UPDATE users SET access = role WHERE access IS DISTINCT FROM role;\n"
             "-- next migration\n"
             "DROP TRIGGER users_role_is_access ON users;\n"
             "DROP FUNCTION users_role_is_access();\n"
             "-- bellows: allow drop-column because no release names it any more\n"
             "ALTER TABLE users DROP COLUMN role;\n",
     .versions = "all",
     .source = "manual, ALTER TABLE, RENAME; src/backend/commands/tablecmds.c, renameatt()"},
    {.id = "trigger-says-column",
     .title = "A trigger says the name of a column that is renamed",
     .effect = "A function's quoted text and a trigger's arguments are words to PostgreSQL: they "
               "stay as they are when the column gets another name. UPDATE OF and WHEN follow it.",
     .application = "Once the old name is gone, every write that fires the trigger fails (42703: "
                    "record “new” has no field). Compiled functions cannot be read: it depends on "
                    "what they do.",
     .bad = "CREATE FUNCTION users_lower() RETURNS trigger LANGUAGE plpgsql AS $$\n"
            "BEGIN NEW.role := lower(NEW.role); RETURN NEW; END $$;\n"
            "CREATE TRIGGER users_lower BEFORE INSERT OR UPDATE ON users\n"
            "  FOR EACH ROW EXECUTE FUNCTION users_lower();\n"
            "-- next migration\n"
            "ALTER TABLE users RENAME COLUMN role TO access;\n",
     .good = "CREATE FUNCTION users_lower() RETURNS trigger LANGUAGE plpgsql AS $$\n"
             "BEGIN NEW.role := lower(NEW.role); RETURN NEW; END $$;\n"
             "CREATE TRIGGER users_lower BEFORE INSERT OR UPDATE ON users\n"
             "  FOR EACH ROW EXECUTE FUNCTION users_lower();\n"
             "-- next migration\n"
             "-- bellows: allow-unsplit rename-column because nobody is connected\n"
             "ALTER TABLE users RENAME COLUMN role TO access;\n"
             "CREATE OR REPLACE FUNCTION users_lower() RETURNS trigger LANGUAGE plpgsql AS $$\n"
             "BEGIN NEW.access := lower(NEW.access); RETURN NEW; END $$;\n",
     .versions = "all; the new text stands in the rename's own file, and bellows puts it in place "
                 "in the transaction that takes the old name away",
     .source = "manual, 43.11 PL/pgSQL under the Hood; src/pl/plpgsql/src/pl_exec.c"},
    {.id = "drop-column",
     .title = "A column is dropped that the application may still use",
     .effect = "An ACCESS EXCLUSIVE lock for an instant; the values stay on disk and cannot be "
               "reached any more. A foreign key on the column locks the referenced table too.",
     .application = "Statements that name the column fail; so do prepared SELECT * (“cached plan "
                    "must not change result type”) and object mappers that remember the columns.",
     .bad = "ALTER TABLE users DROP COLUMN role;\n",
     .good = "-- bellows: allow drop-column because release 41 no longer names it\n"
             "ALTER TABLE users DROP COLUMN role;\n",
     .versions = "all",
     .source = "manual, ALTER TABLE, DROP COLUMN; src/backend/utils/cache/plancache.c"},
    {.id = "add-column-volatile-default",
     .title = "A column is added whose value has to be computed for every row",
     .effect = "A volatile default, a serial or an identity makes PostgreSQL rewrite the table "
               "and build all its indexes again under ACCESS EXCLUSIVE.",
     .application = "Reads and writes of the table wait until it is rewritten.",
     .bad = "ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();\n",
     .good = "ALTER TABLE users ADD COLUMN token uuid;\n"
             "ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();\n",
     .versions = "constants and stable functions (now()) need no rewrite since 11",
     .source = "manual, ALTER TABLE, Notes; src/backend/commands/tablecmds.c, ATExecAddColumn()"},
    {.id = "add-column-constrained-domain",
     .title = "A column of a domain with constraints is added",
     .effect = "PostgreSQL tries the domain's constraints on the value of every row, even where it "
               "is NULL, and rewrites the table with all its indexes under ACCESS EXCLUSIVE.",
     .application = "Reads and writes of the table wait until it is rewritten.",
     .bad = "CREATE DOMAIN level AS integer CHECK (VALUE > 0);\n"
            "-- next migration\n"
            "ALTER TABLE users ADD COLUMN level level;\n",
     .good = "ALTER TABLE users ADD COLUMN level integer;\n"
             "ALTER TABLE users ADD CONSTRAINT level_positive CHECK (level > 0) NOT VALID;\n"
             "-- next migration\n"
             "ALTER TABLE users VALIDATE CONSTRAINT level_positive;\n",
     .versions = "all, 18 included",
     .source = "src/backend/commands/tablecmds.c, ATExecAddColumn(), DomainHasConstraints()"},
    {.id = "add-column-stored",
     .title = "A STORED generated column is added",
     .effect = "PostgreSQL computes the expression for every row and rewrites the table under "
               "ACCESS EXCLUSIVE.",
     .application = "Reads and writes of the table wait until it is rewritten.",
     .bad = "ALTER TABLE users ADD COLUMN shout text GENERATED ALWAYS AS (upper(name)) STORED;\n",
     .good = "ALTER TABLE users ADD COLUMN shout text;\n",
     .versions = "STORED since 12; from 18 on VIRTUAL columns need no rewrite",
     .source = "manual, 5.3 Generated Columns; ALTER TABLE, Notes"},
    {.id = "add-column-not-null",
     .title = "A NOT NULL column is added without a default",
     .effect = "The new column is NULL in every row that is there, so the statement fails as soon "
               "as there is one.",
     .application = "Nothing on an empty table; elsewhere the migration fails, after having "
                    "blocked reads and writes while it looked.",
     .bad = "ALTER TABLE users ADD COLUMN level integer NOT NULL;\n",
     .good = "ALTER TABLE users ADD COLUMN level integer NOT NULL DEFAULT 1;\n",
     .versions = "a constant default costs no rewrite since 11",
     .source = "manual, ALTER TABLE, ADD COLUMN"},
    {.id = "set-not-null",
     .title = "SET NOT NULL searches the whole table",
     .effect = "Every row is read under ACCESS EXCLUSIVE, unless a validated CHECK proves that "
               "there is no NULL.",
     .application = "Reads and writes of the table wait for the scan.",
     .bad = "ALTER TABLE users ALTER COLUMN name SET NOT NULL;\n",
     .good = "ALTER TABLE users ADD CONSTRAINT users_name_given CHECK (name IS NOT NULL) NOT "
             "VALID;\n"
             "-- next migration\n"
             "ALTER TABLE users VALIDATE CONSTRAINT users_name_given;\n"
             "-- next migration\n"
             "ALTER TABLE users ALTER COLUMN name SET NOT NULL;\n"
             "ALTER TABLE users DROP CONSTRAINT users_name_given;\n",
     .versions = "a CHECK is taken as proof since 12; NOT NULL … NOT VALID since 18",
     .source = "manual, ALTER TABLE, SET NOT NULL; tablecmds.c, NotNullImpliedByRelConstraints()"},
    {.id = "change-type",
     .title = "A type change rewrites the table, its indexes, or checks it again",
     .effect = "Unless the old values are the new ones bit by bit (varchar(n) grown, varchar to "
               "text), the heap is rewritten under ACCESS EXCLUSIVE; indexes and CHECKs on the "
               "column may have to be done again even then.",
     .application = "Reads and writes wait for as long as the table is large; afterwards prepared "
                    "statements fail once (“cached plan must not change result type”).",
     .bad = "ALTER TABLE users ALTER COLUMN id TYPE bigint;\n",
     .good = "ALTER TABLE users ADD COLUMN big_id bigint;\n"
             "-- next migration\n"
             "ALTER TABLE users ALTER COLUMN email TYPE varchar(200);\n",
     .versions = "timestamp to timestamptz needs no rewrite where TimeZone is UTC (12 and later), "
                 "which SET LOCAL TimeZone = 'UTC' in the same migration makes sure of",
     .source = "manual, ALTER TABLE, Notes; tablecmds.c, ATColumnChangeRequiresRewrite()"},
    {.id = "identity-refused",
     .title = "A column cannot be an identity column as it is",
     .effect = "An identity column is a smallint, integer or bigint, NOT NULL, and has no DEFAULT; "
               "only what is one has a sequence to SET, RESTART or DROP.",
     .application = "Nothing: the migration fails (55000, 22023).",
     .bad = "ALTER TABLE sessions ALTER COLUMN room ADD GENERATED BY DEFAULT AS IDENTITY;\n",
     .good =
         "ALTER TABLE sessions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (START WITH "
         "1000000);\n",
     .versions = "all",
     .source = "tablecmds.c, ATExecAddIdentity()"},
    {.id = "identity-starts-at-one",
     .title = "A column with numbers becomes an identity column that starts at 1",
     .effect = "ADD GENERATED … AS IDENTITY makes a sequence, which knows nothing of the rows that "
               "there are; the table is locked for an instant and not rewritten.",
     .application =
         "Inserts that leave the number to PostgreSQL fail with a duplicate key (23505), "
         "or repeat numbers where no unique index forbids it.",
     .bad = "ALTER TABLE users ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;\n",
     .good = "ALTER TABLE users ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;\n"
             "ALTER TABLE users ALTER COLUMN id RESTART WITH 1000000;\n",
     .versions = "all; on a partitioned table its partitions are locked as well from 17 on",
     .source = "manual, CREATE TABLE, GENERATED … AS IDENTITY"},
    {.id = "set-expression",
     .title = "A generated column gets another expression",
     .effect = "A STORED column is computed for every row: PostgreSQL rewrites the table and all "
               "its indexes under ACCESS EXCLUSIVE. A VIRTUAL one is only a catalog change.",
     .application = "Reads and writes wait until the last row is written.",
     .bad = "ALTER TABLE users ALTER COLUMN role SET EXPRESSION AS (lower(name));\n",
     .good = "ALTER TABLE users ADD COLUMN role_2 text;\n",
     .versions = "17 and later; VIRTUAL since 18",
     .source = "manual, ALTER TABLE, SET EXPRESSION AS"},
    {.id = "blocked-by-dependents",
     .title = "Something else holds on to what is to go, or to change its type",
     .effect = "PostgreSQL refuses to drop what a view, foreign key, policy or generated column "
               "needs (2BP01), and to change the type of a column that one uses (0A000).",
     .application = "Nothing; the migration fails.",
     .bad = "ALTER TABLE users ALTER COLUMN name TYPE varchar(100);\n",
     .good = "-- bellows: allow drop-view because no release reads it\n"
             "DROP VIEW user_names;\n"
             "-- next migration\n"
             "-- bellows: allow change-type because the table is small\n"
             "ALTER TABLE users ALTER COLUMN name TYPE varchar(100);\n",
     .versions = "all; functions with SQL-standard bodies since 14, publications since 15",
     .source = "src/backend/commands/tablecmds.c, RememberAllDependentForRebuilding(); manual, "
               "5.15 Dependency Tracking"},
    {.id = "partition-key",
     .title = "A column of a partition key can neither change its type nor go",
     .effect = "PostgreSQL refuses both, with or without CASCADE (42P16): it would have to move "
               "every row to another partition. The same holds for the key of a partition that is "
               "itself partitioned, and for columns that a key's expression names.",
     .application = "Nothing; the migration fails.",
     .bad = "CREATE TABLE events (id integer, day date) PARTITION BY RANGE (day);\n"
            "-- next migration\n"
            "ALTER TABLE events ALTER COLUMN day TYPE timestamp;\n",
     .good = "CREATE TABLE events (id integer, day date) PARTITION BY RANGE (day);\n"
             "-- next migration\n"
             "CREATE TABLE events_new (id integer, day timestamp) PARTITION BY RANGE (day);\n",
     .versions = "all",
     .source = "src/backend/commands/tablecmds.c, ATPrepAlterColumnType(), ATExecDropColumn()"},
    {.id = "inherited-column",
     .title = "A column that several tables share changes in one of them only",
     .effect = "Columns of a partition or of an inheriting table are the parent's: they are "
               "changed, renamed and dropped there, for all at once (42P16). A partition has no "
               "columns of its own (42809).",
     .application = "Nothing; the migration fails.",
     .bad = "CREATE TABLE events (id integer, day date) PARTITION BY RANGE (day);\n"
            "CREATE TABLE events_1 PARTITION OF events DEFAULT;\n"
            "-- next migration\n"
            "ALTER TABLE events_1 ADD COLUMN note text;\n",
     .good = "CREATE TABLE events (id integer, day date) PARTITION BY RANGE (day);\n"
             "CREATE TABLE events_1 PARTITION OF events DEFAULT;\n"
             "-- next migration\n"
             "ALTER TABLE events ADD COLUMN note text;\n",
     .versions = "all",
     .source = "src/backend/commands/tablecmds.c, ATPrepAddColumn(), renameatt_internal()"},
    {.id = "drops-along",
     .title = "A DROP takes more with it than it names",
     .effect = "DROP COLUMN drops every index and constraint that the column is in, also those "
               "over several columns, without CASCADE and without a notice. CASCADE drops views, "
               "foreign keys, policies and generated columns, and tells them in a notice that few "
               "migration tools show.",
     .application = "What relied on a dropped UNIQUE or CHECK now gets what it forbade; queries "
                    "lose their index; readers of a dropped view fail.",
     .bad = "CREATE UNIQUE INDEX CONCURRENTLY users_name_role ON users (name, role);\n"
            "-- next migration\n"
            "-- bellows: allow drop-column because no release has used it since 4.2\n"
            "ALTER TABLE users DROP COLUMN role;\n",
     .good = "CREATE UNIQUE INDEX CONCURRENTLY users_name_role ON users (name, role);\n"
             "-- next migration\n"
             "DROP INDEX CONCURRENTLY users_name_role;\n"
             "-- next migration\n"
             "-- bellows: allow drop-column because no release has used it since 4.2\n"
             "ALTER TABLE users DROP COLUMN role;\n",
     .versions = "all; 13 and 14 also drop generated columns that are computed from it, without "
                 "CASCADE and without a notice",
     .source = "manual, ALTER TABLE, DROP COLUMN; src/backend/catalog/dependency.c"},
};

}  // namespace

std::span<Page const> column_pages() {
  return columns_texts;
}

}  // namespace bellows::rules
