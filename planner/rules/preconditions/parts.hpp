#pragma once

#include "planner/rules/has.hpp"
#include "planner/rules/preconditions/precondition.hpp"

#include <algorithm>
#include <vector>

/// What the rows of several files ask.
namespace bellows::rules::preconditions {

using catalog::Catalog;
using catalog::Column;
using catalog::Constraint;
using catalog::ConstraintKind;
using catalog::Index;
using catalog::Table;
using catalog::TableKind;
using sql::AlterAction;
using sql::ConstraintForm;
using sql::Identifier;
using sql::QualifiedName;

using rules::has;

inline bool is(Facts const& facts, AlterAction action) {
  return facts.command != nullptr && facts.command->action == action;
}

inline bool is(Facts const& facts, std::string_view kind) {
  return facts.command != nullptr && facts.command->kind == kind;
}

/// The column that a sub-command is about; nullptr where the catalog does not have it.
inline Column const* column_of(Facts const& facts) {
  Table const* table = facts.table();
  return table == nullptr || facts.command == nullptr ? nullptr
                                                      : table->column(facts.command->name);
}

/// The constraint that ADD brings; nullptr for everything else.
inline sql::ConstraintDefinition const* added(Facts const& facts, ConstraintForm form) {
  bool const adds = is(facts, AlterAction::AddConstraint) && facts.command->constraint.form == form;
  return adds ? &facts.command->constraint : nullptr;
}

inline bool has_children(Catalog const& catalog, Table const& table) {
  return std::ranges::any_of(
      catalog.linked(catalog::Link::Below, table.name), [&](QualifiedName const& name) {
        Table const* below = catalog.tables.find(name);
        return below != nullptr &&
               (below->partition_of == table.name || has(below->inherits, table.name));
      });
}

/// All relations are known, and none has that name, wherever it is looked for.
bool is_missing(Catalog const& catalog, QualifiedName const& name);
/// Of tables, views, indexes, sequences: all that share their names.
bool is_relation(sql::ObjectKind kind);

/// OR REPLACE, CASCADE, IF NOT EXISTS, CONCURRENTLY, ANALYZE, ONLY, where the statement's value
/// does not keep them.
bool says_replace(std::string const& statement);
bool says_cascade(std::string const& statement);
bool says_if_not_exists(std::string const& statement);
bool says_concurrently(std::string const& statement);
bool says_analyze(std::string const& statement);
bool says_only(std::string const& statement);

inline Breach breach(std::string what, std::string other = "") {
  return {std::move(what), std::move(other)};
}

}  // namespace bellows::rules::preconditions
