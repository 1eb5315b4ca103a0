#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/sql/identifier.hpp"

#include <cstdint>

namespace bellows::batcher {

/// About how many rows a table has, its partitions and children included; at least 1. What ANALYZE
/// or VACUUM counted, in proportion where the relation has another size since. Relations that were
/// never counted (reltuples is -1, before 14 it is 0) are taken to be as densely filled as a sample
/// of at most five hundred pages of the largest of them; where that one may not be read, as the
/// rest. For sizes and shares: nothing that must be right depends on it.
std::int64_t estimate_rows(postgres::Transaction& transaction, sql::QualifiedName const& table);

}  // namespace bellows::batcher
