#pragma once

#include "batcher/postgres/session.hpp"
#include "planner/sql/identifier.hpp"

#include <string>
#include <vector>

/// Which tables a migration found when it first changed them, by oid: a name says nothing of what
/// has become of a table since (restored from a dump, rebuilt and swapped in, taken over by an
/// extension).
namespace bellows::runner {

std::vector<std::string> const& relation_tables_ddl();

/// Notes those that are not noted yet. In the transaction that changes them.
void note_relations(postgres::Transaction& transaction, std::string const& migration,
                    std::vector<sql::QualifiedName> const& tables);

/// Of the noted ones, those whose name is another table's now, or no table's: its text.
std::vector<std::string> changed_relations(postgres::Transaction& transaction,
                                           std::string const& migration);

/// What is there now is what is known from here on.
void renew_relation(postgres::Transaction& transaction, std::string const& migration,
                    std::string const& relation);

}  // namespace bellows::runner
