#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/statement.hpp"

/// Sequences that belong to columns (serial, GENERATED … AS IDENTITY, OWNED BY): they are locked,
/// moved and dropped with them. Sequences of nobody are not in the catalog.
namespace bellows::catalog {

/// The table of the column that owns the sequence; nullptr when nobody is known to.
Table const* owner_of_sequence(Catalog const& catalog, QualifiedName const& sequence);

/// Tables with a column whose DEFAULT takes its values from the sequence, by name. Looks at all.
std::vector<QualifiedName> users_of_sequence(Catalog const& catalog, QualifiedName const& sequence);

/// What PostgreSQL calls the sequence that it makes for a column.
QualifiedName sequence_name(Catalog const& catalog, Table const& table, Identifier const& column);

/// Gives the column of an identity its sequence: the named one, or one that PostgreSQL names.
void make_identity(Catalog& catalog, Table& table, Column& column,
                   sql::ConstraintDefinition const& definition);
/// It goes, and its sequence with it.
void drop_identity(Column& column);
/// A partition's columns are identities as its parent's are, whose sequence they take from.
bool identities_are_inherited(Catalog const& catalog);

/// CREATE SEQUENCE … OWNED BY, ALTER SEQUENCE … OWNED BY: it has one owner, or none.
void own_sequence(Catalog& catalog, QualifiedName const& sequence, sql::SequenceOwner const& owner);
/// With `cascade`, the defaults that take from it go as well.
void drop_sequence(Catalog& catalog, QualifiedName const& sequence, bool cascade);
/// The defaults that take from it name it by its new name.
void rename_sequence(Catalog& catalog, QualifiedName const& from, QualifiedName const& to);

}  // namespace bellows::catalog
