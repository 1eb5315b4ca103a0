#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/statement.hpp"

#include <optional>
#include <string>

/// Triggers and the functions that they execute.
namespace bellows::catalog {

/// What CREATE TRIGGER makes. A name without a schema is that of a function that comes with the
/// server, or one in `schema`.
Trigger trigger_of(sql::CreateTrigger const& statement, Identifier const& schema);

/// `definition` as pg_get_triggerdef() prints it where only pg_catalog is searched; nothing where
/// the parser refuses it (a newer server's).
std::optional<Trigger> trigger_of(std::string const& definition);

/// For the writes of ordinary sessions, a backfill's among them.
bool fires_for_sessions(Trigger const& trigger);

/// CREATE TRIGGER. Row triggers of a partitioned table are made on its partitions as well.
void create_trigger(Catalog& catalog, sql::CreateTrigger const& statement);
void rename_trigger(Table& table, Identifier const& from, Identifier const& to);
/// ENABLE and DISABLE TRIGGER; `kind` and `name` of the sub-command.
void enable_trigger(Table& table, std::string_view kind, Identifier const& name);

/// CREATE and ALTER FUNCTION, PROCEDURE.
void change_function(Catalog& catalog, sql::FunctionDefinition const& definition);
/// The triggers that execute it follow.
void rename_function(Catalog& catalog, QualifiedName const& from, QualifiedName const& to);

}  // namespace bellows::catalog
