#pragma once

#include "planner/catalog/directory.hpp"
#include "planner/catalog/functions.hpp"
#include "planner/catalog/tables.hpp"
#include "planner/out_of_line.hpp"
#include "planner/sql/identifier.hpp"
#include "planner/sql/partition.hpp"
#include "planner/sql/routine.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// What a database's schema looks like, as far as a verdict or a plan depends on it. Three sources
/// fill the same model: a live database (runner/catalog), a snapshot file (snapshot.hpp), DDL
/// replayed in memory (replay.hpp). Plain values; no connection.
namespace bellows::catalog {

using sql::Identifier;
using sql::QualifiedName;

enum class TableKind : std::uint8_t { Table, Partitioned, View, MaterializedView, Foreign };
enum class Identity : std::uint8_t { None, Always, ByDefault };
/// What tells a subscriber which row an UPDATE or DELETE means. Default: the primary key. Index:
/// the one that says so, none when it has been dropped since.
enum class ReplicaIdentity : std::uint8_t { Default, Nothing, Full, Index };

struct Column {
  BELLOWS_OUT_OF_LINE(Column);
  Identifier name;
  std::string type;  // as format_type() prints it: "character varying(100)", "integer"
  bool not_null = false;
  std::optional<std::string> default_sql;  // the DEFAULT expression, or a generated column's
  bool generated = false;                  // GENERATED … STORED: default_sql is its expression
  bool virtual_column = false;             // GENERATED … VIRTUAL (18); `generated` as well
  Identity identity = Identity::None;
  std::string collation;  // empty: the type's own
  std::string comment;
  std::vector<QualifiedName> sequences;  // that go with it: its identity's first, others by name
  /// Of its valid NOT NULL, which is a constraint from 18 on. Empty where the source does not tell.
  Identifier not_null_name;
  bool operator==(Column const&) const = default;
};

enum class ConstraintKind : std::uint8_t {
  Check,
  NotNull,
  Unique,
  PrimaryKey,
  ForeignKey,
  Exclude
};

struct Constraint {
  BELLOWS_OUT_OF_LINE(Constraint);
  Identifier name;
  ConstraintKind kind = ConstraintKind::Check;
  bool validated = true;
  std::vector<Identifier> columns;  // CHECK: those that its expression mentions
  QualifiedName references;         // foreign key only
  std::vector<Identifier> referenced_columns;
  std::string definition;  // as pg_get_constraintdef() prints it
  Identifier index;        // behind UNIQUE, PRIMARY KEY, EXCLUDE
  /// Of a foreign key, the unique index of the referenced table that it depends on (conindid): the
  /// first by oid that fits, which is not always the key's. Empty where the source does not tell.
  Identifier rests_on;
  bool operator==(Constraint const&) const = default;
};

struct Index {
  BELLOWS_OUT_OF_LINE(Index);
  Identifier name;
  std::string method = "btree";
  std::vector<Identifier>
      columns;                  // every table column that it touches anywhere, key columns first
  std::size_t key_columns = 0;  // leading entries of `columns` that are plain key columns, in order
  bool has_expressions = false;
  bool unique = false;
  bool primary = false;
  bool partial = false;
  bool valid = true;
  bool replica_identity = false;  // the table's is Index, and this is it
  QualifiedName attached_to;  // of a partition: the partitioned table's index that it is part of
  std::string definition;     // CREATE INDEX …, as pg_get_indexdef() prints it
  bool operator==(Index const&) const = default;
};

/// For whose writes a trigger fires: those of ordinary sessions, of replication, of both, nobody's.
enum class Firing : std::uint8_t { Origin, Replica, Always, Never };

struct Trigger {
  BELLOWS_OUT_OF_LINE(Trigger);
  Identifier name;
  bool before_row = false;  // BEFORE … FOR EACH ROW on INSERT or UPDATE
  bool on_update = false;
  std::string definition;  // as it was made; empty where the source does not tell, as all below
  sql::TriggerTime time = sql::TriggerTime::Before;
  bool row = false;  // FOR EACH ROW
  bool on_insert = false;
  bool on_delete = false;
  std::vector<Identifier> columns;     // UPDATE OF; none: any
  std::string when;                    // its condition; empty: none
  QualifiedName function;              // Catalog::functions may know it
  std::vector<std::string> arguments;  // that it is given
  Firing fires = Firing::Origin;
  bool operator==(Trigger const&) const = default;
};

/// What names columns of a relation and is kept up by PostgreSQL with them: it forbids to drop them
/// or to change their types. A generated column is told by its expression instead.
enum class DependentKind : std::uint8_t {
  View,
  MaterializedView,
  Rule,
  Policy,
  Trigger,
  Publication,
  Function  // BEGIN ATOMIC
};

struct Dependent {
  DependentKind kind = DependentKind::View;
  QualifiedName name;               // without a schema where it has none
  std::vector<Identifier> columns;  // none: the relation alone
  bool operator==(Dependent const&) const = default;
};

struct Domain {
  std::string base;          // as format_type() prints it
  bool constrained = false;  // a CHECK or NOT NULL
  std::string default_sql;   // empty: none, or NULL
  bool operator==(Domain const&) const = default;
};

struct Table {
  BELLOWS_OUT_OF_LINE(Table);
  QualifiedName name;
  TableKind kind = TableKind::Table;
  std::vector<Column> columns;  // in attnum order, dropped ones left out
  /// By name. A NOT NULL is here only while it is NOT VALID (18): not_null is false meanwhile.
  std::vector<Constraint> constraints;
  std::vector<Index> indexes;           // by name
  std::vector<Trigger> triggers;        // by name
  std::vector<Dependent> dependents;    // by kind and name
  sql::PartitionKey partition_key;      // of a partitioned table
  QualifiedName partition_of;           // empty: not a partition
  sql::PartitionBounds bounds;          // of a partition; empty where the source does not tell
  std::vector<QualifiedName> inherits;  // parents by INHERITS, not partitions
  ReplicaIdentity replica_identity = ReplicaIdentity::Default;
  std::string of_type;                // a composite type, as Column::type writes it; empty: none
  std::optional<std::int64_t> rows;   // reltuples; nothing where never counted
  std::optional<std::int64_t> bytes;  // heap and indexes and TOAST
  bool default_partition = false;     // of partition_of: read whenever a partition comes to it
  bool unlogged = false;
  bool partial =
      false;            // it has columns or keys that the source does not tell: LIKE an unknown one
  bool is_new = false;  // made by the migration under review: no rows, no readers yet
  bool filled = false;  // … and it has put rows in
  /// Where something may have changed it in a way that its text does not show: "line 7 of 3.sql".
  std::string unseen;

  Column const* column(Identifier const& column_name) const;
  Index const* index(Identifier const& index_name) const;
  Constraint const* constraint(Identifier const& constraint_name) const;
  bool operator==(Table const&) const = default;
};

/// Which of the tables it has by name is with them, as a Dependent.
struct Publication {
  bool all_tables = false;
  std::vector<Identifier> schemas;    // all tables of these (15)
  bool updates = true;                // publishes UPDATE
  bool deletes = true;                // publishes DELETE
  std::vector<QualifiedName> listed;  // tables of which it sends the columns of a list alone (15)
  bool operator==(Publication const&) const = default;
};

/// A column set whose values identify a row: not null, unique, complete (no WHERE, no expression).
struct Key {
  std::vector<Column> columns;
  Identifier index;
};

struct Catalog {
  BELLOWS_OUT_OF_LINE(Catalog);
  int server_version = 15;  // major
  /// The source told everything (live, snapshot). A replay of some migrations did not: what it
  /// does not know may exist.
  bool complete = false;
  std::string file;                           // of the migration that is being read
  std::string search_path_schema = "public";  // where an unqualified name is made and looked for
  /// What the migration has SET TimeZone to, and what it is again after a SET LOCAL; empty: the
  /// session's own, which is not known.
  std::string time_zone;
  std::string time_zone_of_session;
  std::map<Identifier, Publication> publications;     // every one that a table's dependents name
  std::map<QualifiedName, QualifiedName> statistics;  // extended ones, and their tables
  /// Names that relations have of which nothing else is told: sequences that no column owns, and
  /// whatever extensions have made.
  std::set<QualifiedName> other_relations;
  std::map<std::string, Domain> domains;  // by the type's text, as in Column::type
  Functions functions;                    // the user's own, but those of extensions
  /// Labels in their order, by the type's text; none where the source does not tell them.
  std::map<std::string, std::vector<std::string>> enums;
  std::map<std::string, std::vector<Column>> composites;  // types and their attributes, likewise
  std::set<std::string> other_types;  // the user's own that are in no list here: ranges, base types
  std::set<Identifier> schemas;       // but the server's own; empty: the source does not tell them
  /// There may be types, functions and casts that are told nowhere here: extensions'.
  bool extended = true;
  Tables tables;  // made with add(); changed ones are noted
  /// What is known of tables that nobody has shown (glimpses.hpp).
  std::map<QualifiedName, Table> glimpses;
  bool any_temporary = false;             // tables in sql::temporary_schema
  std::set<QualifiedName> new_sequences;  // that the migration at hand has made
  Directory directory;

  /// Replaces one of the same name.
  Table& add(Table table);
  /// With an unqualified name resolved by search_path_schema; nullptr when not known. The one that
  /// may be edited is no longer shared with copies.
  Table const* table(QualifiedName const& table_name) const;
  Table* table(QualifiedName const& table_name);
  QualifiedName resolve(QualifiedName const& table_name) const;
  /// Tables to look at, by name: what the directory names was true of them once.
  std::vector<QualifiedName> linked(Link link, QualifiedName const& to) const;
  /// Those that the session has made for itself end with it.
  void forget_temporary();
  /// Tables whose foreign keys point to `table_name`.
  std::vector<Table const*> referencing(QualifiedName const& table_name) const;
  /// The table that has the index; nullptr when not known.
  Table const* table_of_index(QualifiedName const& index_name) const;
  bool operator==(Catalog const&) const = default;
};

/// `other` is a generated column whose expression mentions `column`.
bool computed_from(Column const& other, Identifier const& column);

/// The primary key, else the unique index over NOT NULL columns with the fewest columns; nothing
/// when the table has no usable key.
std::optional<Key> best_key(Table const& table);

}  // namespace bellows::catalog

extern template class std::vector<bellows::catalog::Column>;
extern template class std::vector<bellows::catalog::Constraint>;
extern template class std::vector<bellows::catalog::Index>;
extern template class std::vector<bellows::catalog::Trigger>;
extern template class std::vector<bellows::catalog::Dependent>;
