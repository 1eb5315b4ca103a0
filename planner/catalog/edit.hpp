#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/statement.hpp"

/// The single changes that replay is made of, with what PostgreSQL does along with each: names it
/// makes up, NOT NULL behind keys, indexes behind constraints, what falls with a column. The table
/// must be in the catalog. Unknown names are passed over: the catalog may be incomplete.
namespace bellows::catalog {

/// A type as format_type() prints it under an empty search_path: the user's own with its schema.
std::string qualified_type(Catalog const& catalog, sql::TypeName const& type);

/// nullptr when the table has none of that name.
Column* find_column(Table& table, Identifier const& name);

void add_column(Catalog& catalog, Table& table, sql::ColumnDefinition const& definition);
void add_constraint(Catalog& catalog, Table& table, sql::ConstraintDefinition const& definition);
/// Its name may be empty. Nothing when an index of that name is there and IF NOT EXISTS said so.
/// Its name.
Identifier add_index(Catalog& catalog, Table& table, sql::CreateIndex const& definition);

/// The constraints that a column's definition carries, as those of the table.
void add_column_constraints(Catalog& catalog, Table& table,
                            sql::ColumnDefinition const& definition);

/// An unvalidated NOT NULL of the column (18) is gone either way: it is the valid one now, or
/// `constraint` is, or one that is called as PostgreSQL does it.
void set_not_null(Table& table, Identifier const& name, bool not_null,
                  Identifier const& constraint = Identifier());

void drop_column(Catalog& catalog, Table& table, Identifier const& name);
void drop_constraint(Catalog& catalog, Table& table, Identifier const& name);
void drop_index(Catalog& catalog, QualifiedName const& name);
/// A table with its partitions and children, or a view; with `cascade`, the views that read it.
void drop_schema(Catalog& catalog, Identifier const& name, bool cascade);
void drop_table(Catalog& catalog, QualifiedName const& name, bool cascade);
/// The views that read the column, and what reads them.
void drop_views_above(Catalog& catalog, Table const& table, Identifier const& column);

/// A type or domain is called otherwise: so are the columns of it.
void rename_type(Catalog& catalog, std::string const& from, std::string const& to);
/// The type's text that a qualified or unqualified name stands for.
std::string type_text(Catalog const& catalog, QualifiedName const& name);

void rename_column(Catalog& catalog, Table& table, Identifier const& from, Identifier const& to);
void rename_constraint(Catalog& catalog, Table& table, Identifier const& from,
                       Identifier const& to);
void rename_index(Catalog& catalog, QualifiedName const& from, Identifier const& to);
void rename_table(Catalog& catalog, QualifiedName const& from, QualifiedName const& to);

/// The table and, unless `only`, all that inherit from it: partitions and children.
std::vector<QualifiedName> with_children(Catalog const& catalog, QualifiedName const& name,
                                         bool only);

}  // namespace bellows::catalog
