#include "planner/catalog/references.hpp"
#include "planner/rules/preconditions/parts.hpp"

// Source: repack.c of 19, ExecRepack(), check_concurrent_repack_requirements(),
// check_index_requirements(); tried on 19~rc1, in the order in which the server asks. What the
// server's settings refuse (wal_level = minimal, max_repack_replication_slots = 0) no catalog
// tells.
namespace bellows::rules::preconditions {

namespace {

using catalog::ReplicaIdentity;

/// The table of a REPACK (CONCURRENTLY); nullptr of everything else.
Table const* repacked_beside(Facts const& facts) {
  return facts.statement.kind == "REPACK CONCURRENTLY" ? facts.table() : nullptr;
}

MaybeBreach told(Table const& table) {
  return breach(table.name.display());
}

/// CLUSTER takes partitioned tables from 15 on.
MaybeBreach goes_through_partitions(Facts const& facts) {
  std::string const& kind = facts.statement.kind;
  Table const* table = kind == "REPACK" || kind == "CLUSTER" ? facts.table() : nullptr;
  return table != nullptr && table->kind == TableKind::Partitioned ? told(*table) : std::nullopt;
}

MaybeBreach analyses_as_well(Facts const& facts) {
  bool const asks = facts.statement.kind == "REPACK" && says_analyze(facts.statement.raw.text);
  return asks ? std::optional(breach("")) : std::nullopt;
}

MaybeBreach names_no_table(Facts const& facts) {
  bool const asks =
      facts.statement.kind == "REPACK ALL" && says_concurrently(facts.statement.raw.text);
  return asks ? std::optional(breach("")) : std::nullopt;
}

MaybeBreach repacks_partitioned(Facts const& facts) {
  Table const* table = repacked_beside(facts);
  return table != nullptr && table->kind == TableKind::Partitioned ? told(*table) : std::nullopt;
}

MaybeBreach is_unlogged(Facts const& facts) {
  Table const* table = repacked_beside(facts);
  return table != nullptr && table->unlogged ? told(*table) : std::nullopt;
}

MaybeBreach is_view_of_rows(Facts const& facts) {
  Table const* table = repacked_beside(facts);
  bool const asks = table != nullptr && table->kind == TableKind::MaterializedView;
  return asks ? told(*table) : std::nullopt;
}

MaybeBreach has_whole_or_no_identity(Facts const& facts) {
  Table const* table = repacked_beside(facts);
  if (table == nullptr || (table->replica_identity != ReplicaIdentity::Full &&
                           table->replica_identity != ReplicaIdentity::Nothing)) {
    return std::nullopt;
  }
  return breach(table->name.display(),
                table->replica_identity == ReplicaIdentity::Full ? "FULL" : "NOTHING");
}

/// The index that tells its rows apart; nullptr where it has none, or an identity without one.
Index const* identity_index(Table const& table) {
  bool const chosen = table.replica_identity == ReplicaIdentity::Index;
  auto const found = std::ranges::find_if(table.indexes, [&](Index const& index) {
    return chosen ? index.replica_identity : index.primary;
  });
  return found == table.indexes.end() ? nullptr : &*found;
}

bool goes_by_primary_key(Table const& table) {
  return table.replica_identity == ReplicaIdentity::Default;
}

MaybeBreach has_deferrable_key(Facts const& facts) {
  Table const* table = repacked_beside(facts);
  Index const* key =
      table != nullptr && goes_by_primary_key(*table) ? identity_index(*table) : nullptr;
  bool const deferrable =
      key != nullptr && std::ranges::any_of(table->constraints, [&](Constraint const& one) {
        return one.index == key->name && catalog::is_deferrable(one);
      });
  return deferrable ? std::optional(breach(key->name.quoted())) : std::nullopt;
}

MaybeBreach repacks_without_key(Facts const& facts) {
  Table const* table = repacked_beside(facts);
  bool const known = table != nullptr && !table->partial && table->kind == TableKind::Table;
  bool const by_index =
      known && (goes_by_primary_key(*table) || table->replica_identity == ReplicaIdentity::Index);
  return by_index && identity_index(*table) == nullptr ? told(*table) : std::nullopt;
}

MaybeBreach has_invalid_index(Facts const& facts) {
  bool const asks = facts.statement.kind.starts_with("REPACK");
  Table const* table = asks ? facts.table() : nullptr;
  auto const& indexes = table == nullptr ? std::vector<Index>{} : table->indexes;
  auto const found = std::ranges::find(indexes, false, &Index::valid);
  return found == indexes.end() ? std::nullopt : std::optional(breach(found->name.quoted()));
}

constexpr Precondition repack_rows[] = {
    {"25001", goes_through_partitions, of::other,
     "{what} is partitioned, and each partition gets a transaction of its own",
     "Name its partitions, one statement each.", 15},
    {"25001", analyses_as_well, of::other, "REPACK (ANALYZE) is two transactions",
     "Leave ANALYZE out, and ANALYZE {table} in a migration behind it.", 19},
    {"0A000", names_no_table, of::other, "REPACK (CONCURRENTLY) takes one table", "Name it.", 19},
    {"0A000", repacks_partitioned, of::other,
     "{what} is partitioned, and REPACK (CONCURRENTLY) is for tables",
     "Name its partitions, one statement each.", 19},
    {"55000", is_unlogged, of::other,
     "{what} is unlogged, and REPACK (CONCURRENTLY) reads what is written from the log",
     "REPACK without CONCURRENTLY, which keeps others out; or SET LOGGED, which rewrites it.", 19},
    {"0A000", is_view_of_rows, of::other, "{what} is a materialized view",
     "REFRESH MATERIALIZED VIEW CONCURRENTLY.", 19},
    {"55000", has_whole_or_no_identity, of::other,
     "the replica identity of {what} is {other}, and no index tells its rows apart",
     "ALTER TABLE {table} REPLICA IDENTITY DEFAULT where it has a primary key, else USING INDEX of "
     "a unique index over NOT NULL columns.",
     19},
    {"0A000", has_deferrable_key, of::other, "the primary key {what} is DEFERRABLE",
     "ALTER TABLE {table} REPLICA IDENTITY USING INDEX of another unique index over NOT NULL "
     "columns.",
     19},
    {"55000", repacks_without_key, of::other, "no index tells the rows of {what} apart",
     "Give it a primary key (CREATE UNIQUE INDEX CONCURRENTLY, then ADD PRIMARY KEY USING INDEX), "
     "or REPLICA IDENTITY USING INDEX.",
     19},
    {"55000", has_invalid_index, of::other,
     "{what} is an INVALID index, and REPACK wants all of them valid",
     "DROP INDEX CONCURRENTLY or REINDEX INDEX CONCURRENTLY {what} first.", 19},
};

}  // namespace

std::span<Precondition const> of_repack() {
  return repack_rows;
}

}  // namespace bellows::rules::preconditions
