#pragma once

#include "planner/rules/rule.hpp"

/// ALTER TABLE … RENAME COLUMN: instant for PostgreSQL, an outage for the running application,
/// whose every statement with the old name fails from that moment on.
///
/// Plain rename. expand adds a column of the new name, kept in step by the sync triggers; backfill
/// fills it and copies the indexes; contract drops this *copy* and renames the original, in one
/// short transaction. So whatever hung on the old column (defaults, constraints, foreign keys in
/// both directions, identity, grants, comments, statistics, views) is still there afterwards, and
/// the schema equals that of a plain RENAME.
///
/// With `-- bellows: using` the values change too. Then the new column stays and the old one is
/// dropped; NOT NULL, DEFAULT and indexes are carried over, and anything else that hangs on the old
/// column is a refusal.
namespace bellows::rules {

extern Rule const rename_column;

}  // namespace bellows::rules
