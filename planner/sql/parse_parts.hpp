#pragma once

#include "planner/sql/statement.hpp"
#include "planner/sql/tree.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

/// The parts of parse(), one file for each family of statements. All take a tree and give values.
namespace bellows::sql {

/// A protobuf array as a range.
inline std::span<PgQuery__Node* const> nodes(PgQuery__Node* const* items, std::size_t count) {
  return {items, count};
}

std::vector<Identifier> identifiers(std::span<PgQuery__Node* const> names);

/// Canonical text; empty for no node.
std::string text_of_expression(PgQuery__Node* expression);

/// Columns that `node` refers to, in order, each once.
std::vector<Identifier> columns_in(ProtobufCMessage& node);

/// Relations below `node`, in order, each once; names of WITH queries left out.
std::vector<QualifiedName> relations_in(ProtobufCMessage& node);

struct ObjectType {
  PgQuery__ObjectType type;
  ObjectKind kind;
  std::string_view words;  // "TABLE", "MATERIALIZED VIEW"
};
ObjectType const& object_type(PgQuery__ObjectType type);

inline bool is_unlogged(PgQuery__RangeVar const& made) {
  return std::string_view(made.relpersistence) == "u";
}

ColumnDefinition column_definition(PgQuery__ColumnDef& column);
/// `column` is empty for a table constraint.
ConstraintDefinition constraint_definition(PgQuery__Constraint const& constraint,
                                           Identifier const& column);

PartitionKey partition_key(PgQuery__PartitionSpec const& spec);
PartitionBounds partition_bounds(PgQuery__PartitionBoundSpec const& spec);

CreateTable create_table(PgQuery__CreateStmt& statement);
AlterTable alter_table(PgQuery__AlterTableStmt& statement);
CreateIndex create_index(PgQuery__IndexStmt& statement, std::string const& text);
Update update(PgQuery__UpdateStmt& statement, std::string const& text);
Deletion deletion(PgQuery__DeleteStmt& statement, std::string const& text);
/// Nothing where it takes its rows from no relation: VALUES, a bare SELECT.
std::optional<Insertion> insertion(PgQuery__InsertStmt& statement, std::string const& text);

/// What `condition` (may be null) has that its answer would not be the same in a batch as in one
/// go: "a subquery"; empty: nothing.
std::string obstacle_in_condition(PgQuery__Node* condition);

/// What the columns of a relation are qualified with in its statement.
std::string_view own_name(PgQuery__RangeVar const& relation);

/// Columns of the relation `own` that a condition holds equal to a constant each, or to one of a
/// few, whatever else it says. Where they are a key, it takes few rows. `of_constants`: so are the
/// columns of every other relation. `with`: the statement's, which may have few rows by a LIMIT.
std::vector<Identifier> pinned_columns(PgQuery__Node const* condition, std::string_view own,
                                       bool of_constants = false,
                                       PgQuery__WithClause const* with = nullptr);
/// Every item of FROM or USING gives few rows, by a LIMIT. False without one.
bool all_give_few(std::span<PgQuery__Node* const> from, PgQuery__WithClause const* with);

/// OWNED BY among the options of CREATE SEQUENCE and ALTER SEQUENCE.
std::optional<SequenceOwner> sequence_owner(std::span<PgQuery__Node* const> options);
/// SEQUENCE NAME among the options of an identity; empty: not said.
QualifiedName named_sequence(PgQuery__Constraint const& identity);

void take_publication(Other& into, PgQuery__CreatePublicationStmt const& statement);
void take_publication(Other& into, PgQuery__AlterPublicationStmt const& statement);

FunctionDefinition function_definition(PgQuery__CreateFunctionStmt const& statement);
FunctionDefinition function_definition(PgQuery__AlterFunctionStmt const& statement);

/// The tables of an INSERT … SELECT and the rows that it takes, without texts.
std::optional<Insertion> copied_rows(PgQuery__InsertStmt& statement);
/// Statement::within.
std::vector<Statement> parts_within(PgQuery__Node& statement);

/// Nothing for a query whose columns its text alone does not tell. `names`: those given to them.
std::optional<Output> output_of(PgQuery__Node const* query, std::span<PgQuery__Node* const> names);
Uses uses_in(ProtobufCMessage& node);
DomainChange create_domain(PgQuery__CreateDomainStmt& statement);
DomainChange alter_domain(PgQuery__AlterDomainStmt const& statement);
/// SET search_path and set_config('search_path', …); nothing for every other statement.
std::optional<std::string> search_path_of(PgQuery__Node const& statement);
/// The same of TimeZone.
std::optional<TimeZoneChange> time_zone_of(PgQuery__Node const& statement);

GrantChange grant_change(PgQuery__GrantStmt const& statement);
GrantChange grant_change(PgQuery__GrantRoleStmt const& statement);
RuleDefinition rule_definition(PgQuery__RuleStmt const& statement);

/// Statement::block, of a DO in PL/pgSQL.
void take_block(Statement& into, PgQuery__DoStmt const& statement);

/// Everything else; gives `kind` as well.
void parse_other(Statement& into, PgQuery__Node& statement);

}  // namespace bellows::sql
