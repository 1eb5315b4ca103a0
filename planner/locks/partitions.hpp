#pragma once

#include "planner/locks/facts.hpp"
#include "planner/locks/related.hpp"

#include <vector>

/// What PostgreSQL locks and reads when a partition comes to a table: the rows of the new one, to
/// see that they belong to it, and those of the DEFAULT partition, to see that none does. It reads
/// no table whose constraints tell it already.
namespace bellows::locks::related {

/// ATTACH PARTITION: the table named second, with its own partitions.
Names attached(Facts const& facts);
/// Those of them that are read: for their bounds, for an index that the parent has and they have
/// not, for a foreign key.
Names attached_and_read(Facts const& facts);

/// The DEFAULT partition's own partitions, where it has any and does not tell by itself.
Names parts_of_default(Facts const& facts);
/// What is read of the DEFAULT partition and below.
Names default_and_read(Facts const& facts);

/// Tables that foreign keys of the partitioned table point to: those whose foreign key the new
/// partition does not have yet, and is checked; and those of which it has one, which is taken over.
Names referenced_anew(Facts const& facts);
Names referenced_already(Facts const& facts);
/// Those of which the new partition has one that is NOT VALID: its rows are checked.
Names referenced_unchecked(Facts const& facts);
/// Tables that any foreign key of the partitioned table points to.
Names referenced_by_parent(Facts const& facts);
/// Tables whose foreign keys point to the partitioned table.
Names referencing_parent(Facts const& facts);

}  // namespace bellows::locks::related

namespace bellows::locks {

/// The partitioned table that an ATTACH, a DETACH or a CREATE TABLE … PARTITION OF is about;
/// nullptr where there is none, or the catalog does not have it.
catalog::Table const* partitioned_parent(Facts const& facts);

/// The bounds of the partition that comes; nullptr where none does.
sql::PartitionBounds const* bounds_of(Facts const& facts);

/// The constraints of `table` (its own and inherited ones) tell that all its rows are within the
/// bounds, or that none is.
bool tells_inside(catalog::Table const& parent, catalog::Table const& table,
                  sql::PartitionBounds const& bounds);
bool tells_outside(catalog::Table const& parent, catalog::Table const& table,
                   sql::PartitionBounds const& bounds);

/// What the parent has and `table` has not: each makes ATTACH go through the rows.
std::vector<catalog::Index const*> missing_indexes(catalog::Table const& parent,
                                                   catalog::Table const& table);

}  // namespace bellows::locks
