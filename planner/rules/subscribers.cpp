#include "planner/rules/subscribers.hpp"

#include "planner/catalog/publications.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace bellows::rules {
namespace {

using catalog::Column;
using catalog::Table;
using sql::Identifier;

bool is_generated(sql::ColumnDefinition const& column) {
  return std::ranges::any_of(column.constraints, [](sql::ConstraintDefinition const& one) {
    return one.form == sql::ConstraintForm::Generated;
  });
}

/// A STORED one can be sent from 18 on; before, subscribers compute their own.
bool is_sent(Question const& question, sql::AlterTableCommand const& command) {
  return command.action == sql::AlterAction::AddColumn &&
         (question.catalog.server_version >= 18 || !is_generated(command.column));
}

std::optional<SentChange> added(Question const& question, sql::AlterTable const& alter) {
  SentChange change{alter.table, false, "", ""};
  std::size_t sent = 0;
  for (sql::AlterTableCommand const& command : alter.commands) {
    if (is_sent(question, command)) {
      change.first += fmt::format("{}ADD COLUMN {} {}", sent++ == 0 ? "" : ", ",
                                  command.name.quoted(), command.column.type.text);
    }
  }
  if (sent == 0 || alter.on != sql::ObjectKind::Table) {
    return std::nullopt;
  }
  change.first = sent == alter.commands.size()
                     ? question.statement.raw.text
                     : fmt::format("ALTER TABLE {} {}", change.table.quoted(), change.first);
  return change;
}

/// By it a subscriber finds the row that an UPDATE or DELETE means.
bool tells_rows(Table const& table, Identifier const& column) {
  return std::ranges::any_of(table.indexes, [&](catalog::Index const& index) {
    return (index.primary || index.replica_identity) &&
           std::ranges::find(index.columns, column) != index.columns.end();
  });
}

/// Or nobody knows: files seldom speak of publications.
bool may_be_by_list(catalog::Catalog const& catalog, sql::QualifiedName const& table) {
  auto const published = catalog::published_by(catalog, table);
  return published.empty() || std::ranges::any_of(published, &catalog::Published::listed);
}

std::optional<SentChange> renamed(Question const& question, sql::RenameColumn const& rename) {
  if (rename.on != sql::ObjectKind::Table) {
    return std::nullopt;
  }
  SentChange change{rename.table, true, "", ""};
  Table const* table = question.catalog.table(rename.table);
  Column const* column = table == nullptr ? nullptr : table->column(rename.from);
  if (column != nullptr && column->generated && question.catalog.server_version < 18) {
    return std::nullopt;
  }
  std::string const name = table == nullptr ? rename.table.quoted() : table->name.quoted();
  change.first = fmt::format("ALTER TABLE {} ADD COLUMN {} {}", name, rename.to.quoted(),
                             column == nullptr ? "TYPE" : column->type);
  if (column == nullptr || column->not_null) {
    bool const key = table != nullptr && tells_rows(*table, rename.from);
    change.first += key ? "" : fmt::format(", ALTER COLUMN {} DROP NOT NULL", rename.from.quoted());
  }
  if (may_be_by_list(question.catalog, rename.table)) {  // the copy of the column was never sent
    auto const* converted = question.directives.find<sql::Using>();
    change.at_end =
        fmt::format("UPDATE {0} SET {1} = {2} WHERE {1} IS NULL; ", name, rename.to.quoted(),
                    converted == nullptr ? rename.from.quoted() : converted->expression.text());
  }
  change.at_end += fmt::format("ALTER TABLE {} DROP COLUMN {}", name, rename.from.quoted());
  return change;
}

std::string list(std::vector<catalog::Published> const& all) {
  std::vector<std::string> names;
  for (catalog::Published const& one : all) {
    names.push_back(one.publication.quoted());
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string what_to_type(SentChange const& change) {
  return fmt::format(
      "On every subscriber first: {};{} then say above the statement -- bellows: subscriber ready, "
      "or, where nothing subscribes, -- bellows: subscriber none{}",
      change.first, change.at_end.empty() ? "" : fmt::format(" after contract: {};", change.at_end),
      change.ledger
          ? ". FOR ALL TABLES sends bellows' own tables as well, which have to be there "
            "before bellows runs here: bellows resume --database-url SUBSCRIBER makes them"
          : "");
}

Finding sent(SentChange const& change, std::vector<catalog::Published> const& published) {
  bool const by_list = std::ranges::any_of(published, &catalog::Published::listed);
  std::string const lists =
      change.renames && by_list
          ? " A column list hides the new column only until contract swaps the two."
          : "";
  return {.rule = "published-column",
          .severity = Severity::Error,
          .message = fmt::format("{} is published by {}: a subscriber without the {} stops at the "
                                 "next change of a row, and its slot keeps WAL without end.{}",
                                 change.table.display(), list(published),
                                 change.renames ? "new name" : "new column", lists),
          .remedy = what_to_type(change) + "."};
}

Finding held_back(SentChange const& change, std::vector<catalog::Published> const& published) {
  return {.rule = "published-column",
          .severity = Severity::Note,
          .message = fmt::format("{} is published by {} with a list of columns: subscribers do not "
                                 "get the new one.",
                                 change.table.display(), list(published)),
          .remedy = fmt::format("Where they should: on every subscriber first {}; then ALTER "
                                "PUBLICATION … SET TABLE with the longer list.",
                                change.first)};
}

std::optional<Finding> recognise_subscribers(Question const& question) {
  if (question.catalog.publications.empty()) {
    return std::nullopt;
  }
  auto const change = sent_change(question);
  if (!change || says_subscriber(question.directives)) {
    return std::nullopt;
  }
  auto const published = catalog::published_by(question.catalog, change->table);
  if (published.empty()) {
    return std::nullopt;
  }
  bool const hidden =
      !change->renames && std::ranges::all_of(published, &catalog::Published::listed);
  return hidden ? held_back(*change, published) : sent(*change, published);
}

}  // namespace

std::optional<SentChange> sent_change(Question const& question) {
  std::optional<SentChange> change;
  if (auto const* rename = std::get_if<sql::RenameColumn>(&question.statement.body)) {
    change = renamed(question, *rename);
  } else if (auto const* alter = std::get_if<sql::AlterTable>(&question.statement.body)) {
    change = added(question, *alter);
  }
  Table const* table = change ? question.catalog.table(change->table) : nullptr;
  if (change) {
    auto const& publications = question.catalog.publications;
    change->ledger =
        publications.empty() || std::ranges::any_of(publications, [](auto const& publication) {
          return publication.second.all_tables;
        });
  }
  bool const own = table != nullptr && (table->is_new || table->unlogged);
  return own ? std::nullopt : change;
}

bool says_subscriber(sql::Directives const& directives) {
  return directives.find<sql::Subscriber>() != nullptr;
}

plan::Requirement nobody_subscribes(SentChange const& change) {
  // A list of columns that leaves the new one out is no harm until something is renamed.
  std::string const unless_listed =
      " WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_publication_rel r JOIN "
      "pg_catalog.pg_publication b ON b.oid = r.prpubid JOIN tree t ON t.oid = r.prrelid WHERE "
      "b.pubname = p.pubname AND to_jsonb(r) ->> 'prattrs' IS NOT NULL)";
  return {.query = fmt::format(
              "WITH RECURSIVE tree AS (SELECT to_regclass({})::oid AS oid UNION ALL SELECT "
              "i.inhrelid FROM pg_catalog.pg_inherits i JOIN tree ON i.inhparent = tree.oid) "
              "SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_publication_tables p JOIN "
              "pg_catalog.pg_namespace n ON n.nspname = p.schemaname JOIN pg_catalog.pg_class c ON "
              "c.relnamespace = n.oid AND c.relname = p.tablename JOIN tree ON tree.oid = c.oid{})",
              sql::quote_literal(change.table.quoted()), change.renames ? "" : unless_listed),
          .otherwise = fmt::format("{} is published here, and a subscriber without the new column "
                                   "stops. {}",
                                   change.table.display(), what_to_type(change)),
          .at_start = true};
}

Rule const published_column{
    .id = "published-column", .recognise = recognise_subscribers, .split = nullptr};

}  // namespace bellows::rules
