#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/statement.hpp"

/// Publications, and what they ask of the tables that are in them.
namespace bellows::catalog {

/// CREATE and ALTER PUBLICATION.
void change_publication(Catalog& catalog, Identifier const& name,
                        sql::PublicationChange const& change);
void drop_publication(Catalog& catalog, Identifier const& name);
void rename_publication(Catalog& catalog, Identifier const& from, Identifier const& to);

/// A table has another name, or is gone.
void follow_table(Catalog& catalog, QualifiedName const& from, QualifiedName const& to);
void forget_table(Catalog& catalog, QualifiedName const& table);

/// ALTER TABLE … REPLICA IDENTITY; `word` as pg_class.relreplident has it.
void set_replica_identity(Table& table, std::string_view word, Identifier const& index);

/// A publication that sends a table; `listed`: by a list of its columns.
struct Published {
  Identifier publication;
  bool listed = false;
};
/// Of the table, or of what is below it, where its columns are as well. By name.
std::vector<Published> published_by(Catalog const& catalog, QualifiedName const& name);

enum class RowChange : std::uint8_t { Update, Delete };
/// Every such statement of the table itself is refused (55000).
bool lacks_replica_identity(Catalog const& catalog, Table const& table, RowChange change);

/// Tables whose UPDATEs or DELETEs are published while no replica identity tells which rows are
/// meant: the server refuses them (55000). By name.
std::vector<QualifiedName> without_replica_identity(Catalog const& catalog);

}  // namespace bellows::catalog
