#include "planner/rules/page.hpp"

namespace bellows::rules {

namespace {

constexpr Page all[] = {
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
     .effect = "A label may be used only after the transaction that added it has ended (55P04), "
               "unless the type itself is new there.",
     .application = "Nothing; the migration fails.",
     .bad = "ALTER TYPE mood ADD VALUE 'sleepy';\n"
            "ALTER TABLE users ADD COLUMN mood mood DEFAULT 'sleepy';\n",
     .good = "ALTER TYPE mood ADD VALUE 'sleepy';\n"
             "-- next migration\n"
             "ALTER TABLE users ADD COLUMN mood mood DEFAULT 'sleepy';\n",
     .versions = "12 and later; before, ADD VALUE could not run in a transaction at all",
     .source = "manual, ALTER TYPE, Notes; src/backend/utils/adt/enum.c, check_safe_enum_use()"},
};

}  // namespace

std::span<Page const> type_pages() {
  return all;
}

}  // namespace bellows::rules
