#include "planner/rules/split_table.hpp"

#include <algorithm>
#include <iterator>

namespace bellows::rules {

namespace {

constexpr SplitRow split_rows[] = {
    {.rule = "rename-column",
     .statement = "ALTER TABLE t RENAME COLUMN a TO b",
     .expand = "the column b, and triggers that keep the pair in step, in one transaction",
     .backfill = "fills b in batches, builds its indexes concurrently, compares every row",
     .contract = "once nobody writes a: one short transaction, and a is gone"},
    {.rule = "update-in-one-go",
     .statement = "UPDATE t SET c = expression WHERE …",
     .expand = "",
     .backfill = "updates by t's key, in batches; rows that have the value already are passed over",
     .contract = ""},
    {.rule = "delete-in-one-go",
     .statement = "DELETE FROM t WHERE …",
     .expand = "",
     .backfill = "deletes by t's key, in batches; triggers and foreign keys act as ever",
     .contract = ""},
    {.rule = "insert-in-one-go",
     .statement = "INSERT INTO u (c, …) SELECT expression, … FROM t WHERE …",
     .expand = "",
     .backfill = "copies by t's key, in batches; defaults and identities are u's, ON CONFLICT … DO "
                 "NOTHING and OVERRIDING are kept",
     .contract = ""},
};

}  // namespace

std::span<SplitRow const> split_table() {
  return split_rows;
}

SplitRow const* split_row(std::string_view rule) {
  auto const* found = std::ranges::find(split_rows, rule, &SplitRow::rule);
  return found == std::end(split_rows) ? nullptr : found;
}

}  // namespace bellows::rules
