#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/sql/statement.hpp"

#include <string>

/// Whether an index that is there under a name is the one that a CREATE INDEX would make. Its text
/// does not tell: the server fills in operator classes, collations and types, and writes
/// expressions in its own way. So the same index is made on an empty temporary copy of the table,
/// in a transaction that is rolled back, and the catalog's columns of both are compared.
namespace bellows::ddl {

/// What has that name, where it is no index: "a table"; empty: nothing, or an index.
std::string other_than_index(postgres::Session& session, std::string const& name);

/// The table that the index is on, where it is another one than meant; else empty.
std::string other_table(postgres::Session& session, sql::CreateIndex const& meant,
                        std::string const& name);

/// "" where they are the same; else what differs, in words: "its columns are (email), meant is
/// (name)". Tablespaces do not count. `name`: quoted, with its schema; there is an index of
/// that name, on that table. Throws postgres::Failure as the server does, also where the statement
/// itself is wrong or the role may make no temporary table (42501).
std::string difference(postgres::Session& session, sql::CreateIndex const& meant,
                       std::string const& name);

}  // namespace bellows::ddl
