#pragma once

#include "planner/locks/facts.hpp"

/// Which relations a row of the lock table speaks of. Names that the catalog does not know are
/// given as they are; relations that only the catalog could tell are left out then.
namespace bellows::locks::related {

using Names = std::vector<sql::QualifiedName>;

Names nobody(Facts const& facts);
Names target(Facts const& facts);
/// The target with its partitions and inheritance children, unless ONLY.
Names tree(Facts const& facts);
Names children(Facts const& facts);
/// The same of a partitioned table only: keys are no matter of inheritance.
Names partitions(Facts const& facts);
/// Children of one that is not partitioned.
Names heirs(Facts const& facts);
/// Partitions of the target, ONLY or not.
Names every_partition(Facts const& facts);
/// The parent of which the target is a partition.
Names parent(Facts const& facts);

/// Tables that foreign keys in the statement's text point to.
Names newly_referenced(Facts const& facts);
/// … and the indexes of the keys that they point to there.
Names newly_referenced_keys(Facts const& facts);
/// The table that the named foreign key points to.
Names referenced_by_constraint(Facts const& facts);
/// Tables that the foreign keys of the named column point to.
Names referenced_by_column(Facts const& facts);
/// Tables that any foreign key of the targets points to.
Names referenced(Facts const& facts);
/// … that the targets do not have from the table of which they are partitions.
Names referenced_alone(Facts const& facts);
/// Tables that a write of the columns of an UPDATE, or of any column, must look into.
Names referenced_by_written(Facts const& facts);
/// Tables whose foreign keys point to the targets.
Names referencing(Facts const& facts);
/// … or to the partitioned tables that the targets are part of.
Names referencing_whole(Facts const& facts);
/// … which, where there are any, with all their partitions have triggers of those keys.
Names parts_of_referenced(Facts const& facts);
/// Those that point to the targets, and so on, with children: what a TRUNCATE … CASCADE empties
/// beside them.
Names emptied_along(Facts const& facts);
/// … and whose rows change with the target's: ON DELETE CASCADE, SET NULL, SET DEFAULT.
Names cascaded(Facts const& facts);
/// Tables whose foreign keys point to the key that is the named constraint.
Names referencing_constraint(Facts const& facts);
/// Both sides of every foreign key that has the named column.
Names peers_of_column(Facts const& facts);

/// ALTER CONSTRAINT: what is below the target and has the named CHECK from it.
Names children_with_check(Facts const& facts);

/// SET NOT NULL: those of the tree in which nothing proves that the column has no NULL.
Names searched_for_null(Facts const& facts);

/// Views that read the targets, or the named column of them, and what reads those.
Names views(Facts const& facts);
/// Tables with a column of the type or domain that the statement is about.
Names type_users(Facts const& facts);
/// What goes with their columns.
Names sequences_of_type_users(Facts const& facts);
/// Of the target and what is below it, those with a CHECK on the column that is altered.
Names checked_again(Facts const& facts);

/// Tables of which something calls the functions that a DROP names.
Names function_users(Facts const& facts);

/// The one that a default in the statement's text takes from, named there as a constant.
Names sequence_of_default(Facts const& facts);
/// Sequences that columns of the targets own, and of all below them as well.
Names owned_sequences(Facts const& facts);
Names sequences_below(Facts const& facts);
/// … the named column, in the target and below.
Names sequences_of_column(Facts const& facts);
/// That of the named column, where it is an identity.
Names identity_sequence(Facts const& facts);
/// Those that a TRUNCATE … RESTART IDENTITY sets back.
Names restarted_sequences(Facts const& facts);
/// Tables with a default that takes from the sequences that a DROP names, or that go with what it
/// names.
Names sequence_users(Facts const& facts);

/// ATTACH, DETACH, INHERIT: the table named second.
Names other_table(Facts const& facts);
/// The partitions and children of that one.
Names children_of_other(Facts const& facts);
/// Partitions and children of the target, not theirs; ONLY or not.
Names below_at_once(Facts const& facts);
/// The DEFAULT partition of the table that one is made for, attached to, taken from.
Names default_partition(Facts const& facts);
Names partition_parent(Facts const& facts);
Names inherited(Facts const& facts);
Names liked(Facts const& facts);

/// The table of the index that the statement names.
Names table_of_index(Facts const& facts);
Names partitions_of_index(Facts const& facts);
/// DROP INDEX … CASCADE: tables whose foreign keys rest on it.
Names resting_on_index(Facts const& facts);
Names index_of_constraint(Facts const& facts);
/// The table that the extended statistics of a DROP STATISTICS are about.
Names table_of_statistics(Facts const& facts);
/// Tables and materialized views of the schema that the statement names, and of all schemas.
Names tables_of_schema(Facts const& facts);
Names every_table(Facts const& facts);
Names target_or_every_table(Facts const& facts);
/// What the query of a materialized view reads, through views, with what is below it.
Names read_by_view(Facts const& facts);
/// Every index of the target.
Names indexes(Facts const& facts);
/// Relations that the statement names behind its target: what a view or query reads.
Names mentioned(Facts const& facts);
/// What inherits from the tables that a publication is to have: without ONLY it comes along.
Names below_published(Facts const& facts);
/// Tables of a publication that is SET anew.
Names left_out_of_publication(Facts const& facts);
Names read(Facts const& facts);
Names written(Facts const& facts);

}  // namespace bellows::locks::related
