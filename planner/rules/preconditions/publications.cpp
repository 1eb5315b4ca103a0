#include "planner/rules/preconditions/parts.hpp"

// Source: publicationcmds.c, CreatePublication(), AlterPublicationTables(),
// PublicationDropTables(); pg_publication.c, check_publication_add_relation(),
// publication_translate_columns(); statscmds.c, CreateStatistics(); policy.c, CreatePolicy().
namespace bellows::rules::preconditions {

namespace {

using sql::PublicationChange;

PublicationChange const* change_of(Facts const& facts) {
  auto const* body = facts.body<sql::Other>();
  return body != nullptr && body->publication ? &*body->publication : nullptr;
}

bool is_published(Table const& table, Identifier const& publication) {
  return std::ranges::any_of(table.dependents, [&](catalog::Dependent const& dependent) {
    return dependent.kind == catalog::DependentKind::Publication &&
           dependent.name.name == publication;
  });
}

catalog::Publication const* altered(Facts const& facts) {
  auto const* change = change_of(facts);
  if (change == nullptr || change->action == PublicationChange::Action::Create) {
    return nullptr;
  }
  auto const found = facts.catalog.publications.find(facts.body<sql::Other>()->part);
  return found == facts.catalog.publications.end() ? nullptr : &found->second;
}

MaybeBreach of_all_tables(Facts const& facts) {
  auto const* publication = altered(facts);
  bool const names = publication != nullptr &&
                     (!change_of(facts)->tables.empty() || !change_of(facts)->schemas.empty());
  return names && publication->all_tables
             ? std::optional(breach(facts.body<sql::Other>()->part.quoted()))
             : std::nullopt;
}

template <typename Broken>
MaybeBreach member_where(Facts const& facts, Broken broken) {
  auto const* change = change_of(facts);
  if (change == nullptr) {
    return std::nullopt;
  }
  for (PublicationChange::Member const& member : change->tables) {
    Table const* table = facts.catalog.table(member.table);
    MaybeBreach found = table == nullptr ? std::nullopt : broken(*change, member, *table);
    if (found) {
      return found;
    }
  }
  return std::nullopt;
}

MaybeBreach has_no_rows(Facts const& facts) {
  return member_where(
      facts, [](auto const& change, auto const&, Table const& table) -> MaybeBreach {
        bool const adds = change.action != PublicationChange::Action::Remove;
        bool const stored = table.kind == TableKind::Table || table.kind == TableKind::Partitioned;
        return adds && !stored ? std::optional(breach(table.name.display())) : std::nullopt;
      });
}

MaybeBreach is_not_logged(Facts const& facts) {
  return member_where(
      facts, [](auto const& change, auto const&, Table const& table) -> MaybeBreach {
        bool const adds = change.action != PublicationChange::Action::Remove;
        return adds && table.unlogged ? std::optional(breach(table.name.display())) : std::nullopt;
      });
}

MaybeBreach is_member_already(Facts const& facts) {
  Identifier const name =
      change_of(facts) == nullptr ? Identifier() : facts.body<sql::Other>()->part;
  return member_where(facts,
                      [&](auto const& change, auto const&, Table const& table) -> MaybeBreach {
                        bool const adds = change.action == PublicationChange::Action::Add;
                        return adds && is_published(table, name)
                                   ? std::optional(breach(table.name.display(), name.quoted()))
                                   : std::nullopt;
                      });
}

MaybeBreach is_no_member(Facts const& facts) {
  if (altered(facts) == nullptr) {
    return std::nullopt;
  }
  Identifier const name = facts.body<sql::Other>()->part;
  return member_where(facts,
                      [&](auto const& change, auto const&, Table const& table) -> MaybeBreach {
                        bool const removes = change.action == PublicationChange::Action::Remove;
                        return removes && !is_published(table, name)
                                   ? std::optional(breach(table.name.display(), name.quoted()))
                                   : std::nullopt;
                      });
}

MaybeBreach has_no_such_column(Facts const& facts) {
  return member_where(
      facts, [&](auto const&, auto const& member, Table const& table) -> MaybeBreach {
        for (Identifier const& column : member.columns) {
          if (facts.catalog.complete && !table.partial && table.column(column) == nullptr) {
            return breach(column.quoted(), table.name.display());
          }
        }
        return std::nullopt;
      });
}

// --- CREATE STATISTICS, CREATE POLICY ---

MaybeBreach counts_in_view(Facts const& facts) {
  Table const* table = facts.statement.kind == "CREATE STATISTICS" ? facts.table() : nullptr;
  return table != nullptr && table->kind == TableKind::View
             ? std::optional(breach(table->name.display()))
             : std::nullopt;
}

MaybeBreach statistics_exist(Facts const& facts) {
  auto const* body = facts.body<sql::Other>();
  bool const makes = body != nullptr && facts.statement.kind == "CREATE STATISTICS" &&
                     !body->object.name.empty() && !body->if_exists;
  return makes && facts.catalog.statistics.contains(facts.catalog.resolve(body->object))
             ? std::optional(breach(body->object.display()))
             : std::nullopt;
}

MaybeBreach policy_on_view(Facts const& facts) {
  Table const* table = facts.statement.kind == "CREATE POLICY" ? facts.table() : nullptr;
  bool const ruled =
      table == nullptr || table->kind == TableKind::Table || table->kind == TableKind::Partitioned;
  return ruled ? std::nullopt : std::optional(breach(table->name.display()));
}

constexpr Precondition publications_rows[] = {
    {"55000", of_all_tables, of::other, "{what} publishes all tables, and names none",
     "Leave it out, or make another publication."},
    {"22023", has_no_rows, of::other, "{what} is no table, and has no rows to publish",
     "Publish the table that holds the rows."},
    {"22023", is_not_logged, of::other, "{what} is unlogged: nothing of it is in the log",
     "Make it a logged table first: `bellows explain long-lock`."},
    {"42703", has_no_such_column, of::other, "{other} has no column {what}", "Check the name."},
    {"42710", is_member_already, of::other, "{what} is in {other} already", "Leave it out."},
    {"42704", is_no_member, of::other, "{what} is not in {other}", "Leave it out."},
    {"42710", statistics_exist, of::other, "{what} is there already", "Choose another name."},
    {"42809", counts_in_view, of::other, "{what} is a view, of which nothing is counted",
     "Make them on the table that holds the rows."},
    {"42809", policy_on_view, of::other, "{what} is no table",
     "Make it on the table that holds the rows."},
};

}  // namespace

std::span<Precondition const> of_publications() {
  return publications_rows;
}

}  // namespace bellows::rules::preconditions
