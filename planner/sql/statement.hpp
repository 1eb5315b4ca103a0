#pragma once

#include "planner/out_of_line.hpp"
#include "planner/sql/expression.hpp"
#include "planner/sql/function_calls.hpp"
#include "planner/sql/identifier.hpp"
#include "planner/sql/partition.hpp"
#include "planner/sql/routine.hpp"
#include "planner/sql/text.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

/// Statements as values: what PostgreSQL's parse tree says, without the parse tree. Each type holds
/// what the lock table, the catalog replay or a rule asks for, not everything that the syntax has.
namespace bellows::sql {

struct TypeName {
  std::string
      text;  // as format_type() would print it where the parser can tell: "character varying(100)"
  bool serial = false;  // serial, bigserial, smallserial: an integer, a sequence, NOT NULL
  bool operator==(TypeName const&) const = default;
};

enum class ConstraintForm : std::uint8_t {
  Check,
  NotNull,
  Null,
  Default,
  Generated,
  Identity,
  Unique,
  PrimaryKey,
  ForeignKey,
  Exclude
};

struct ConstraintDefinition {
  BELLOWS_OUT_OF_LINE(ConstraintDefinition);
  ConstraintForm form = ConstraintForm::Check;
  Identifier name;                  // empty: PostgreSQL makes one up
  std::vector<Identifier> columns;  // of a table constraint; of a column's, the column
  std::string expression;           // CHECK, DEFAULT, GENERATED: canonical text
  QualifiedName references;
  std::vector<Identifier> referenced_columns;
  std::vector<Identifier> include;  // UNIQUE, PRIMARY KEY … INCLUDE
  Identifier using_index;
  bool not_valid = false;
  bool no_inherit = false;
  bool not_enforced = false;    // since 18; not_valid then as well
  bool virtual_column = false;  // GENERATED … VIRTUAL, since 18
  bool period = false;          // a key's WITHOUT OVERLAPS, a foreign key's PERIOD, since 18
  bool identity_always = false;
  Calls calls;             // DEFAULT
  QualifiedName sequence;  // IDENTITY (SEQUENCE NAME …)
  std::string text;        // the whole clause, canonical, without CONSTRAINT name
};

struct ColumnDefinition {
  BELLOWS_OUT_OF_LINE(ColumnDefinition);
  Identifier name;
  TypeName type;
  std::string collation;
  std::vector<ConstraintDefinition> constraints;
};

struct CreateTable {
  BELLOWS_OUT_OF_LINE(CreateTable);
  QualifiedName table;
  bool if_not_exists = false;
  bool unlogged = false;
  std::vector<ColumnDefinition> columns;
  std::vector<ConstraintDefinition> constraints;
  QualifiedName partition_of;
  PartitionKey partition_key;
  PartitionBounds bounds;  // with partition_of
  bool foreign = false;
  std::vector<QualifiedName> inherits;
  std::vector<QualifiedName> like;
  QualifiedName of_type;    // a composite type, whose attributes are its columns
  bool takes_more = false;  // parts that its text does not show: LIKE … INCLUDING
};

struct IndexElement {
  Identifier column;       // empty: an expression
  std::string expression;  // canonical text
  Identifier label;        // what PostgreSQL calls it when it makes up the index's name
};

struct CreateIndex {
  BELLOWS_OUT_OF_LINE(CreateIndex);
  Identifier name;  // empty: PostgreSQL makes one up
  QualifiedName table;
  std::string method = "btree";
  std::vector<IndexElement> keys;
  std::vector<Identifier> include;
  std::string predicate;
  std::string rest;  // source text behind the table's name, without comments: "USING btree (name)"
  std::vector<Identifier> mentioned;  // every column of the table in keys, INCLUDE and WHERE, once
  bool unique = false;
  bool concurrently = false;
  bool if_not_exists = false;
  bool only = false;
};

enum class ObjectKind : std::uint8_t {
  Table,
  Index,
  View,
  MaterializedView,
  Sequence,
  ForeignTable,
  Type,
  Domain,
  Function,
  Schema,
  Trigger,
  Other
};

struct Drop {
  ObjectKind kind = ObjectKind::Other;
  std::string what;  // "TABLE", "POLICY" …
  std::vector<QualifiedName> names;
  std::vector<std::optional<std::size_t>> arguments;  // of functions: how many each one takes
  QualifiedName on_table;  // DROP TRIGGER … ON, DROP POLICY … ON, DROP RULE … ON
  bool if_exists = false;
  bool cascade = false;
  bool concurrently = false;
};

struct RenameColumn {
  QualifiedName table;
  ObjectKind on = ObjectKind::Table;
  Identifier from;
  Identifier to;
  bool only = false;
  bool if_exists = false;
};

struct RenameObject {  // everything else that ALTER … RENAME TO does
  ObjectKind kind = ObjectKind::Other;
  QualifiedName name;  // the object; of a constraint or trigger, its table
  Identifier part;     // the constraint or trigger
  Identifier to;
  std::string what;      // "TABLE", "CONSTRAINT", "TYPE" …
  Identifier to_schema;  // SET SCHEMA instead: `to` is empty
  bool if_exists = false;
};

enum class AlterAction : std::uint8_t {
  AddColumn,
  DropColumn,
  SetDefault,
  DropDefault,
  SetNotNull,
  DropNotNull,
  AlterType,
  AddConstraint,
  DropConstraint,
  ValidateConstraint,
  Other,
  AddIdentity,
  DropIdentity,
  DropExpression,
  SetExpression,
  AttachPartition,
  DetachPartition,
};

struct AlterTableCommand {
  BELLOWS_OUT_OF_LINE(AlterTableCommand);
  AlterAction action = AlterAction::Other;
  std::string
      kind;  // the sub-command in words: "ADD COLUMN", "SET STATISTICS" …; the lock table's key
  Identifier name;                  // column or constraint
  ColumnDefinition column;          // AddColumn
  ConstraintDefinition constraint;  // AddConstraint
  TypeName type;                    // AlterType
  std::string using_text;           // AlterType … USING
  /// AlterType: USING as a chain of casts over the column itself, from the inside out, empty
  /// without one; nothing where it is computed in any other way.
  std::optional<std::vector<TypeName>> casts;
  std::string expression;  // SetDefault: canonical
  bool cascade = false;
  bool if_exists = false;  // or IF NOT EXISTS
  QualifiedName other;     // a partition, an inherited parent
  PartitionBounds bounds;  // AttachPartition
  /// SET STORAGE, SET ACCESS METHOD, SET TABLESPACE …: the word that follows; SET STATISTICS of an
  /// index: the number of its column.
  std::string value;
  /// SET (…), RESET (…): the names, with `toast.` in front; of an identity, its sequence's:
  /// "restart".
  std::vector<std::string> options;
  std::vector<std::string> option_values;  // of SET (…), as many
};

struct AlterTable {
  QualifiedName table;
  ObjectKind on = ObjectKind::Table;
  bool only = false;
  bool if_exists = false;
  std::vector<AlterTableCommand> commands;
};

struct Assignment {
  Identifier column;
  std::string expression;  // source text
};

/// UPDATE of one table. `simple`: no FROM, WITH, subquery, RETURNING or ONLY; every SET is a plain
/// `column = expression`. Only a simple one can be carried out in batches.
struct Update {
  QualifiedName table;
  std::vector<Assignment> set;
  std::string where;  // source text; empty: all rows
  bool simple = false;
  std::string obstacle;            // what its WHERE has that forbids batches; empty: nothing
  std::vector<Identifier> pinned;  // that WHERE holds equal to constants, or to a few values
};

/// DELETE FROM a table. Its rows can be taken away range by range where nothing but its WHERE says
/// which they are.
struct Deletion {
  QualifiedName table;
  std::string where;               // source text; empty: all rows
  std::string obstacle;            // what is in the way of that: "a subquery"; empty: nothing
  std::vector<Identifier> pinned;  // as Update's
};

/// INSERT … SELECT from one relation. It can be carried over that one range by range where each row
/// of it gives one row, whatever the others are.
struct Insertion {
  QualifiedName into;
  QualifiedName from;
  std::vector<Assignment> columns;  // of `into`, source text over a row of `from`
  std::string overriding;           // "SYSTEM VALUE", "USER VALUE"; empty: not said
  std::string on_conflict;          // source text behind ON CONFLICT; empty: not said
  std::string where;                // as Deletion's
  std::string obstacle;
  std::vector<Identifier> pinned;
};

/// INSERT, DELETE, MERGE, COPY, SELECT, TRUNCATE …: what it is and whom it touches.
struct DataStatement {
  std::string kind;
  std::vector<QualifiedName> reads;
  std::vector<QualifiedName> writes;
  bool opaque = false;  // runs code that its text does not show: a user's function, DO, CALL
  bool restarts_identity = false;  // TRUNCATE
  bool through_client = false;     // COPY … FROM stdin, TO stdout
  std::optional<Deletion> deletion;
  std::optional<Insertion> insertion;
};

struct CreateTrigger {
  Identifier name;
  QualifiedName table;
  TriggerTime time = TriggerTime::Before;
  bool row = false;         // FOR EACH ROW
  bool before_row = false;  // … and BEFORE, on INSERT or UPDATE
  bool on_insert = false;
  bool on_update = false;
  bool on_delete = false;
  bool replace = false;
  std::vector<Identifier> columns;  // UPDATE OF, and those that WHEN mentions
  std::vector<Identifier> update_of;
  std::string when;                    // canonical; empty: none
  QualifiedName function;              // that it executes
  std::vector<std::string> arguments;  // that it is given
  std::string definition;              // the statement, canonical, on one line
};

/// The columns that a query or expression names, as it names them. Whose they are, the catalog
/// knows: a name is looked for in the query that it stands in, then in the one around that.
struct Uses {
  struct Relation {
    QualifiedName name;
    Identifier alias;
    std::size_t scope = 0;
  };
  struct Column {
    Identifier qualifier;  // empty: none
    Identifier name;       // empty: `*`
    std::size_t scope = 0;
  };
  std::vector<Relation> relations;
  std::vector<Column> columns;
  std::vector<std::size_t> around{0};  // of each scope, the one around it; of the outermost, itself
};

/// A column of a query's result, as far as its text tells.
struct OutputColumn {
  Identifier name;       // empty with `star`
  Identifier qualifier;  // `column` as the query names it; or that of the star
  Identifier column;     // empty: an expression
  TypeName type;         // of a cast; empty: that of `column`, or not told
  bool star = false;
};

/// What CREATE VIEW, CREATE MATERIALIZED VIEW and CREATE TABLE AS make their columns of: a plain
/// SELECT of tables.
struct Output {
  std::vector<OutputColumn> columns;
  std::vector<Uses::Relation> from;
  std::vector<Identifier> names;  // given ones, for the first columns
};

/// OWNED BY of a sequence; of nobody with NONE.
struct SequenceOwner {
  QualifiedName table;
  Identifier column;
};

/// CREATE DOMAIN and ALTER DOMAIN.
struct DomainChange {
  QualifiedName domain;
  bool creates = false;
  TypeName base;
  bool constrains = false;                 // brings a CHECK or NOT NULL
  std::optional<std::string> default_sql;  // that it sets; empty: DROP DEFAULT
};

/// CREATE and ALTER PUBLICATION.
struct PublicationChange {
  enum class Action : std::uint8_t { Create, Add, Replace, Remove };
  struct Member {
    QualifiedName table;
    std::vector<Identifier> columns;  // of its list, and those that its WHERE mentions
    bool listed = false;              // has a list
  };
  Action action = Action::Create;
  bool all_tables = false;
  bool all_sequences = false;         // FOR ALL SEQUENCES, since 19
  std::vector<QualifiedName> except;  // of all tables, since 19
  std::vector<Member> tables;
  std::vector<Identifier> schemas;  // all tables of these
  std::optional<bool> updates;      // publishes UPDATE; nothing: not said
  std::optional<bool> deletes;      // publishes DELETE; likewise
};

/// CREATE FUNCTION and PROCEDURE; ALTER FUNCTION, which tells only what it changes.
struct FunctionDefinition {
  QualifiedName name;
  std::vector<TypeName> arguments;          // those that it takes
  std::vector<std::string> argument_names;  // as many; empty ones have none
  bool arguments_said = true;               // ALTER FUNCTION f …: all of that name
  TypeName returns;                         // empty: nothing, or OUT parameters
  std::string language;
  std::optional<std::string> body;  // quoted; nothing: BEGIN ATOMIC, RETURN, or compiled code
  std::optional<Volatility> volatility;
  bool alters = false;
};

/// GRANT and REVOKE, of privileges and of roles.
struct GrantChange {
  bool revokes = false;
  std::vector<std::string> grantees;  // as they are written: "webapp", "PUBLIC"
};

/// CREATE RULE.
struct RuleDefinition {
  std::string event;          // "INSERT"
  bool instead = false;       // DO INSTEAD
  bool does_nothing = false;  // NOTHING
  bool conditional = false;   // WHERE
};

/// A statement that the parser knows and this model has no type for.
struct Other {
  BELLOWS_OUT_OF_LINE(Other);
  std::vector<QualifiedName> relations;  // that it names, its target first
  Uses uses;                             // of a view's query, a policy's or rule's expressions
  std::optional<Output> output;          // of a query that makes a relation, where its text tells
  std::vector<ColumnDefinition> attributes;  // CREATE TYPE … AS (…)
  /// The policy, rule or publication; REINDEX SCHEMA's schema, and CREATE SCHEMA's; CLUSTER's
  /// index; of COMMENT ON CONSTRAINT and its like, what stands before ON.
  Identifier part;
  std::optional<PublicationChange> publication;
  std::optional<FunctionDefinition> function;
  std::optional<GrantChange> grant;
  std::optional<RuleDefinition> rule;
  QualifiedName object;  // CREATE or ALTER STATISTICS, CREATE TYPE, ALTER TYPE … VALUE: its name
  bool makes_enum = false;          // CREATE TYPE … AS ENUM
  std::vector<std::string> labels;  // of that; ADD VALUE: it and its neighbour; RENAME: from, to
  bool behind = false;              // ADD VALUE … AFTER
  std::vector<Identifier> columns;  // plain ones of CREATE STATISTICS, of ANALYZE
  bool has_expressions = false;     // CREATE STATISTICS
  std::vector<QualifiedName> functions;  // GRANT, COMMENT ON and ALTER FUNCTION: that must be there
  std::optional<SequenceOwner> owner;    // CREATE SEQUENCE, ALTER SEQUENCE
  bool unlogged = false;                 // what it makes
  bool no_data = false;                  // REFRESH … WITH NO DATA
  bool if_exists = false;                // IF EXISTS, IF NOT EXISTS
  bool cascade = false;
};

/// The linked parser's grammar refuses it (newer syntax, or a mistake); or it is no SQL: a command
/// of psql, a file in another encoding.
struct Unparsed {
  std::string message;  // the parser's own words
  Position at;          // within the statement's text
};

/// SET TimeZone, in whichever form.
struct TimeZoneChange {
  std::string zone;  // as it is written; empty: back to the session's own, which nobody knows here
  bool local = false;  // SET LOCAL: until the transaction ends
  bool operator==(TimeZoneChange const&) const = default;
};

/// A form that not every server's grammar has: "UNIQUE NULLS NOT DISTINCT", since 15.
struct Form {
  std::string_view words;
  int since = 0;  // major versions, both inclusive
  int until = 999;
  bool operator==(Form const&) const = default;
};

struct Statement {
  BELLOWS_OUT_OF_LINE(Statement);
  RawStatement raw;
  std::string kind;  // "ALTER TABLE RENAME COLUMN", "CREATE INDEX CONCURRENTLY" …: for people and
                     // the lock table
  std::variant<CreateTable, CreateIndex, Drop, RenameColumn, RenameObject, AlterTable, Update,
               DataStatement, CreateTrigger, DomainChange, Other, Unparsed>
      body;
  /// SET search_path: the schema that unqualified names mean from here on; empty for none.
  std::optional<std::string> search_path;
  std::optional<TimeZoneChange> time_zone;
  /// The UPDATEs, DELETEs and INSERTs that it consists of beside its own body: those of its WITH
  /// queries, and the actions of a MERGE. Whom they touch, and which rows; not their texts.
  std::vector<Statement> within;
  /// Of a DO block that is nothing but plain statements, under conditions or not: those that it may
  /// execute, each at its place in the file. `guarded`: under a condition, or where what fails is
  /// passed over.
  std::vector<Statement> block;
  bool plain_block = false;
  bool guarded = false;
  std::vector<Form> forms;  // that it has, each once
};

/// Never throws on bad SQL: that is an Unparsed.
Statement parse(RawStatement raw);

/// Each of them, in order; many on all of the machine's cores. To read is most of what a check
/// takes, and libpg_query keeps what it needs by thread.
std::vector<Statement> parse_all(std::vector<RawStatement> raw);

/// One statement's text, alone. For tests and definitions read from a server.
Statement parse_one(std::string_view text);

/// The same CREATE INDEX for another column: `column` renamed to `to` wherever the index uses it,
/// the index itself named `index_name`, built CONCURRENTLY. `text` as pg_get_indexdef() prints it.
/// Read again and compared: it is to be executed. Throws std::invalid_argument when it differs.
std::string index_for_column(std::string_view text, Identifier const& column, Identifier const& to,
                             Identifier const& index_name);
/// The index once its column is renamed. Only written, not read again.
std::string index_with_renamed(std::string_view text, Identifier const& column,
                               Identifier const& to, Identifier const& index_name);

/// The same constraint for a renamed column. `definition` as pg_get_constraintdef() prints it, or
/// ConstraintDefinition::text. With `referenced`, the column is one that a foreign key points to.
std::string constraint_for_column(std::string_view definition, Identifier const& column,
                                  Identifier const& to, bool referenced = false);

}  // namespace bellows::sql

extern template class std::vector<bellows::sql::ConstraintDefinition>;
extern template class std::vector<bellows::sql::ColumnDefinition>;
extern template class std::vector<bellows::sql::AlterTableCommand>;
extern template class std::vector<bellows::sql::Statement>;
extern template class std::vector<bellows::sql::IndexElement>;
