#pragma once

#include "batcher/keys/key.hpp"

#include <cstdint>
#include <vector>

namespace bellows::batcher {

/// At most `parts - 1` keys of the table, ascending and distinct, the greatest key not among them,
/// that divide its rows into about equal parts: percentiles of a sample of its pages, which sees
/// all columns of the key and wants no ANALYZE. Fewer where the sample is small.
std::vector<KeyValue> cut_key_space(postgres::Transaction& transaction,
                                    sql::QualifiedName const& table, Key const& key,
                                    std::int64_t estimated_rows, int parts);

}  // namespace bellows::batcher
