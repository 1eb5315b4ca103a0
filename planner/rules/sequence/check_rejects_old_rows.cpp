#include "planner/rules/sequence/sequence.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::rules {

namespace {

using sql::AlterAction;
using sql::ConstraintForm;

struct NewColumn {
  sql::QualifiedName table;
  sql::Identifier name;
};

bool has(sql::ColumnDefinition const& column, ConstraintForm form) {
  return std::ranges::any_of(column.constraints,
                             [form](auto const& one) { return one.form == form; });
}

/// NULL in every row that is there already.
bool starts_as_null(sql::ColumnDefinition const& column) {
  return !column.type.serial && !has(column, ConstraintForm::Default) &&
         !has(column, ConstraintForm::Generated) && !has(column, ConstraintForm::Identity);
}

/// CHECK (… column IS NOT NULL …) without an OR: every row without a value fails it.
bool demands(sql::ConstraintDefinition const& check, sql::Identifier const& column) {
  return check.expression.find(column.quoted() + " IS NOT NULL") != std::string::npos &&
         check.expression.find(" OR ") == std::string::npos;
}

Finding all_rejected(sql::QualifiedName const& table, sql::Identifier const& column) {
  return {"check-rejects-old-rows", Severity::Error,
          fmt::format("Every row of {} that is there has no {} yet, and NOT VALID spares old rows "
                      "only until they are written: each UPDATE of one fails, whatever column it "
                      "is about.",
                      table.display(), column.quoted()),
          "Fill the column first: new rows by a DEFAULT (ALTER COLUMN … SET DEFAULT) or a trigger, "
          "since the running application does not write it, then the old ones by an UPDATE, which "
          "`bellows plan` carries in batches; add the constraint in a later migration."};
}

Finding update_rejected(sql::QualifiedName const& table) {
  return {"check-rejects-old-rows", Severity::Warning,
          fmt::format("The CHECK that this migration adds to {} holds for every row that is "
                      "written from now on: the UPDATE fails at the first row that violates it.",
                      table.display()),
          "Mend the rows first, then add the constraint in a later migration."};
}

bool is_unvalidated_check(sql::AlterTableCommand const& command) {
  return command.action == AlterAction::AddConstraint &&
         command.constraint.form == ConstraintForm::Check && command.constraint.not_valid &&
         !command.constraint.not_enforced;
}

class Reader {
 public:
  explicit Reader(Sequence const& sequence) : sequence_(sequence) {}

  std::vector<SequenceFinding> read() {
    for (std::size_t at = 0; at < sequence_.statements.size(); ++at) {
      auto const& body = sequence_.statements[at].statement.body;
      if (auto const* alter = std::get_if<sql::AlterTable>(&body)) {
        read(at, *alter);
      }
      if (auto const* update = std::get_if<sql::Update>(&body)) {
        sql::QualifiedName const table = sequence_.catalog.resolve(update->table);
        if (std::ranges::find(checked_, table) != checked_.end()) {
          found_.push_back({at, update_rejected(table)});
        }
      }
    }
    return std::move(found_);
  }

 private:
  void read(std::size_t at, sql::AlterTable const& alter) {
    sql::QualifiedName const table = sequence_.catalog.resolve(alter.table);
    auto const& effects = sequence_.statements[at].effects.relations;
    auto const effect = std::ranges::find(effects, table, &locks::Effect::relation);
    if (effect == effects.end() || effect->on_new) {
      return;
    }
    for (sql::AlterTableCommand const& command : alter.commands) {
      if (command.action == AlterAction::AddColumn && starts_as_null(command.column)) {
        columns_.push_back({table, command.column.name});
      }
      if (is_unvalidated_check(command)) {
        checked_.push_back(table);
        look_for_demand(at, table, command.constraint);
      }
    }
  }

  void look_for_demand(std::size_t at, sql::QualifiedName const& table,
                       sql::ConstraintDefinition const& check) {
    for (NewColumn const& column : columns_) {
      if (column.table == table && demands(check, column.name)) {
        found_.push_back({at, all_rejected(table, column.name)});
        return;
      }
    }
  }

  Sequence const& sequence_;
  std::vector<NewColumn> columns_;
  std::vector<sql::QualifiedName> checked_;
  std::vector<SequenceFinding> found_;
};

}  // namespace

std::vector<SequenceFinding> check_rejects_old_rows(Sequence const& sequence) {
  return Reader(sequence).read();
}

}  // namespace bellows::rules
