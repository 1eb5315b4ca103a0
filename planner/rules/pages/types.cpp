#include "planner/rules/page.hpp"

namespace bellows::rules {

namespace {

constexpr Page types_texts[] = {
    {.id = "rename-enum-value",
     .title = "An enum label is renamed while the application runs",
     .effect = "A catalog change: rows keep the value and show the new label at once.",
     .application = "Statements with the old label fail (22P02), and readers get a label that "
                    "they do not know.",
     .bad = "ALTER TYPE mood RENAME VALUE 'calm' TO 'quiet';\n",
     .good = "ALTER TYPE mood ADD VALUE 'quiet';\n",
     .versions = "all",
     .source = "manual, ALTER TYPE, RENAME VALUE"},
    {.id = "enum-value-used-at-once",
     .title = "An enum label is used in the transaction that adds it",
     .effect = "A label may be used only after the transaction that added it has ended (55P04); "
               "from 17 on also before, where the type itself is new there.",
     .application = "Nothing; the migration fails.",
     .bad = "ALTER TYPE mood ADD VALUE 'sleepy';\n"
            "ALTER TABLE users ADD COLUMN mood mood DEFAULT 'sleepy';\n",
     .good = "ALTER TYPE mood ADD VALUE 'sleepy';\n"
             "-- next migration\n"
             "ALTER TABLE users ADD COLUMN mood mood DEFAULT 'sleepy';\n",
     .versions = "12 and later; before, ADD VALUE could not run in a transaction at all",
     .source = "manual, ALTER TYPE, Notes; src/backend/utils/adt/enum.c, check_safe_enum_use()"},
    {.id = "domain-constraint",
     .title = "A constraint of a domain is checked in every table that uses it",
     .effect = "ADD CONSTRAINT, SET NOT NULL and VALIDATE CONSTRAINT of a domain lock each table "
               "with a column of it SHARE, and read all their rows.",
     .application = "Writes to all those tables wait until the last row is read.",
     .bad = "CREATE DOMAIN level AS integer;\n"
            "-- next migration\n"
            "ALTER TABLE users ADD COLUMN level level;\n"
            "-- next migration\n"
            "ALTER DOMAIN level ADD CONSTRAINT positive CHECK (VALUE > 0);\n",
     .good = "CREATE DOMAIN level AS integer;\n"
             "-- next migration\n"
             "ALTER TABLE users ADD COLUMN level level;\n"
             "-- next migration\n"
             "ALTER DOMAIN level ADD CONSTRAINT positive CHECK (VALUE > 0) NOT VALID;\n",
     .versions = "all",
     .source = "src/backend/commands/typecmds.c, validateDomainCheckConstraint()"},
    {.id = "type-change-values",
     .title = "A change of type changes the values on the way",
     .effect = "A cast that is written out cuts what is too long, and a date has no time of day: "
               "also where the last type can hold what the first one held. The table is rewritten, "
               "and what was cut off is lost.",
     .application = "It reads other values than it wrote.",
     .bad = "ALTER TABLE users ALTER COLUMN created_at TYPE timestamptz USING created_at::date;\n",
     .good = "ALTER TABLE users ADD COLUMN created_on date;\n",
     .versions = "all",
     .source = "manual, 8.1 to 8.6, and CREATE CAST: explicit casts to a shorter length cut"},
    {.id = "type-change-statistics",
     .title = "A change of type forgets the column's statistics",
     .effect = "Whether or not the table is rewritten, pg_statistic loses the column's row; "
               "autoanalyze brings it back only after enough rows have changed.",
     .application = "Queries that filter or join by the column may become slow at once.",
     .bad = "ALTER TABLE users ALTER COLUMN email TYPE varchar(200);\n",
     .good = "ALTER TABLE users ADD COLUMN long_email varchar(200);\n",
     .versions = "all; 18's pg_upgrade keeps statistics, ALTER TYPE does not",
     .source = "src/backend/commands/tablecmds.c, ATExecAlterColumnType(), RemoveStatistics()"},
};

}  // namespace

std::span<Page const> type_pages() {
  return types_texts;
}

}  // namespace bellows::rules
