#include "planner/rules/update_in_batches.hpp"

#include "planner/rules/batch_key.hpp"
#include "planner/rules/sync_trigger.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace bellows::rules {
namespace {

using sql::Identifier;

std::optional<Finding> recognise(Question const& question) {
  auto const* update = std::get_if<sql::Update>(&question.statement.body);
  if (update == nullptr) {
    return std::nullopt;
  }
  catalog::Table const* table = question.catalog.table(update->table);
  if (table != nullptr && table->is_new) {
    return std::nullopt;
  }
  return Finding{
      .rule = "update-in-one-go",
      .severity = Severity::Error,
      .message =
          fmt::format("Every row of {} that it writes stays locked until the last one is written; "
                      "whoever wants one of them waits.",
                      update->table.display()),
      .remedy = "Let `bellows plan` carry it in batches that can be stopped and resumed."};
}

// Rows that have the value already are passed over, so running it again writes nothing. Not where
// the expression gives another value each time (count + 1 is right: the cursor sees to once).
std::string changes_something(sql::Update const& update, catalog::Table const& table) {
  std::string any;
  for (sql::Assignment const& assignment : update.set) {
    catalog::Column const* column = table.column(assignment.column);
    bool const plain = column != nullptr && equal_means_same(column->type, column->collation);
    if (!plain || sql::Expression::parse(assignment.expression).calls_volatile()) {
      return "";
    }
    any += fmt::format("{}{} IS DISTINCT FROM ({})", any.empty() ? "" : " OR ",
                       assignment.column.quoted(), assignment.expression);
  }
  return any;
}

std::string batch_where(sql::Update const& update, catalog::Table const& table) {
  std::string const changes = changes_something(update, table);
  if (update.where.empty()) {
    return changes;
  }
  return changes.empty() ? update.where : fmt::format("({}) AND ({})", update.where, changes);
}

Split split(Question const& question) {
  auto const& update = std::get<sql::Update>(question.statement.body);
  catalog::Table const* table = question.catalog.table(update.table);
  if (table == nullptr || table->kind != catalog::TableKind::Table) {
    return Refusal{fmt::format("{} is not a plain table known here", update.table.display()),
                   "plan with --database-url or --catalog, and check the name"};
  }
  if (!update.simple) {
    return Refusal{
        "only an UPDATE of one table without FROM, WITH, subqueries, ONLY or RETURNING can be cut "
        "into batches",
        "write it as SET column = expression over the table's own columns, or allow it for a small "
        "table: "
        "-- bellows: allow update-in-one-go because …"};
  }
  auto key = batch_key(*table, question.directives);
  if (auto* refusal = std::get_if<Refusal>(&key)) {
    return *refusal;
  }

  plan::Batch batch;
  batch.table = table->name;
  batch.key = std::get<std::vector<Identifier>>(key);
  for (sql::Assignment const& assignment : update.set) {
    if (std::ranges::find(batch.key, assignment.column) != batch.key.end()) {
      return Refusal{
          fmt::format("it changes {}, the key that the batches go by", assignment.column.quoted()),
          "choose another key: -- bellows: key COLUMN"};
    }
    batch.set.emplace_back(assignment.column, assignment.expression);
  }
  batch.where = batch_where(update, *table);
  if (auto const* size = question.directives.find<sql::BatchSize>()) {
    batch.rows = size->rows;
  }

  plan::Step step;
  step.id = "update";
  step.about = "the UPDATE, key range by key range";
  step.action = batch;
  step.locks = {{table->name, locks::Mode::RowExclusive}};
  step.lasts = plan::Lasts::WithRows;
  step.irreversible = true;
  Fragment fragment;
  fragment.backfill = {step};
  fragment.application = {
      {"during_backfill",
       "must work with rows that have the old value and rows that have the new one"}};
  std::vector<Identifier> columns = batch.key;
  for (auto const& [column, expression] : batch.set) {
    columns.push_back(column);
  }
  fragment.relies_on = {{table->name, columns}};
  return fragment;
}

}  // namespace

Rule const update_in_batches{.id = "update-in-one-go", .recognise = recognise, .split = split};

}  // namespace bellows::rules
