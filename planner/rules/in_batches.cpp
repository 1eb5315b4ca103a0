#include "planner/rules/in_batches.hpp"

#include "planner/rules/has.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::rules {
namespace {

using catalog::Constraint;
using catalog::ConstraintKind;
using catalog::Index;
using catalog::Table;
using catalog::TableKind;
using sql::Identifier;

bool is_met(Index const& index, std::vector<Identifier> const& pinned) {
  auto const end = index.columns.begin() + static_cast<std::ptrdiff_t>(index.key_columns);
  return index.unique && !index.partial && !index.has_expressions && index.key_columns > 0 &&
         std::all_of(index.columns.begin(), end,
                     [&](Identifier const& column) { return has(pinned, column); });
}

/// Of a table that nobody has shown, what a column is called is all there is to go by: "id", or in
/// users "user_id".
bool is_called_key(Identifier const& table, Identifier const& column) {
  std::string const& name = column.raw();
  if (name == "id" || name == "uuid" || name == "guid") {
    return true;
  }
  std::string one = table.raw();
  bool const same = name == one + "_id";
  if (one.ends_with('s')) {
    one.pop_back();
  }
  return same || name == one + "_id";
}

bool acts_on_delete(Constraint const& constraint) {
  return constraint.definition.find("ON DELETE CASCADE") != std::string::npos ||
         constraint.definition.find("ON DELETE SET") != std::string::npos;
}

bool is_rewritten(Table const& table) {
  return std::ranges::any_of(table.dependents, [](catalog::Dependent const& dependent) {
    return dependent.kind == catalog::DependentKind::Rule;
  });
}

}  // namespace

bool has_rows(catalog::Catalog const& catalog, sql::QualifiedName const& name) {
  Table const* table = catalog.table(name);
  return table == nullptr || !table->is_new;
}

std::vector<sql::Statement const*> parts_of(sql::Statement const& statement) {
  std::vector<sql::Statement const*> parts{&statement};
  for (sql::Statement const& part : statement.within) {
    parts.push_back(&part);
  }
  return parts;
}

bool takes_few_rows(catalog::Catalog const& catalog, sql::QualifiedName const& name,
                    std::vector<Identifier> const& pinned) {
  Table const* table = catalog.table(name);
  if (has(pinned, Identifier("ctid"))) {  // the place of one row
    return true;
  }
  if (table == nullptr) {
    return std::ranges::any_of(
        pinned, [&](Identifier const& column) { return is_called_key(name.name, column); });
  }
  return std::ranges::any_of(table->indexes,
                             [&](Index const& index) { return is_met(index, pinned); });
}

std::optional<Refusal> not_a_table(Table const* table, sql::QualifiedName const& name) {
  bool const fits = table != nullptr &&
                    (table->kind == TableKind::Table || table->kind == TableKind::Partitioned);
  if (!fits) {
    return Refusal{fmt::format("{} is not a table known here", name.display()),
                   "plan with --database-url or --catalog, and check the name"};
  }
  if (is_rewritten(*table)) {
    return Refusal{fmt::format("a rule rewrites statements on {}, so what a batch would do is not "
                               "what is written",
                               name.display()),
                   "make the rule a trigger, or drop it first"};
  }
  return std::nullopt;
}

Constraint const* reference_to_itself(catalog::Catalog const& catalog, Table const& table) {
  auto const found = std::ranges::find_if(table.constraints, [&](Constraint const& constraint) {
    return constraint.kind == ConstraintKind::ForeignKey &&
           catalog.resolve(constraint.references) == table.name && !acts_on_delete(constraint);
  });
  return found == table.constraints.end() ? nullptr : &*found;
}

std::vector<Identifier> mentioned(Table const& table, std::vector<Identifier> first,
                                  std::vector<std::string> const& texts) {
  for (std::string const& text : texts) {
    if (text.empty()) {
      continue;
    }
    sql::Expression const expression = sql::Expression::parse(text);
    for (sql::ColumnReference const& reference : expression.columns()) {
      Identifier const& column = reference.path.back();
      if (table.column(column) != nullptr && !has(first, column)) {
        first.push_back(column);
      }
    }
  }
  return first;
}

plan::Step batch_step(Question const& question, std::string id, std::string about,
                      plan::Batch batch) {
  if (auto const* size = question.directives.find<sql::BatchSize>()) {
    batch.rows = size->rows;
  }
  plan::Step step;
  step.id = std::move(id);
  step.about = std::move(about);
  step.locks = {{batch.table, locks::Mode::RowShare}};  // at least: its rows are locked
  for (locks::Effect const& effect : question.effects.relations) {
    sql::QualifiedName const relation = question.catalog.resolve(effect.relation);
    auto const known =
        std::ranges::find(step.locks, relation, &std::pair<sql::QualifiedName, locks::Mode>::first);
    if (known == step.locks.end()) {
      step.locks.emplace_back(relation, effect.lock);
    } else {
      known->second = std::max(known->second, effect.lock);
    }
  }
  step.action = std::move(batch);
  step.lasts = plan::Lasts::WithRows;
  step.irreversible = true;
  return step;
}

plan::Step tolerated_verify(plan::Batch const& batch) {
  plan::Verify verify;
  verify.table = batch.table;
  verify.key = batch.key;
  verify.differs = batch.where.empty() ? "true" : batch.where;
  verify.tolerated = true;
  plan::Step step;
  step.id = "verify";
  step.about = "reads every row: which match still, or again";
  step.action = verify;
  step.locks = {{batch.table, locks::Mode::AccessShare}};
  step.lasts = plan::Lasts::WithRows;
  return step;
}

}  // namespace bellows::rules
