#include "planner/rules/preconditions/pending_events.hpp"

#include "planner/catalog/references.hpp"
#include "planner/locks/facts.hpp"
#include "planner/rules/refused.hpp"
#include "planner/rules/sequence/sequence.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

// Source: tablecmds.c, CheckTableNotInUse() and its callers; ri_triggers.c,
// RI_FKey_fk_upd_check_required(); tried on 13 to 18.
namespace bellows::rules::preconditions {

namespace {

using catalog::Catalog;
using catalog::Constraint;
using catalog::ConstraintKind;
using catalog::Table;
using sql::QualifiedName;
using sql::Statement;

bool is_one_of(std::string const& kind, auto const& kinds) {
  return std::ranges::find(kinds, std::string_view(kind)) != std::end(kinds);
}

/// The tables that must not be in use, as far as the statement names them.
std::vector<QualifiedName> wanted_idle(Statement const& statement, Catalog const& catalog) {
  constexpr std::array kinds{std::string_view("TRUNCATE"), std::string_view("TRUNCATE CASCADE"),
                             std::string_view("CLUSTER"), std::string_view("DROP TABLE"),
                             std::string_view("CREATE INDEX")};
  auto const* alter = std::get_if<sql::AlterTable>(&statement.body);
  bool const table = alter != nullptr && alter->on == sql::ObjectKind::Table;
  return table || is_one_of(statement.kind, kinds) ? locks::targets_of(statement, catalog)
                                                   : std::vector<QualifiedName>{};
}

bool has_before_insert(Table const& table) {
  return std::ranges::any_of(table.triggers, [](catalog::Trigger const& trigger) {
    return trigger.before_row && trigger.on_insert;
  });
}

/// INSERT … VALUES of at least one row, whatever there is.
bool inserts_for_certain(Statement const& statement, Table const& table) {
  auto const* data = std::get_if<sql::DataStatement>(&statement.body);
  auto const words = words_of(statement);
  auto const says = [&](std::string_view word) {
    return std::ranges::find(words, word) != words.end();
  };
  return data != nullptr && statement.kind == "INSERT" && says("VALUES") && !says("CONFLICT") &&
         !says("SELECT") && !has_before_insert(table) && table.kind == catalog::TableKind::Table;
}

/// Whether the constraint waits for the end of the transaction.
bool is_deferred(Constraint const& constraint, bool all_deferred) {
  return catalog::is_initially_deferred(constraint) ||
         (all_deferred && catalog::is_deferrable(constraint));
}

bool has_deferred(Table const& table, bool all_deferred, bool references_alone) {
  return std::ranges::any_of(table.constraints, [&](Constraint const& constraint) {
    bool const counts = constraint.kind == ConstraintKind::ForeignKey || !references_alone;
    return counts && is_deferred(constraint, all_deferred);
  });
}

bool is_referenced_deferred(Catalog const& catalog, Table const& table, bool all_deferred) {
  return std::ranges::any_of(catalog.referencing(table.name), [&](Table const* other) {
    return std::ranges::any_of(other->constraints, [&](Constraint const& constraint) {
      return constraint.kind == ConstraintKind::ForeignKey && constraint.references == table.name &&
             is_deferred(constraint, all_deferred);
    });
  });
}

}  // namespace

std::optional<Finding> PendingEvents::refusal(Statement const& statement, Catalog const& catalog,
                                              Conduct const& conduct) const {
  if (certain_.empty() && possible_.empty()) {
    return std::nullopt;
  }
  std::string const remedy = fmt::format(
      "Put the change of rows before this one, into {}; or SET CONSTRAINTS ALL IMMEDIATE between "
      "the two.",
      own_migration(conduct));
  for (QualifiedName const& name : wanted_idle(statement, catalog)) {
    if (certain_.contains(name)) {
      return refused("statement-fails", "55006",
                     fmt::format("rows of {} were written before it in this transaction, and a "
                                 "deferred constraint has still to look at them",
                                 name.display()),
                     remedy);
    }
    if (possible_.contains(name)) {
      return Finding{
          "depends", Severity::Warning,
          fmt::format("The answer depends on whether rows of {} are written before it in this "
                      "transaction: a deferred constraint has still to look at them then, and it "
                      "fails (55006).",
                      name.display()),
          remedy};
    }
  }
  return std::nullopt;
}

void PendingEvents::note_rows(Statement const& statement, Catalog const& catalog) {
  constexpr std::array writing{std::string_view("INSERT"), std::string_view("UPDATE"),
                               std::string_view("DELETE"), std::string_view("MERGE")};
  if (!is_one_of(statement.kind, writing)) {
    return;
  }
  for (QualifiedName const& name : locks::targets_of(statement, catalog)) {
    Table const* table = catalog.table(name);
    if (table == nullptr) {
      continue;
    }
    bool const insert = statement.kind == "INSERT";
    if (insert && has_deferred(*table, all_deferred_, true) &&
        inserts_for_certain(statement, *table)) {
      certain_.insert(name);
    }
    bool const may =
        statement.kind == "DELETE" ? false : has_deferred(*table, all_deferred_, false);
    if (may || (!insert && is_referenced_deferred(catalog, *table, all_deferred_))) {
      possible_.insert(name);
    }
  }
}

void PendingEvents::note(Statement const& statement, bool transactional, Catalog const& catalog) {
  constexpr std::array ends{std::string_view("COMMIT"), std::string_view("ROLLBACK")};
  if (!transactional || is_one_of(statement.kind, ends)) {
    *this = PendingEvents();
    return;
  }
  if (statement.kind != "SET CONSTRAINTS") {
    return note_rows(statement, catalog);
  }
  auto const words = words_of(statement);
  bool const all = std::ranges::find(words, "ALL") != words.end();
  bool const deferred = std::ranges::find(words, "DEFERRED") != words.end();
  if (all && !deferred) {
    *this = PendingEvents();
  } else if (all) {
    all_deferred_ = true;
  } else {  // which of them that leaves, is not followed
    possible_.insert(certain_.begin(), certain_.end());
    certain_.clear();
  }
}

}  // namespace bellows::rules::preconditions
