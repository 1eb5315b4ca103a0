#include "planner/catalog/output.hpp"
#include "planner/rules/preconditions/parts.hpp"

#include <array>

// Source: view.c, checkViewColumns(), DefineVirtualRelation(); matview.c, ExecRefreshMatView();
// tablecmds.c, ATSimplePermissions().
namespace bellows::rules::preconditions {

namespace {

bool is_view_kind(Table const& table) {
  return table.kind == TableKind::View || table.kind == TableKind::MaterializedView;
}

// --- CREATE OR REPLACE VIEW ---

/// A column that the query takes as it is, and that none of its relations has; nothing where not
/// all of them are told.
std::optional<Identifier> missing_column(Facts const& facts, sql::Output const& output) {
  for (sql::OutputColumn const& wanted : output.columns) {
    if (wanted.column.empty()) {
      continue;
    }
    bool const found = std::ranges::any_of(output.from, [&](sql::Uses::Relation const& relation) {
      Table const* table = facts.catalog.table(relation.name);
      return table == nullptr || table->partial || table->column(wanted.column) != nullptr ||
             wanted.column == relation.name.name || wanted.column == relation.alias;
    });
    if (!found) {
      return wanted.column;
    }
  }
  return std::nullopt;
}

MaybeBreach selects_missing(Facts const& facts) {
  auto const* made = facts.body<sql::Other>();
  bool const asks = made != nullptr && made->output && facts.catalog.complete &&
                    (facts.statement.kind == "CREATE VIEW" ||
                     facts.statement.kind == "CREATE MATERIALIZED VIEW" ||
                     facts.statement.kind == "CREATE TABLE AS");
  auto const missing = asks ? missing_column(facts, *made->output) : std::nullopt;
  return missing ? std::optional(breach(missing->quoted())) : std::nullopt;
}

/// Both columns of the first place where a new query's differ from those that the view has.
struct Difference {
  std::string old_name;
  std::string new_name;
  std::string detail;
};

std::optional<Difference> difference(Facts const& facts) {
  auto const* made = facts.body<sql::Other>();
  Table const* view = facts.table();
  bool const replaces = made != nullptr && facts.statement.kind == "CREATE VIEW" && made->output &&
                        view != nullptr && view->kind == TableKind::View && !view->partial &&
                        says_replace(facts.statement.raw.text) &&
                        !missing_column(facts, *made->output);
  auto const columns = replaces ? catalog::columns_of(facts.catalog, *made->output) : std::nullopt;
  if (!columns) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < view->columns.size(); ++i) {
    Column const& old = view->columns[i];
    if (i >= columns->size()) {
      return Difference{old.name.quoted(), "", "is no longer there"};
    }
    Column const& now = (*columns)[i];
    if (old.name != now.name) {
      return Difference{old.name.quoted(), now.name.quoted(), "is called " + now.name.quoted()};
    }
    bool const told = !old.type.empty() && !now.type.empty();
    if (told && old.type != now.type) {
      return Difference{old.name.quoted(), now.name.quoted(),
                        "is " + now.type + " instead of " + old.type};
    }
  }
  return std::nullopt;
}

MaybeBreach changes_view(Facts const& facts) {
  auto const found = difference(facts);
  return found ? std::optional(breach(found->old_name, found->detail)) : std::nullopt;
}

MaybeBreach repeats_column(Facts const& facts) {
  auto const* made = facts.body<sql::Other>();
  bool const makes = made != nullptr && made->output &&
                     (facts.statement.kind == "CREATE VIEW" ||
                      facts.statement.kind == "CREATE MATERIALIZED VIEW" ||
                      facts.statement.kind == "CREATE TABLE AS");
  auto const columns = makes ? catalog::columns_of(facts.catalog, *made->output) : std::nullopt;
  for (std::size_t i = 1; columns && i < columns->size(); ++i) {
    auto const end = columns->begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find_if(columns->begin(), end,
                     [&](Column const& one) { return one.name == (*columns)[i].name; }) != end) {
      return breach((*columns)[i].name.quoted());
    }
  }
  return std::nullopt;
}

// --- what a view is not ---

MaybeBreach alters_view(Facts const& facts) {
  Table const* table = facts.table();
  bool const table_command = facts.command != nullptr && facts.alter->on == sql::ObjectKind::Table;
  if (!table_command || table == nullptr || !is_view_kind(*table)) {
    return std::nullopt;
  }
  constexpr std::string_view of_both[] = {"OWNER TO", "SET OPTIONS", "RESET OPTIONS"};
  constexpr std::string_view of_views[] = {"SET DEFAULT", "DROP DEFAULT"};
  constexpr std::string_view of_materialized[] = {
      "SET STATISTICS",       "SET STORAGE",    "SET COMPRESSION",
      "SET COLUMN OPTIONS",   "CLUSTER ON",     "SET WITHOUT CLUSTER",
      "RESET COLUMN OPTIONS", "SET TABLESPACE", "SET ACCESS METHOD"};
  auto const among = [&](auto const& list) {
    return std::ranges::find(list, std::string_view(facts.command->kind)) != std::end(list);
  };
  bool const view = table->kind == TableKind::View;
  bool const allowed = among(of_both) || (view ? among(of_views) : among(of_materialized));
  return allowed ? std::nullopt : std::optional(breach(view ? "a view" : "a materialized view"));
}

MaybeBreach truncates_view(Facts const& facts) {
  for (QualifiedName const& name : facts.targets) {
    Table const* table = facts.catalog.tables.find(name);
    bool const asks = facts.statement.kind.starts_with("TRUNCATE");
    if (asks && table != nullptr && is_view_kind(*table)) {
      return breach(name.display());
    }
  }
  return std::nullopt;
}

MaybeBreach writes_materialized(Facts const& facts) {
  constexpr std::string_view writing[] = {"INSERT", "UPDATE", "DELETE"};
  Table const* table = facts.table();
  bool const writes =
      std::ranges::find(writing, std::string_view(facts.statement.kind)) != std::end(writing);
  return writes && table != nullptr && table->kind == TableKind::MaterializedView
             ? std::optional(breach(table->name.display()))
             : std::nullopt;
}

// --- REFRESH ---

bool refreshes(Facts const& facts) {
  return facts.statement.kind.starts_with("REFRESH MATERIALIZED VIEW");
}

/// Of a kind that has no rows, or another server's: refused before it is asked what it is.
MaybeBreach refreshes_other(Facts const& facts) {
  Table const* table = refreshes(facts) ? facts.table() : nullptr;
  return table != nullptr && (table->kind == TableKind::View || table->kind == TableKind::Foreign)
             ? std::optional(breach(table->name.display()))
             : std::nullopt;
}

MaybeBreach refreshes_table(Facts const& facts) {
  Table const* table = refreshes(facts) ? facts.table() : nullptr;
  return table != nullptr && table->kind != TableKind::MaterializedView
             ? std::optional(breach(table->name.display()))
             : std::nullopt;
}

MaybeBreach refreshes_without_key(Facts const& facts) {
  Table const* table =
      facts.statement.kind == "REFRESH MATERIALIZED VIEW CONCURRENTLY" ? facts.table() : nullptr;
  bool const lacks =
      table != nullptr && table->kind == TableKind::MaterializedView &&
      std::ranges::none_of(table->indexes, [](Index const& index) {
        return index.unique && index.valid && !index.partial && !index.has_expressions;
      });
  return lacks ? std::optional(breach(table->name.display())) : std::nullopt;
}

constexpr Precondition views_rows[] = {
    {"42703", selects_missing, of::other, "no relation of the query has a column {what}",
     "Check the name."},
    {"42P16", changes_view, of::other,
     "{table} keeps its columns, and {what} {other}: OR REPLACE only adds some at the end",
     "Give the query the same columns, in order, under the same names and types (AS, ::), new ones "
     "last; or DROP VIEW {table} and CREATE it again in one migration."},
    {"42701", repeats_column, of::other, "{what} stands twice among the columns of the query",
     "Name one of the two otherwise: … AS …."},
    {"42809", alters_view, of::alter_table, "{table} is {what}, which has no such property",
     "Do it on the table that holds the rows, or replace the view."},
    {"42809", truncates_view, of::data, "{what} is a view, and holds no rows that could go",
     "TRUNCATE the table that holds the rows."},
    {"42809", writes_materialized, of::update | of::data,
     "{what} is a materialized view, which REFRESH alone writes",
     "Write the tables that its query reads, and REFRESH it."},
    {"42809", refreshes_other, of::other, "{what} is no materialized view", "Check the name."},
    {"0A000", refreshes_table, of::other, "{what} is no materialized view", "Check the name."},
    {"55000", refreshes_without_key, of::other,
     "{what} has no unique index over plain columns without WHERE",
     "CREATE UNIQUE INDEX CONCURRENTLY on {what} first, in a migration of its own; or REFRESH "
     "without CONCURRENTLY."},
};

}  // namespace

std::span<Precondition const> of_views() {
  return views_rows;
}

}  // namespace bellows::rules::preconditions
