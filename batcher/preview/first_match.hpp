#pragma once

#include "batcher/job/job.hpp"
#include "batcher/keys/key.hpp"

#include <cstdint>
#include <optional>

/// Where the rows are that a job takes, and how many: for a preview whose places have none.
namespace bellows::batcher {

/// By the server's statistics.
double estimate_matches(postgres::Transaction& transaction, Spec const& spec);
/// The key of any of them; nothing: there is none. It may read the whole table.
std::optional<KeyValue> any_match(postgres::Transaction& transaction, Spec const& spec,
                                  Key const& key);
/// The key so many rows before this one, in the key's order; nothing: there are not so many.
std::optional<KeyValue> key_before(postgres::Transaction& transaction,
                                   sql::QualifiedName const& table, Key const& key,
                                   KeyValue const& of, std::int64_t rows);

}  // namespace bellows::batcher
