#pragma once

#include "planner/catalog/model.hpp"

#include <optional>
#include <vector>

/// What foreign keys rest on: a unique index of the referenced table.
namespace bellows::catalog {

/// Whose values a foreign key can point to: unique over exactly these columns in any order, of
/// plain columns, without a WHERE, and not deferrable. By name.
std::vector<Index const*> fitting_keys(Table const& referenced,
                                       std::vector<Identifier> const& columns);

/// A foreign key's columns and index, where its text leaves them out: those of the primary key.
/// `rests_on` stays empty where several indexes fit: which of them has the lowest oid, only the
/// server knows.
void take_reference(Catalog const& catalog, Constraint& constraint);

/// On which index of `referenced` the foreign key rests; nothing where several fit and the source
/// does not tell.
std::optional<Identifier> rested_on(Table const& referenced, Constraint const& foreign_key);

/// An index of `referenced` is called otherwise.
void rename_rested_on(Catalog& catalog, QualifiedName const& referenced, Identifier const& from,
                      Identifier const& to);

/// DEFERRABLE: of a UNIQUE or PRIMARY KEY, nothing can point to it then.
bool is_deferrable(Constraint const& constraint);
/// … and rows are checked at the end of the transaction, unless SET CONSTRAINTS says otherwise.
bool is_initially_deferred(Constraint const& constraint);

}  // namespace bellows::catalog
