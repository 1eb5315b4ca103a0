#pragma once

#include "planner/rules/rule.hpp"

#include <optional>

namespace bellows::rules {

/// Why an UPDATE cannot be carried in batches over a table that has rows without a key; nothing: it
/// may. There the condition alone tells that a row is written. Where the author's says nothing of
/// the columns that are set, only `IS DISTINCT FROM` does, and of `n = n + 1` that stays true; what
/// the author's says is tried by each batch. And a row cannot move to another partition.
std::optional<Refusal> refuse_without_key(catalog::Catalog const& catalog,
                                          sql::Update const& update, catalog::Table const& table);

}  // namespace bellows::rules
