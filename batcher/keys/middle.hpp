#pragma once

#include "batcher/keys/key.hpp"

#include <cstdint>
#include <optional>

namespace bellows::batcher {

/// A key inside `range` that has about as many rows before as after it, and is not the range's last
/// one: from a sample of the table's pages, or for a range of few rows by counting them. Nothing
/// where the range holds fewer than `least` rows.
std::optional<KeyValue> middle_of(postgres::Transaction& transaction,
                                  sql::QualifiedName const& table, Key const& key,
                                  Range const& range, std::int64_t table_rows, std::int64_t least);

}  // namespace bellows::batcher
