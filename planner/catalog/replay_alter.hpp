#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/statement.hpp"

/// The parts of replay() that have sub-commands.
namespace bellows::catalog {

void alter_table(Catalog& catalog, sql::AlterTable const& statement);

/// The constraints of a CREATE TABLE in the order in which PostgreSQL makes them, and so names
/// them: checks with the table, then keys (the primary one first), foreign keys at the end.
void add_constraints(Catalog& catalog, Table& table, sql::CreateTable const& statement);

/// A partition gets an index for each of its parent's, and its keys and foreign keys.
void inherit_keys(Catalog& catalog, Table& partition);

}  // namespace bellows::catalog
