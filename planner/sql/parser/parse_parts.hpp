#pragma once

#include "planner/sql/parser/tree.hpp"
#include "planner/sql/statement.hpp"

#include <optional>
#include <string>
#include <vector>

/// The parts of parse(), one file for each family of statements. All take a tree and give values.
namespace bellows::sql {

/// Empty for null, and for what is no String.
Identifier identifier(char const* name);
Identifier identifier(Node const* name);
std::vector<Identifier> identifiers(List const* names);

/// The last of a list of names; empty for `*`.
std::string_view last_name(List const* names);
inline std::string_view last_name(ColumnRef const& reference) {
  return last_name(reference.fields);
}
/// The one before it; empty for none.
std::string_view qualifier(ColumnRef const& reference);

/// Canonical text; empty for no node.
std::string text_of_expression(Node const* expression);

/// Columns that `node` refers to, in order, each once.
std::vector<Identifier> columns_in(Node const& node);

/// Relations below `node`, in order, each once; names of WITH queries left out.
std::vector<QualifiedName> relations_in(Node const& node);

struct ObjectWords {
  ::ObjectType type;
  ObjectKind kind;
  std::string_view words;  // "TABLE", "MATERIALIZED VIEW"
};
ObjectWords const& object_type(::ObjectType type);

inline bool is_unlogged(RangeVar const& made) {
  return made.relpersistence == 'u';
}

ColumnDefinition column_definition(ColumnDef const& column);
/// `column` is empty for a table constraint.
ConstraintDefinition constraint_definition(Constraint const& constraint, Identifier const& column);

PartitionKey partition_key(PartitionSpec const& spec);
PartitionBounds partition_bounds(PartitionBoundSpec const& spec);

CreateTable create_table(CreateStmt const& statement);
AlterTable alter_table(AlterTableStmt const& statement);
CreateIndex create_index(IndexStmt const& statement, std::string const& text);
Update update(UpdateStmt const& statement, std::string const& text);
Deletion deletion(DeleteStmt const& statement, std::string const& text);
/// Nothing where it takes its rows from no relation: VALUES, a bare SELECT.
std::optional<Insertion> insertion(InsertStmt const& statement, std::string const& text);

/// What `condition` (may be null) has that its answer would not be the same in a batch as in one
/// go: "a subquery"; empty: nothing.
std::string obstacle_in_condition(Node const* condition);

/// What the columns of a relation are qualified with in its statement.
std::string_view own_name(RangeVar const& relation);

/// Columns of the relation `own` that a condition holds equal to a constant each, or to one of a
/// few, whatever else it says. Where they are a key, it takes few rows. `of_constants`: so are the
/// columns of every other relation. `with`: the statement's, which may have few rows by a LIMIT.
std::vector<Identifier> pinned_columns(Node const* condition, std::string_view own,
                                       bool of_constants = false, WithClause const* with = nullptr);
/// Every item of FROM or USING gives few rows, by a LIMIT. False without one.
bool all_give_few(List const* from, WithClause const* with);

/// OWNED BY among the options of CREATE SEQUENCE and ALTER SEQUENCE.
std::optional<SequenceOwner> sequence_owner(List const* options);
/// SEQUENCE NAME among the options of an identity; empty: not said.
QualifiedName named_sequence(Constraint const& identity);

void take_publication(Other& into, CreatePublicationStmt const& statement);
void take_publication(Other& into, AlterPublicationStmt const& statement);

FunctionDefinition function_definition(CreateFunctionStmt const& statement);
FunctionDefinition function_definition(AlterFunctionStmt const& statement);

/// The tables of an INSERT … SELECT and the rows that it takes, without texts.
std::optional<Insertion> copied_rows(InsertStmt const& statement);
/// Statement::within.
std::vector<Statement> parts_within(Node const& statement);

/// Nothing for a query whose columns its text alone does not tell. `names`: those given to them.
std::optional<Output> output_of(Node const* query, List const* names);
Uses uses_in(Node const& node);
DomainChange create_domain(CreateDomainStmt const& statement);
DomainChange alter_domain(AlterDomainStmt const& statement);
/// SET search_path and set_config('search_path', …); nothing for every other statement.
std::optional<std::string> search_path_of(Node const& statement);
/// The same of TimeZone.
std::optional<TimeZoneChange> time_zone_of(Node const& statement);

GrantChange grant_change(GrantStmt const& statement);
GrantChange grant_change(GrantRoleStmt const& statement);
RuleDefinition rule_definition(RuleStmt const& statement);

/// Statement::block, of a DO in PL/pgSQL.
void take_block(Statement& into, DoStmt const& statement);

/// Everything else; gives `kind` as well.
void parse_other(Statement& into, Node const& statement);

}  // namespace bellows::sql
