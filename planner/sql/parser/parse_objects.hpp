#pragma once

#include "planner/sql/parser/parse_parts.hpp"

/// The families of parse_other().
namespace bellows::sql {

/// Of what DROP, COMMENT ON and ALTER name: a list of names, a type, a function, a relation.
QualifiedName name_of_object(Node const& node);
/// A trigger, policy or rule is named schema.table.part: the table.
QualifiedName table_of_part(Node const& node);

void parse_drop(Statement& into, DropStmt const& statement);
void parse_rename(Statement& into, RenameStmt const& statement);
void parse_set_schema(Statement& into, AlterObjectSchemaStmt const& statement);
void parse_trigger(Statement& into, CreateTrigStmt const& statement);

/// INSERT, DELETE, MERGE, COPY, SELECT, TRUNCATE …; false for every other statement.
bool parse_data(Statement& into, Node const& statement);

/// SELECT … INTO makes a table.
bool makes_table(Node const& statement);

}  // namespace bellows::sql
