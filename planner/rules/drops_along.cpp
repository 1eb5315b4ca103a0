#include "planner/rules/drops_along.hpp"

#include "planner/rules/blockers.hpp"
#include "planner/rules/has.hpp"

#include <fmt/format.h>

#include <algorithm>

// Source: manual, ALTER TABLE, DROP COLUMN; dependency.c. That a generated column goes along
// without CASCADE and without a notice: 13 and 14, tried there.
namespace bellows::rules {

namespace {

using catalog::Constraint;
using catalog::ConstraintKind;
using catalog::Index;
using catalog::Table;
using signs::Sign;
using sql::Identifier;

std::string_view word_of(ConstraintKind kind) {
  switch (kind) {
    case ConstraintKind::Check:
      return "CHECK";
    case ConstraintKind::NotNull:
      return "NOT NULL";
    case ConstraintKind::Unique:
      return "UNIQUE";
    case ConstraintKind::PrimaryKey:
      return "PRIMARY KEY";
    case ConstraintKind::ForeignKey:
      return "FOREIGN KEY";
    case ConstraintKind::Exclude:
      return "EXCLUDE";
  }
  return "constraint";
}

/// Whoever drops a column knows of what is about it alone, not of what it shares with others.
void add_shared(Table const& table, Identifier const& column, Blockers& into) {
  for (Constraint const& constraint : table.constraints) {
    if (constraint.columns.size() > 1 && has(constraint.columns, column)) {
      into.push_back(fmt::format("{} {}", word_of(constraint.kind), constraint.name.quoted()));
    }
  }
  for (Index const& index : table.indexes) {
    bool const of_constraint = std::ranges::find(table.constraints, index.name,
                                                 &Constraint::index) != table.constraints.end();
    if (!of_constraint && index.columns.size() > 1 && has(index.columns, column)) {
      into.push_back(
          fmt::format("{} {}", index.unique ? "unique index" : "index", index.name.quoted()));
    }
  }
}

void add_computed(Table const& table, Identifier const& column, Blockers& into) {
  for (catalog::Column const& other : table.columns) {
    if (catalog::computed_from(other, column)) {
      into.push_back("generated column " + other.name.quoted());
    }
  }
}

Blockers along_with(Sign const& sign) {
  Blockers along = says_cascade(sign) ? dependents_of(sign) : Blockers{};
  Table const* table = sign.facts.table();
  bool const column = sign.facts.command != nullptr && table != nullptr &&
                      sign.facts.command->action == sql::AlterAction::DropColumn;
  if (!column) {
    return along;
  }
  if (sign.question.catalog.server_version < 15 && !says_cascade(sign)) {
    add_computed(*table, sign.facts.command->name, along);
  }
  add_shared(*table, sign.facts.command->name, along);
  return along;
}

std::optional<Finding> recognise_drops_along(Question const& question) {
  for (Sign const& sign : signs::signs_of(question)) {
    Blockers const along = signs::on_new_table(sign) ? Blockers{} : along_with(sign);
    if (!along.empty()) {
      return Finding{std::string(drops_along.id), Severity::Error,
                     fmt::format("Dropping {} also drops {}, which the statement does not name.",
                                 signs::name_text(sign), fmt::join(along, ", ")),
                     "Drop or replace each by a statement of its own, where a reviewer sees it; "
                     "then this one."};
    }
  }
  return std::nullopt;
}

}  // namespace

Rule const drops_along{"drops-along", recognise_drops_along, nullptr};

}  // namespace bellows::rules
