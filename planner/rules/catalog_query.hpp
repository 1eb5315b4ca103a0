#pragma once

#include "planner/sql/identifier.hpp"

#include <string>
#include <vector>

/// Catalog queries for plans: each gives one boolean, needs no right beyond reading pg_catalog, and
/// stays true or false whatever the search_path is. Names are compared as text against the catalog,
/// never cast to regclass: a missing relation is an answer, not an error.
namespace bellows::rules {

std::string column_is_there(sql::QualifiedName const& table, sql::Identifier const& column);
std::string column_is_gone(sql::QualifiedName const& table, sql::Identifier const& column);
std::string constraint_is_valid(sql::QualifiedName const& table, sql::Identifier const& constraint);
std::string constraint_is_there(sql::QualifiedName const& table, sql::Identifier const& constraint);
std::string index_is_valid(sql::QualifiedName const& index);
std::string index_is_gone(sql::QualifiedName const& index);
std::string function_is_there(sql::QualifiedName const& function);

/// Only these indexes and triggers (a condition on t, a pg_trigger) use the column, and nothing
/// else depends on it (views, policies, rules, generated columns, functions with SQL bodies …).
std::string only_these_use(sql::QualifiedName const& table, sql::Identifier const& column,
                           std::vector<sql::Identifier> const& indexes,
                           std::string const& triggers);

/// No view, rule, policy, trigger's WHEN, generated column or SQL function is built on the column;
/// indexes, UPDATE OF lists and the table's own constraints do not count.
std::string nothing_is_built_on(sql::QualifiedName const& table, sql::Identifier const& column);

/// Each of these triggers is on the table and on every partition of it, and fires whatever
/// session_replication_role is.
std::string triggers_always_fire(sql::QualifiedName const& table,
                                 std::vector<sql::Identifier> const& triggers);

}  // namespace bellows::rules
