#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/sql/identifier.hpp"

#include <string>

namespace bellows::batcher {

/// Whether rows that follow one another by the key column `column` lie beside one another in the
/// table: the correlation that ANALYZE found. Where it has found none (the table was just loaded,
/// restored, upgraded, or the role may not see it), that of a sample of about a hundred pages of
/// the largest such relation, which stands for all of them. False where that cannot be read.
/// `relations`: the table or its leaf partitions, an oid[] literal.
bool lies_in_key_order(postgres::Transaction& transaction, std::string const& relations,
                       sql::Identifier const& column);

}  // namespace bellows::batcher
