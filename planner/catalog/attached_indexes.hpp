#pragma once

#include "planner/catalog/model.hpp"

/// Indexes of partitions that are part of their parent's (Index::attached_to): PostgreSQL makes and
/// drops them with it.
namespace bellows::catalog {

/// The first index of the partition that is like `parents`, an index of the table `parent`, and is
/// not attached yet, becomes part of it. Nothing where one is already.
void attach_matching(Table& partition, QualifiedName const& parent, Index const& parents);

/// The keys that its parent has been given, and the partition along with it.
void attach_keys(Catalog& catalog, Table& partition);

/// ALTER INDEX … ATTACH PARTITION.
void attach_index(Catalog& catalog, QualifiedName const& parents, QualifiedName const& part);

/// DETACH PARTITION: its indexes are its own.
void detach_indexes(Table& partition);

/// What is attached to the index goes with it, down to the last partition, and the constraints
/// that those are behind.
void drop_attached(Catalog& catalog, QualifiedName const& table, Identifier const& index);

}  // namespace bellows::catalog
