#pragma once

#include "planner/catalog/model.hpp"
#include "planner/sql/statement.hpp"

#include <string>
#include <vector>

/// What a row of the lock table may ask: one statement, or one sub-command of an ALTER TABLE, and
/// the catalog before it.
namespace bellows::locks {

struct Facts {
  sql::Statement const& statement;
  catalog::Catalog const& catalog;
  std::vector<sql::QualifiedName> const& targets;   // resolved; most statements have one
  sql::AlterTable const* alter = nullptr;           // of an ALTER TABLE
  sql::AlterTableCommand const* command = nullptr;  // its sub-command
  catalog::Table const* known = nullptr;            // the (first) target's, looked up before

  /// Without a name where there is none.
  sql::QualifiedName const& target() const {
    static sql::QualifiedName const none;
    return targets.empty() ? none : targets.front();
  }
  /// Of the (first) target; nullptr when the catalog does not have it.
  catalog::Table const* table() const {
    return known != nullptr || targets.empty() ? known : catalog.table(targets.front());
  }

  /// The same, else what is known of it though nobody has shown it.
  catalog::Table const* seen() const {
    catalog::Table const* shown = table();
    auto const glimpse = shown != nullptr || targets.empty() ? catalog.glimpses.end()
                                                             : catalog.glimpses.find(target());
    return glimpse == catalog.glimpses.end() ? shown : &glimpse->second;
  }

  template <typename Body>
  Body const* body() const {
    return std::get_if<Body>(&statement.body);
  }
};

/// The relations that a statement is about, resolved: the table of a CREATE INDEX, all that a DROP
/// names.
std::vector<sql::QualifiedName> targets_of(sql::Statement const& statement,
                                           catalog::Catalog const& catalog);

}  // namespace bellows::locks
