#pragma once

#include "planner/locks/facts.hpp"
#include "planner/locks/type_change.hpp"

#include <string>
#include <vector>

/// What an ALTER COLUMN … TYPE does, from its text and the catalog. PostgreSQL keeps the rows only
/// where USING is the column itself under casts that change nothing (tablecmds.c,
/// ATColumnChangeRequiresRewrite).
namespace bellows::locks {

/// The types that a value goes through: the column's, those of USING's casts, the new one. The
/// first is empty where the catalog does not tell it. Nothing where it is computed otherwise.
std::vector<std::string> types_on_the_way(Facts const& facts);

/// Unknown where the catalog does not tell.
TypeChange retyping(Facts const& facts);

/// The column is sorted otherwise afterwards: its indexes are built anew. Without COLLATE it has
/// the collation of its type again.
bool changes_collation(Facts const& facts);

/// A domain, or one of the domains that it is made of, has a CHECK or NOT NULL.
bool is_constrained(catalog::Catalog const& catalog, std::string type);

}  // namespace bellows::locks
