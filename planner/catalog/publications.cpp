#include "planner/catalog/publications.hpp"

#include "planner/catalog/dependents.hpp"
#include "planner/catalog/edit.hpp"

#include <algorithm>
#include <array>
#include <utility>

// Source: execReplication.c, CheckCmdReplicaIdentity(); manual, ALTER TABLE, REPLICA IDENTITY.
namespace bellows::catalog {

namespace {

using Action = sql::PublicationChange::Action;

Dependent as_dependent(Identifier const& name) {
  return {DependentKind::Publication, {Identifier(), name}, {}};
}

bool has_publication(Table const& table) {
  return std::ranges::find(table.dependents, DependentKind::Publication, &Dependent::kind) !=
         table.dependents.end();
}

void remove_member(Catalog& catalog, QualifiedName const& table, Identifier const& name) {
  drop_dependent(catalog, as_dependent(name), table);
  std::erase(catalog.publications[name].listed, table);
}

void remove_all_members(Catalog& catalog, Identifier const& name) {
  for (auto const& [table, content] : catalog.tables) {
    remove_member(catalog, table, name);
  }
}

void add_member(Catalog& catalog, Identifier const& name,
                sql::PublicationChange::Member const& member) {
  QualifiedName const table = catalog.resolve(member.table);
  sql::Uses uses{{{table, Identifier()}}, {}};
  for (Identifier const& column : member.columns) {
    uses.columns.push_back({Identifier(), column});
  }
  remove_member(catalog, table, name);
  add_dependent(catalog, as_dependent(name), uses, table);
  if (member.listed) {
    auto& listed = catalog.publications[name].listed;
    listed.insert(std::ranges::lower_bound(listed, table), table);
  }
}

bool holds(Publication const& publication, Identifier const& schema) {
  return publication.all_tables ||
         std::ranges::find(publication.schemas, schema) != publication.schemas.end();
}

/// The leaf of a partitioned table is published with what is above it.
void add_publications(Catalog const& catalog, Table const& table, std::vector<Published>& into) {
  auto const add = [&](Identifier const& name, bool listed) {
    auto const known = std::ranges::find(into, name, &Published::publication);
    if (known == into.end()) {
      into.push_back({name, listed});
    }
  };
  for (Table const* one = &table; one != nullptr;
       one = one->partition_of.name.empty() ? nullptr : catalog.table(one->partition_of)) {
    for (Dependent const& dependent : one->dependents) {
      if (dependent.kind == DependentKind::Publication) {
        auto const found = catalog.publications.find(dependent.name.name);
        bool const listed =
            found != catalog.publications.end() &&
            std::ranges::find(found->second.listed, one->name) != found->second.listed.end();
        add(dependent.name.name, listed);
      }
    }
    for (auto const& [name, publication] : catalog.publications) {
      if (holds(publication, one->name.schema)) {
        add(name, false);
      }
    }
  }
}

bool is_sent(Table const& table) {  // what is not logged is not published, whatever is said
  return table.kind == TableKind::Table && !table.unlogged;
}

bool publishes(Catalog const& catalog, Table const& table, RowChange change) {
  std::vector<Published> all;
  add_publications(catalog, table, all);
  return std::ranges::any_of(all, [&](Published const& one) {
    auto const found = catalog.publications.find(one.publication);
    return found == catalog.publications.end() ||
           (change == RowChange::Update ? found->second.updates : found->second.deletes);
  });
}

bool tells_rows(Table const& table) {
  switch (table.replica_identity) {
    case ReplicaIdentity::Full:
      return true;
    case ReplicaIdentity::Nothing:
      return false;
    case ReplicaIdentity::Default:
      return std::ranges::any_of(table.indexes, &Index::primary);
    case ReplicaIdentity::Index:
      return std::ranges::any_of(table.indexes, &Index::replica_identity);
  }
  return true;
}

}  // namespace

void change_publication(Catalog& catalog, Identifier const& name,
                        sql::PublicationChange const& change) {
  Publication& publication = catalog.publications[name];
  publication.updates = change.updates.value_or(publication.updates);
  publication.deletes = change.deletes.value_or(publication.deletes);
  publication.all_tables = publication.all_tables || change.all_tables;
  if (change.action == Action::Replace) {
    publication.schemas.clear();
    remove_all_members(catalog, name);
  }
  for (sql::PublicationChange::Member const& member : change.tables) {
    if (change.action == Action::Remove) {
      remove_member(catalog, catalog.resolve(member.table), name);
    } else {
      add_member(catalog, name, member);
    }
  }
  for (Identifier const& named : change.schemas) {
    Identifier const schema = named.empty() ? Identifier(catalog.search_path_schema) : named;
    std::erase(publication.schemas, schema);
    if (change.action != Action::Remove) {
      publication.schemas.push_back(schema);
    }
  }
  std::ranges::sort(publication.schemas);
}

void drop_publication(Catalog& catalog, Identifier const& name) {
  remove_all_members(catalog, name);
  catalog.publications.erase(name);
}

void rename_publication(Catalog& catalog, Identifier const& from, Identifier const& to) {
  catalog.tables.edit_where(
      [](Table const& table) { return has_publication(table); },
      [&](Table& table) { rename_dependent(table, DependentKind::Publication, from, to); });
  auto node = catalog.publications.extract(from);
  if (!node.empty()) {
    node.key() = to;
    catalog.publications.insert(std::move(node));
  }
}

void follow_table(Catalog& catalog, QualifiedName const& from, QualifiedName const& to) {
  for (auto& [name, publication] : catalog.publications) {
    std::ranges::replace(publication.listed, from, to);
    std::ranges::sort(publication.listed);
  }
}

void forget_table(Catalog& catalog, QualifiedName const& table) {
  for (auto& [name, publication] : catalog.publications) {
    std::erase(publication.listed, table);
  }
}

void set_replica_identity(Table& table, std::string_view word, Identifier const& index) {
  constexpr std::array<std::pair<std::string_view, ReplicaIdentity>, 4> words{{
      {"d", ReplicaIdentity::Default},
      {"n", ReplicaIdentity::Nothing},
      {"f", ReplicaIdentity::Full},
      {"i", ReplicaIdentity::Index},
  }};
  for (auto const& [letter, identity] : words) {
    if (letter == word) {
      table.replica_identity = identity;
    }
  }
  for (Index& one : table.indexes) {
    one.replica_identity = table.replica_identity == ReplicaIdentity::Index && one.name == index;
  }
}

std::vector<QualifiedName> without_replica_identity(Catalog const& catalog) {
  std::vector<QualifiedName> names;
  if (catalog.publications.empty()) {  // nor is any table in one: see Catalog
    return names;
  }
  for (auto const& [name, table] : catalog.tables) {
    bool const refused = lacks_replica_identity(catalog, table, RowChange::Update) ||
                         lacks_replica_identity(catalog, table, RowChange::Delete);
    if (refused) {
      names.push_back(name);
    }
  }
  return names;
}

bool lacks_replica_identity(Catalog const& catalog, Table const& table, RowChange change) {
  return is_sent(table) && !tells_rows(table) && publishes(catalog, table, change);
}

std::vector<Published> published_by(Catalog const& catalog, QualifiedName const& name) {
  std::vector<Published> all;
  if (catalog.publications.empty()) {
    return all;
  }
  for (QualifiedName const& below : with_children(catalog, name, false)) {
    Table const* table = catalog.table(below);
    bool const can_be =
        table != nullptr && (table->kind == TableKind::Partitioned || is_sent(*table));
    if (can_be) {
      add_publications(catalog, *table, all);
    }
  }
  std::ranges::sort(all, {}, &Published::publication);
  return all;
}

}  // namespace bellows::catalog
