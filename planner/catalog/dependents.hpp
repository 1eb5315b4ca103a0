#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/statement.hpp"

/// Views, rules, policies, triggers and functions, and the columns that they hold on to. A query is
/// not typed here: a name without a qualifier belongs to every relation that has such a column, of
/// the innermost query in which there is one.
namespace bellows::catalog {

/// Adds `dependent` to each relation of `uses` that the catalog has, with its columns there.
/// `own`: the table that the dependent stands on, which its expressions also call NEW and OLD.
void add_dependent(Catalog& catalog, Dependent const& dependent, sql::Uses const& uses,
                   QualifiedName const& own);

/// From all relations; of a rule, policy, trigger or publication, from `own` alone.
void drop_dependent(Catalog& catalog, Dependent const& dependent, QualifiedName const& own);

/// A view or function has another name; a materialized view counts as a view.
void rename_holder(Catalog& catalog, DependentKind kind, QualifiedName const& from,
                   QualifiedName const& to);
/// A rule, policy or trigger has another name.
void rename_dependent(Table& table, DependentKind kind, Identifier const& from,
                      Identifier const& to);

bool is_view(DependentKind kind);

/// The views that read the relation, or that column of it, and those that read them. By name.
std::vector<QualifiedName> views_above(Catalog const& catalog, QualifiedName const& relation,
                                       Identifier const* column = nullptr);

}  // namespace bellows::catalog
