#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/sql/identifier.hpp"

#include <string>

namespace bellows::batcher {

/// Whether the server finds any row of `table` for which `condition` (SQL; empty: any) is true.
///
/// One plain statement, without key or place: what a walk has to say about a table rests on its
/// key, its pages and its statistics, and where an extension or another server keeps the rows, none
/// of these is about them. Asked with row_security off (a policy that would hide rows is an error)
/// and no statement_timeout, in a transaction that may write no more. It reads the table to the
/// first such row, to its end where there is none.
bool any_row(postgres::Transaction& transaction, sql::QualifiedName const& table,
             std::string const& condition);

}  // namespace bellows::batcher
