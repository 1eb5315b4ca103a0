#include "planner/rules/update_in_batches.hpp"

#include "planner/rules/batch_key.hpp"
#include "planner/rules/in_batches.hpp"
#include "planner/rules/sync_trigger.hpp"
#include "planner/rules/update_without_key.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::rules {
namespace {

using sql::Identifier;

std::optional<Finding> recognise_update_in_batches(Question const& question) {
  std::vector<std::string> tables;
  for (sql::Statement const* part : parts_of(question.statement)) {
    auto const* update = std::get_if<sql::Update>(&part->body);
    bool const many = update != nullptr && has_rows(question.catalog, update->table) &&
                      !takes_few_rows(question.catalog, update->table, update->pinned);
    if (many) {
      tables.push_back(update->table.display());
    }
  }
  if (tables.empty()) {
    return std::nullopt;
  }
  return Finding{
      .rule = "update-in-one-go",
      .severity = Severity::Error,
      .message =
          fmt::format("Every row of {} that it writes stays locked until the last one is written; "
                      "whoever wants one of them waits.",
                      fmt::join(tables, ", ")),
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

Split split_update_in_batches(Question const& question) {
  auto const* whole = std::get_if<sql::Update>(&question.statement.body);
  if (whole == nullptr) {
    return Refusal{
        "its UPDATE is a part of another statement (WITH, MERGE), and cannot be cut alone",
        "write it as UPDATE … SET column = expression WHERE … in a migration of its own, "
        "or allow it for a small table: -- bellows: allow update-in-one-go because …"};
  }
  sql::Update const& update = *whole;
  catalog::Table const* table = question.catalog.table(update.table);
  if (auto refusal = not_a_table(table, update.table)) {
    return std::move(*refusal);
  }
  if (!update.simple) {
    return Refusal{
        "only an UPDATE of one table without FROM, WITH, subqueries, ONLY or RETURNING can be cut "
        "into batches",
        "write it as SET column = expression over the table's own columns, or allow it for a small "
        "table: "
        "-- bellows: allow update-in-one-go because …"};
  }
  if (!update.obstacle.empty()) {
    return Refusal{
        fmt::format("it has {}: only an UPDATE whose WHERE says row by row what is written can be "
                    "cut into batches",
                    update.obstacle),
        "mark the rows in a column of the table first, and update what is marked; or allow it: "
        "-- bellows: allow update-in-one-go because …"};
  }
  auto key = batch_key_where(*table, question.directives, batch_where(update, *table));
  if (auto* refusal = std::get_if<Refusal>(&key)) {
    return *refusal;
  }

  bool const by_key = every_row_has(*table, std::get<std::vector<Identifier>>(key));
  if (auto refusal = by_key ? std::nullopt : refuse_without_key(question.catalog, update, *table)) {
    return *std::move(refusal);
  }
  std::string const way = way_of_batches(*table, std::get<std::vector<Identifier>>(key));
  plan::Batch batch;
  plan::SetColumns set;
  batch.table = table->name;
  batch.key = std::get<std::vector<Identifier>>(key);
  for (sql::Assignment const& assignment : update.set) {
    if (std::ranges::find(batch.key, assignment.column) != batch.key.end()) {
      return Refusal{
          fmt::format("it changes {}, the key that the batches go by", assignment.column.quoted()),
          "choose another key: -- bellows: key COLUMN"};
    }
    set.columns.emplace_back(assignment.column, assignment.expression);
  }
  batch.where = batch_where(update, *table);
  std::vector<Identifier> columns = batch.key;
  for (auto const& [column, expression] : set.columns) {
    columns.push_back(column);
  }
  batch.action = std::move(set);
  Fragment fragment;
  fragment.relies_on = {{table->name, columns}};
  fragment.backfill = {batch_step(question, "update", "the UPDATE, " + way, batch)};
  if (!by_key) {  // walks end though the application writes rows that match: how many, it tells
    fragment.backfill.push_back(tolerated_verify(batch));
  }
  fragment.application = {
      {"during_backfill",
       "must work with rows that have the old value and rows that have the new one"}};
  return fragment;
}

}  // namespace

Rule const update_in_batches{.id = "update-in-one-go",
                             .recognise = recognise_update_in_batches,
                             .split = split_update_in_batches};

}  // namespace bellows::rules
