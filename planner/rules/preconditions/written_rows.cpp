#include "planner/rules/preconditions/written_rows.hpp"

#include "planner/rules/preconditions/literals.hpp"
#include "planner/rules/preconditions/parts.hpp"
#include "planner/rules/preconditions/type_casts.hpp"
#include "planner/rules/refused.hpp"
#include "planner/sql/rows_written.hpp"

#include <fmt/core.h>

// Source: analyze.c, transformInsertRow(); parse_target.c, checkInsertTargets(),
// transformAssignedExpr(); rewriteHandler.c, rewriteTargetListIU(); plancat.c,
// infer_arbiter_indexes(); execMain.c, ExecConstraints().
namespace bellows::rules::preconditions {

namespace {

using Kind = sql::WrittenValue::Kind;
using sql::WrittenValue;

struct Insert {
  Facts const& facts;
  Table const& table;
  sql::WrittenRows const& rows;
  std::vector<Column const*> targets;  // of its list, else all of the table's
};

/// What was read last: refusal and doubt are asked of a statement one after the other.
std::optional<sql::WrittenRows> const& rows_of(sql::Statement const& statement) {
  thread_local std::string text;
  thread_local std::optional<sql::WrittenRows> rows;
  if (text != statement.raw.text) {
    rows = sql::rows_written(statement);
    text = statement.raw.text;
  }
  return rows;
}

std::optional<Insert> insert_of(Facts const& facts) {
  Table const* table = facts.statement.kind == "INSERT" ? facts.table() : nullptr;
  bool const told = table != nullptr && !table->partial && table->unseen.empty();
  if (!told || !rows_of(facts.statement) || rows_of(facts.statement)->parts) {
    return std::nullopt;
  }
  Insert insert{facts, *table, *rows_of(facts.statement), {}};
  for (Identifier const& name : insert.rows.columns) {
    insert.targets.push_back(table->column(name));
  }
  if (!insert.rows.listed) {
    for (Column const& column : table->columns) {
      insert.targets.push_back(&column);
    }
  }
  bool const all_there = std::ranges::find(insert.targets, nullptr) == insert.targets.end();
  return all_there ? std::optional(std::move(insert)) : std::nullopt;
}

/// Of a row, or of the SELECT; nothing where that is not told.
std::optional<std::size_t> width_of(Insert const& insert, std::size_t row) {
  return insert.rows.rows.empty() ? insert.rows.width : std::optional(insert.rows.rows[row].size());
}

bool names_twice(Insert const& insert, std::string& what) {
  auto const& columns = insert.rows.columns;
  for (auto one = columns.begin(); one != columns.end(); ++one) {
    if (std::find(columns.begin(), one, *one) != one) {
      what = one->quoted();
      return true;
    }
  }
  return false;
}

/// How many values there are where they are too many, or too few for the list.
std::optional<std::size_t> wrong_width(Insert const& insert) {
  for (std::size_t row = 0; row < std::max<std::size_t>(insert.rows.rows.size(), 1); ++row) {
    auto const width = insert.rows.default_values ? std::nullopt : width_of(insert, row);
    bool const too_few = width && insert.rows.listed && *width < insert.targets.size();
    if (width && (*width > insert.targets.size() || too_few)) {
      return width;
    }
  }
  return std::nullopt;
}

/// A value and the column that it is for.
struct Place {
  WrittenValue const* value = nullptr;
  Column const* column = nullptr;
};

Place first_where(Insert const& insert, auto wrong) {
  for (std::vector<WrittenValue> const& row : insert.rows.rows) {
    for (std::size_t at = 0; at < std::min(row.size(), insert.targets.size()); ++at) {
      if (wrong(row[at], *insert.targets[at])) {
        return {&row[at], insert.targets[at]};
      }
    }
  }
  return {};
}

std::string_view type_of(WrittenValue const& value) {
  switch (value.kind) {
    case Kind::Integer:
      return "integer";
    case Kind::Fraction:
      return "numeric";
    case Kind::Boolean:
      return "boolean";
    case Kind::Computed:
    case Kind::Default:
    case Kind::Null:
    case Kind::Text:
      break;
  }
  return "";
}

bool is_of_other_type(Catalog const& catalog, WrittenValue const& value, Column const& column) {
  std::string_view const type = type_of(value);
  return !type.empty() && is_assignable(catalog, type, column.type) == false;
}

bool has_default(Catalog const& catalog, Column const& column) {
  auto const domain = catalog.domains.find(column.type);
  bool const of_domain = domain != catalog.domains.end() && !domain->second.default_sql.empty();
  return column.default_sql || column.generated || column.identity != catalog::Identity::None ||
         of_domain;
}

/// Triggers and rules may give the row what it lacks, and others' tables check nothing here.
bool keeps_rows_as_written(Insert const& insert) {
  Table const& table = insert.table;
  bool const stored = table.kind == TableKind::Table || table.kind == TableKind::Partitioned;
  bool const rules = std::ranges::any_of(table.dependents, [](catalog::Dependent const& one) {
    return one.kind == catalog::DependentKind::Rule;
  });
  bool const triggers = std::ranges::any_of(table.triggers, [](catalog::Trigger const& one) {
    bool const told = !one.definition.empty();
    return (one.time == sql::TriggerTime::Before || one.before_row) && (one.on_insert || !told);
  });
  return stored && !rules && !triggers && !has_children(insert.facts.catalog, table);
}

/// A column that every row would have a NULL in, though it is NOT NULL.
Column const* lacking(Insert const& insert) {
  if (!keeps_rows_as_written(insert)) {
    return nullptr;
  }
  std::size_t const width =
      insert.rows.default_values ? 0 : width_of(insert, 0).value_or(insert.targets.size());
  for (Column const& column : insert.table.columns) {
    auto const at = std::ranges::find(insert.targets, &column);
    bool const given = static_cast<std::size_t>(at - insert.targets.begin()) <
                       std::min(width, insert.targets.size());
    if (column.not_null && !given && !has_default(insert.facts.catalog, column)) {
      return &column;
    }
  }
  return nullptr;
}

Column const* given_null(Insert const& insert) {
  if (!keeps_rows_as_written(insert)) {
    return nullptr;
  }
  auto const is_null = [&](WrittenValue const& value, Column const& column) {
    bool const null = value.kind == Kind::Null ||
                      (value.kind == Kind::Default && !has_default(insert.facts.catalog, column));
    bool const ignored = column.identity != catalog::Identity::None && insert.rows.overriding;
    return null && column.not_null && !ignored;
  };
  return first_where(insert, is_null).column;
}

/// A unique index over exactly these columns, of every row.
bool has_key_over(Table const& table, std::vector<Identifier> const& columns) {
  return std::ranges::any_of(table.indexes, [&](Index const& index) {
    bool const plain = index.unique && index.valid && !index.partial && !index.has_expressions;
    auto const keys =
        std::span(index.columns).first(std::min(index.key_columns, index.columns.size()));
    return plain &&
           std::ranges::all_of(
               columns,
               [&](auto const& one) { return std::ranges::find(keys, one) != keys.end(); }) &&
           std::ranges::all_of(keys, [&](auto const& one) { return rules::has(columns, one); });
  });
}

Finding fails(std::string_view state, std::string const& because, std::string_view remedy) {
  return refused(statement_fails.id, state, because, remedy);
}

std::string list_of(std::vector<Identifier> const& columns) {
  std::string list;
  for (Identifier const& column : columns) {
    list += (list.empty() ? "" : ", ") + column.quoted();
  }
  return list;
}

std::optional<Finding> refused_when_read(Insert const& insert) {
  Catalog const& catalog = insert.facts.catalog;
  std::string what;
  if (names_twice(insert, what)) {
    return fails("42701", fmt::format("{} is named twice", what), "Leave one of them out.");
  }
  auto const width = catalog.complete || insert.rows.listed ? wrong_width(insert) : std::nullopt;
  if (width) {
    return fails(
        "42601",
        fmt::format("it gives {} {} to {} {} of {}", *width, *width == 1 ? "value" : "values",
                    insert.targets.size(), insert.targets.size() == 1 ? "column" : "columns",
                    insert.table.name.display()),
        "Name the columns, and give each a value.");
  }
  Place const unreadable = first_where(insert, [&](auto const& value, Column const& column) {
    return value.kind == Kind::Text && is_unreadable(catalog, column.type, value.text);
  });
  if (unreadable.value != nullptr) {
    return fails("22P02",
                 fmt::format("{} is no value of {}", sql::quote_literal(unreadable.value->text),
                             unreadable.column->type),
                 "Give a value of the column's type: of an enum, letter case counts.");
  }
  Place const other = first_where(insert, [&](auto const& value, Column const& column) {
    return is_of_other_type(catalog, value, column);
  });
  if (other.value != nullptr) {
    return fails(
        "42804",
        fmt::format("{} is {}, and is given a value of type {}", other.column->name.quoted(),
                    other.column->type, type_of(*other.value)),
        "Give a value of the column's type, or cast it.");
  }
  return std::nullopt;
}

std::optional<Finding> refused_when_rewritten(Insert const& insert) {
  bool const stored =
      insert.table.kind == TableKind::Table || insert.table.kind == TableKind::Partitioned;
  auto const is_given = [](WrittenValue const& value) { return value.kind != Kind::Default; };
  Place const generated = first_where(insert, [&](auto const& value, Column const& column) {
    return is_given(value) && column.generated;
  });
  if (stored && generated.column != nullptr) {
    return fails(insert.facts.catalog.server_version < 14 ? "42601" : "428C9",
                 fmt::format("{} of {} is generated, and takes only DEFAULT",
                             generated.column->name.quoted(), insert.table.name.display()),
                 "Leave the column out, or give it DEFAULT.");
  }
  Place const identity = first_where(insert, [&](auto const& value, Column const& column) {
    return is_given(value) && column.identity == catalog::Identity::Always;
  });
  if (stored && identity.column != nullptr && !insert.rows.overriding) {
    return fails("428C9",
                 fmt::format("{} of {} is GENERATED ALWAYS AS IDENTITY, and takes only DEFAULT",
                             identity.column->name.quoted(), insert.table.name.display()),
                 "Leave the column out; or, where the numbers are meant, OVERRIDING SYSTEM VALUE.");
  }
  auto const& conflict = insert.rows.conflict;
  bool const keyless = stored && !conflict.empty() && !has_key_over(insert.table, conflict);
  return keyless && insert.facts.catalog.complete
             ? std::optional(fails(
                   "42P10",
                   fmt::format("{} has no unique index over exactly {}, which ON CONFLICT asks for",
                               insert.table.name.display(), list_of(conflict)),
                   "Name the columns of a key that is there, or make one before."))
             : std::nullopt;
}

std::optional<Finding> refused_when_run(Insert const& insert) {
  constexpr std::string_view remedy = "Give it a value, or the column a DEFAULT before.";
  if (insert.rows.rows.empty()) {
    return std::nullopt;  // a SELECT, which may give no row
  }
  if (Column const* column = lacking(insert)) {
    return fails("23502",
                 fmt::format("{} of {} is NOT NULL, has no DEFAULT, and is given no value",
                             column->name.quoted(), insert.table.name.display()),
                 remedy);
  }
  if (Column const* column = given_null(insert)) {
    return fails("23502",
                 fmt::format("{} of {} is NOT NULL, and is given NULL", column->name.quoted(),
                             insert.table.name.display()),
                 remedy);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Finding> insert_refusal(Facts const& facts) {
  auto const insert = insert_of(facts);
  if (!insert) {
    return std::nullopt;
  }
  auto finding = refused_when_read(*insert);
  finding = finding ? finding : refused_when_rewritten(*insert);
  return finding ? finding : refused_when_run(*insert);
}

std::optional<InsertDoubt> insert_doubt(Facts const& facts) {
  auto const insert = insert_of(facts);
  if (!insert) {
    return std::nullopt;
  }
  if (!facts.catalog.complete && !insert->rows.listed && wrong_width(*insert)) {
    return InsertDoubt{
        fmt::format("whether {} has more than {} columns, which is all that what comes before "
                    "gives it",
                    insert->table.name.display(), insert->targets.size()),
        "42601"};
  }
  Column const* column = insert->rows.rows.empty() ? lacking(*insert) : nullptr;
  return column == nullptr
             ? std::nullopt
             : std::optional(InsertDoubt{
                   fmt::format("whether its SELECT gives no row: {} of {} is NOT NULL, has no "
                               "DEFAULT, and is given no value",
                               column->name.quoted(), insert->table.name.display()),
                   "23502"});
}

}  // namespace bellows::rules::preconditions
