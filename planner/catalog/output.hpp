#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/statement.hpp"

/// Relations and types whose columns are not written as a table's are.
namespace bellows::catalog {

/// What a query gives, columns whose types are not told with an empty one. Nothing where not even
/// the names are told.
std::optional<std::vector<Column>> columns_of(Catalog const& catalog, sql::Output const& output);

/// CREATE VIEW, CREATE MATERIALIZED VIEW, CREATE TABLE AS. Columns are named and typed by those of
/// the tables that the query reads. A view keeps a column whose type is not told with an empty one;
/// a relation that holds rows has either all its columns or none, and then the catalog is not
/// complete any more.
void create_relation(Catalog& catalog, sql::Other const& statement, TableKind kind);

/// CREATE TYPE … AS (…).
void create_composite(Catalog& catalog, sql::Other const& statement);

/// ALTER TYPE … ADD, DROP, ALTER ATTRIBUTE, with the tables OF the type where it says CASCADE.
void alter_composite(Catalog& catalog, sql::AlterTable const& statement);

/// ALTER TYPE … RENAME ATTRIBUTE.
void rename_attribute(Catalog& catalog, sql::RenameObject const& statement);

}  // namespace bellows::catalog
