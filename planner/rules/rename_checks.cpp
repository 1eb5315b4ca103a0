#include "planner/rules/rename_checks.hpp"

#include "planner/rules/batch_key.hpp"
#include "planner/rules/blockers.hpp"
#include "planner/rules/preconditions/precondition.hpp"
#include "planner/rules/rename_triggers.hpp"
#include "planner/rules/trigger_lists.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::rules {
namespace {

using catalog::Column;
using catalog::ConstraintKind;
using catalog::Table;
using catalog::TableKind;
using sql::Expression;
using sql::Identifier;
using MaybeRefusal = std::optional<Refusal>;

MaybeRefusal check_table(sql::RenameColumn const& rename, Table const* table, bool complete) {
  std::string const name = rename.table.display();
  if (table == nullptr) {
    return complete
               ? Refusal{"there is no table " + name, "check the name, and the schema before it"}
               : Refusal{"the definition of " + name + " is not known here",
                         "plan with --database-url, or with --catalog and a snapshot or the "
                         "earlier migrations"};
  }
  switch (table->kind) {
    case TableKind::Table:
      break;
    case TableKind::Partitioned:
      return Refusal{name + " is partitioned, which this rule does not carry yet",
                     "rename in a maintenance window"};
    case TableKind::View:
    case TableKind::MaterializedView:
      return Refusal{name + " is a view", "replace the view by one that has both names"};
    case TableKind::Foreign:
      return Refusal{name + " is a foreign table", "rename it where the data is"};
  }
  if (!table->partition_of.name.empty() || !table->inherits.empty()) {
    return Refusal{name + " inherits its columns", "rename the column in the parent"};
  }
  return std::nullopt;
}

// A parent's row triggers do not fire for the rows of its children (manual, 39.1).
MaybeRefusal check_children(catalog::Catalog const& catalog, Table const& table) {
  for (auto const& [name, other] : catalog.tables) {
    if (std::ranges::find(other.inherits, table.name) != other.inherits.end()) {
      return Refusal{fmt::format("{} inherits from {}, whose triggers would not see its rows",
                                 name.display(), table.name.display()),
                     "rename in a maintenance window, or take the child out of it first (NO "
                     "INHERIT)"};
    }
  }
  return std::nullopt;
}

MaybeRefusal check_columns(sql::RenameColumn const& rename, Table const& table) {
  Column const* column = table.column(rename.from);
  if (column == nullptr) {
    return Refusal{fmt::format("{} has no column {}", rename.table.display(), rename.from.quoted()),
                   "check the name"};
  }
  if (table.column(rename.to) != nullptr) {
    return Refusal{
        fmt::format("{} has a column {} already", rename.table.display(), rename.to.quoted()),
        "choose another name, or drop that column first"};
  }
  if (column->generated) {
    return Refusal{
        fmt::format(
            "{} is a generated column: nobody writes it, so there is nothing to keep in step",
            rename.from.quoted()),
        "add a second generated column with the new name, move the readers, drop the old one"};
  }
  return std::nullopt;
}

// Where the values change, the new column stays: it can take over only what these steps carry.
MaybeRefusal check_conversion(catalog::Catalog const& catalog, Table const& table,
                              Column const& column) {
  if (Blockers const users = built_on(catalog, table, column.name); !users.empty()) {
    return Refusal{
        fmt::format("{} {} built on {}, which contract would drop, since `using` changes its "
                    "values",
                    fmt::join(users, ", "), users.size() == 1 ? "is" : "are", column.name.quoted()),
        "drop what is built on it in a migration before, and make it again, on the new column, "
        "once this one is contracted; or rename without `using`"};
  }
  for (catalog::Constraint const& constraint : table.constraints) {
    if (constraint.kind == ConstraintKind::NotNull) {
      continue;
    }
    if (std::ranges::find(constraint.columns, column.name) == constraint.columns.end()) {
      continue;
    }
    return Refusal{
        fmt::format("constraint {} hangs on {}, and `using` changes the values it was made for",
                    constraint.name.quoted(), column.name.quoted()),
        "rename without `using` and convert the values in a data migration, or drop the constraint "
        "first"};
  }
  if (column.identity != catalog::Identity::None) {
    return Refusal{fmt::format("{} is an identity column; `using` would part it from its sequence",
                               column.name.quoted()),
                   "rename without `using`"};
  }
  return std::nullopt;
}

// One expression may only look at the column that it converts: the trigger sees just this pair.
MaybeRefusal check_expression(char const* directive, Expression const& expression,
                              Identifier const& source) {
  if (expression.calls_volatile()) {
    return Refusal{
        fmt::format("`{}` calls a volatile function: the trigger and the backfill would disagree",
                    directive),
        "use an expression that depends on the column alone"};
  }
  for (sql::ColumnReference const& reference : expression.columns()) {
    if (reference.path.size() == 1 && reference.path.front() == source) {
      continue;
    }
    return Refusal{fmt::format("`{}` reads {}, but may only read {}", directive,
                               reference.path.back().quoted(), source.quoted()),
                   "write the expression over that one column, without a table's name"};
  }
  return std::nullopt;
}

// A trigger that goes by what is SET must hear of no row that the backfill writes.
MaybeRefusal check_lists(Table const& table, RenameFacts const& facts) {
  auto const by_list = std::ranges::find_if(table.triggers, [&](catalog::Trigger const& trigger) {
    return goes_by_set_list(trigger, facts.pair.old_column);
  });
  if (facts.touched || by_list == table.triggers.end()) {
    return std::nullopt;
  }
  return Refusal{
      fmt::format("trigger {} goes by what is SET, {} among it, and {} has no column beside that "
                  "the backfill could set so that it stays quiet",
                  by_list->name.quoted(), facts.pair.old_column.quoted(), table.name.name.quoted()),
      "let the trigger fire without a list of columns, and compare OLD and NEW in its WHEN, in a "
      "migration before"};
}

Expression only(Identifier const& column) {
  return Expression::parse(column.quoted());
}

MaybeRefusal read_directives(sql::RenameColumn const& rename, sql::Directives const& directives,
                             RenameFacts& facts) {
  auto const* forward = directives.find<sql::Using>();
  auto const* reverse = directives.find<sql::Reverse>();
  if (forward != nullptr && forward->column != rename.to) {
    return Refusal{fmt::format("`using` sets {}, but the new column is {}",
                               forward->column.quoted(), rename.to.quoted()),
                   fmt::format("write `-- bellows: using {} = …`", rename.to.quoted())};
  }
  if (reverse != nullptr && reverse->column != rename.from) {
    return Refusal{fmt::format("`reverse` sets {}, but the old column is {}",
                               reverse->column.quoted(), rename.from.quoted()),
                   fmt::format("write `-- bellows: reverse {} = …`", rename.from.quoted())};
  }
  facts.converts = forward != nullptr && !forward->expression.is_column(rename.from);
  if (facts.converts && reverse == nullptr) {
    return Refusal{
        "`using` changes the values and nothing says how the old application gets the new one's "
        "writes",
        fmt::format("add `-- bellows: reverse {} = {}`, or the expression that leads back",
                    rename.from.quoted(), rename.to.quoted())};
  }
  if (!facts.converts && reverse != nullptr && !reverse->expression.is_column(rename.to)) {
    return Refusal{
        "`reverse` changes the values although the way forward does not: the columns could never "
        "agree",
        "add the `using` that belongs to it"};
  }
  if (forward != nullptr) {
    facts.pair.forward = forward->expression.with_builtin_functions_qualified();
  }
  if (reverse != nullptr) {
    facts.pair.reverse = reverse->expression.with_builtin_functions_qualified();
  }
  if (auto refusal = check_expression("using", facts.pair.forward, rename.from)) {
    return refusal;
  }
  return check_expression("reverse", facts.pair.reverse, rename.to);
}

// What a row looks like to which nobody gave a value for the old column.
MaybeRefusal read_default(Column const& column, RenameFacts& facts) {
  facts.pair.old_fills_itself = column.identity != catalog::Identity::None;
  if (!column.default_sql) {
    return std::nullopt;
  }
  std::optional<Expression> value;
  try {
    value = Expression::parse(*column.default_sql);
  } catch (sql::SyntaxError const&) {
    value.reset();  // a default that may not be compared row by row
  }
  if (value && !value->calls_volatile()) {
    facts.pair.old_default = value->text();
    return std::nullopt;
  }
  facts.pair.old_fills_itself = true;
  if (!facts.converts) {
    return std::nullopt;
  }
  return Refusal{
      fmt::format("the default of {} differs from row to row and can't be converted by `using`",
                  column.name.quoted()),
      "drop the default first, or rename without `using`"};
}

RenameFacts plain_facts(sql::RenameColumn const& rename, Table const& table, Column const& column) {
  return {.pair = {.table = table.name,
                   .old_column = rename.from,
                   .new_column = rename.to,
                   .forward = only(rename.from),
                   .reverse = only(rename.to),
                   .type = column.type,
                   .compare_bytes = !equal_means_same(column.type, column.collation),
                   .old_default = std::nullopt,
                   .old_fills_itself = false},
          .table = &table,
          .column = &column,
          .key = {},
          .indexes = {},
          .batch_rows = std::nullopt,
          .converts = false,
          .company = {},
          .touched = std::nullopt};
}

}  // namespace

Identifier copied_index_name(SyncPair const& pair, catalog::Index const& index) {
  return sql::bounded_name(fmt::format("bellows_{}_{}", index.name.raw(), pair.new_column.raw()));
}

std::variant<RenameFacts, Refusal> check_rename(sql::RenameColumn const& rename,
                                                Question const& question) {
  Table const* table = question.catalog.table(rename.table);
  if (auto refusal = check_table(rename, table, question.catalog.complete)) {
    return *refusal;
  }
  if (auto fails = preconditions::refusal(question)) {  // contract could never succeed
    return Refusal{std::move(fails->message), std::move(fails->remedy)};
  }
  if (auto refusal = check_children(question.catalog, *table)) {
    return *refusal;
  }
  if (auto refusal = check_columns(rename, *table)) {
    return *refusal;
  }
  Column const& column = *table->column(rename.from);

  RenameFacts facts = plain_facts(rename, *table, column);
  if (auto refusal = read_directives(rename, question.directives, facts)) {
    return *refusal;
  }
  if (auto refusal = read_default(column, facts)) {
    return *refusal;
  }
  if (auto refusal = check_triggers(question.catalog, *table, facts.pair)) {
    return *refusal;
  }
  if (facts.converts) {
    if (auto refusal = check_conversion(question.catalog, *table, column)) {
      return *refusal;
    }
  }
  facts.touched = column_beside_lists(*table, facts.pair);
  if (auto refusal = check_lists(*table, facts)) {
    return *refusal;
  }
  auto company = swap_company(question, *table);
  if (auto* refusal = std::get_if<Refusal>(&company)) {
    return *refusal;
  }
  facts.company = std::get<SwapCompany>(std::move(company));
  auto key = batch_key_where(*table, question.directives, unfilled(facts.pair, ""));
  if (auto* refusal = std::get_if<Refusal>(&key)) {
    return *refusal;
  }
  facts.key = std::get<std::vector<Identifier>>(key);
  for (catalog::Index const& index : table->indexes) {
    if (std::ranges::find(index.columns, rename.from) != index.columns.end()) {
      facts.indexes.push_back(&index);
    }
  }
  if (auto const* size = question.directives.find<sql::BatchSize>()) {
    facts.batch_rows = size->rows;
  }
  return facts;
}

}  // namespace bellows::rules
