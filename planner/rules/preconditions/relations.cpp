#include "planner/catalog/edit.hpp"
#include "planner/catalog/names.hpp"
#include "planner/locks/related.hpp"
#include "planner/rules/nearest.hpp"
#include "planner/rules/preconditions/parts.hpp"
#include "planner/sql/rows_written.hpp"
#include "planner/sql/text.hpp"

#include <fmt/core.h>

// Source: namespace.c, RangeVarGetRelidExtended(); heap.c, heap_create_with_catalog();
// tablecmds.c, RemoveRelations(), RenameRelationInternal(); manual, appendix A.
namespace bellows::rules::preconditions {

namespace {

using sql::ObjectKind;

// --- what is there ---

bool is_systems(QualifiedName const& name) {
  std::string const& schema = name.schema.raw();
  return schema == "information_schema" || schema.starts_with("pg_") ||
         (schema.empty() && name.name.raw().starts_with("pg_"));
}

/// Whoever searches another schema, too, finds there what is missing in the first.
bool is_elsewhere(Catalog const& catalog, QualifiedName const& name) {
  auto const same = [&](QualifiedName const& other) { return other.name == name.name; };
  if (std::ranges::any_of(catalog.other_relations, same)) {
    return true;
  }
  for (auto const& [other, table] : catalog.tables) {
    if (same(other) || table.index(name.name) != nullptr) {
      return true;
    }
    for (Column const& column : table.columns) {
      if (std::ranges::any_of(column.sequences, same)) {
        return true;
      }
    }
  }
  return false;
}

/// COMMENT ON COLUMN means the attributes of composite types as well.
bool is_composite(Catalog const& catalog, QualifiedName const& name) {
  std::string const inside = "." + name.name.quoted();
  return std::ranges::any_of(catalog.composites, [&](auto const& type) {
    return name.schema.empty() ? type.first.ends_with(inside) : type.first == name.quoted();
  });
}

/// Where no relation is known in its schema, that may be what is missing.
bool has_schema(Catalog const& catalog, QualifiedName const& name) {
  auto const inside = [&](QualifiedName const& other) { return other.schema == name.schema; };
  for (auto const& [other, table] : catalog.tables) {
    if (inside(other)) {
      return true;
    }
  }
  return std::ranges::any_of(catalog.other_relations, inside);
}

}  // namespace

bool is_missing(Catalog const& catalog, QualifiedName const& name) {
  bool const unknown = !catalog.complete || name.name.empty() || is_systems(name) ||
                       catalog::relation_taken(catalog, name) || is_composite(catalog, name);
  if (unknown) {
    return false;
  }
  return name.schema.empty() ? !is_elsewhere(catalog, name) : has_schema(catalog, name);
}

namespace {

// --- what a statement needs ---

void add_references(std::vector<sql::ConstraintDefinition> const& constraints,
                    std::vector<QualifiedName>& into) {
  for (sql::ConstraintDefinition const& one : constraints) {
    if (one.form == ConstraintForm::ForeignKey) {
      into.push_back(one.references);
    }
  }
}

}  // namespace

bool is_relation(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::Table:
    case ObjectKind::Index:
    case ObjectKind::View:
    case ObjectKind::MaterializedView:
    case ObjectKind::Sequence:
    case ObjectKind::ForeignTable:
      return true;
    case ObjectKind::Type:
    case ObjectKind::Domain:
    case ObjectKind::Function:
    case ObjectKind::Schema:
    case ObjectKind::Trigger:
    case ObjectKind::Other:
      return false;
  }
  return false;
}

namespace {

/// The relations that must be there, as the statement names them.
struct Needs {
  Facts const& facts;
  using Names = std::vector<QualifiedName>;

  Names operator()(sql::CreateTable const& create) const {
    Names names = create.inherits;
    names.insert(names.end(), create.like.begin(), create.like.end());
    names.push_back(create.partition_of);
    add_references(create.constraints, names);
    for (sql::ColumnDefinition const& column : create.columns) {
      add_references(column.constraints, names);
    }
    std::erase_if(names, [&](QualifiedName const& name) {
      return facts.catalog.resolve(name) == facts.target();
    });
    bool const skipped = create.if_not_exists && facts.table() != nullptr;
    return skipped ? Names{} : names;
  }
  Names operator()(sql::CreateIndex const& index) const { return {index.table}; }
  Names operator()(sql::Drop const& drop) const {
    return drop.if_exists ? Names{} : Names{drop.on_table};
  }
  Names operator()(sql::RenameColumn const& rename) const {
    bool const type = rename.on == ObjectKind::Type;
    return rename.if_exists || type ? Names{} : Names{rename.table};
  }
  Names operator()(sql::RenameObject const& rename) const {
    bool const part = rename.what == "CONSTRAINT" || rename.kind == ObjectKind::Trigger;
    return !rename.if_exists && (part || is_relation(rename.kind)) ? Names{rename.name} : Names{};
  }
  Names operator()(sql::AlterTable const& alter) const {
    if (alter.on == ObjectKind::Type) {
      return {};
    }
    Names names = alter.if_exists ? Names{} : Names{alter.table};
    bool const known =
        facts.table() != nullptr ||
        (alter.on == ObjectKind::Index &&
         facts.catalog.table_of_index(facts.catalog.resolve(alter.table)) != nullptr);
    if (facts.command != nullptr && known) {
      names.push_back(facts.command->other);
      add_references({facts.command->constraint}, names);
      add_references(facts.command->column.constraints, names);
      Names const taken = locks::related::sequence_of_default(facts);
      names.insert(names.end(), taken.begin(), taken.end());
    }
    return names;
  }
  Names operator()(sql::Update const& update) const {
    return update.simple ? Names{update.table} : sql::relations_read(facts.statement);
  }
  Names operator()(sql::DataStatement const& data) const {
    Names names = data.writes;
    names.insert(names.end(), data.reads.begin(), data.reads.end());
    return names;
  }
  Names operator()(sql::CreateTrigger const& trigger) const { return {trigger.table}; }
  Names operator()(sql::DomainChange const&) const { return {}; }
  Names operator()(sql::Other const& other) const {
    constexpr std::string_view making[] = {"CREATE VIEW", "CREATE MATERIALIZED VIEW",
                                           "CREATE TABLE AS"};
    constexpr std::string_view naming[] = {"CREATE POLICY",
                                           "ALTER POLICY",
                                           "CREATE RULE",
                                           "CREATE STATISTICS",
                                           "REFRESH MATERIALIZED VIEW",
                                           "REFRESH MATERIALIZED VIEW CONCURRENTLY",
                                           "COMMENT ON TABLE",
                                           "COMMENT ON VIEW",
                                           "ANALYZE",
                                           "ALTER SEQUENCE",
                                           "VACUUM",
                                           "COMMENT ON INDEX",
                                           "COMMENT ON SEQUENCE",
                                           "CLUSTER",
                                           "COMMENT ON COLUMN",
                                           "COMMENT ON CONSTRAINT",
                                           "COMMENT ON TRIGGER",
                                           "COMMENT ON POLICY",
                                           "COMMENT ON RULE",
                                           "COMMENT ON MATERIALIZED VIEW",
                                           "GRANT",
                                           "REVOKE",
                                           "REINDEX INDEX",
                                           "REINDEX INDEX CONCURRENTLY",
                                           "REINDEX TABLE",
                                           "REINDEX TABLE CONCURRENTLY",
                                           "REPACK",
                                           "REPACK CONCURRENTLY"};
    std::string_view const kind = facts.statement.kind;
    if (other.publication) {
      Names names;
      for (auto const& member : other.publication->tables) {
        names.push_back(member.table);
      }
      return names;
    }
    if (other.owner && (kind == "CREATE SEQUENCE" || kind == "ALTER SEQUENCE")) {
      return {other.owner->table};
    }
    bool const makes = std::ranges::find(making, kind) != std::end(making);
    bool const names =
        std::ranges::find(naming, kind) != std::end(naming) || kind.starts_with("LOCK TABLE");
    if (other.if_exists || other.relations.empty() || (!makes && !names)) {
      return {};
    }
    return makes ? Names(other.relations.begin() + 1, other.relations.end()) : other.relations;
  }
  Names operator()(sql::Unparsed const&) const { return {}; }
};

/// With what may have been meant, of the same schema.
std::string or_meant(Catalog const& catalog, QualifiedName const& name) {
  std::vector<std::string> known;
  for (auto const& [other, table] : catalog.tables) {
    if (other.schema == catalog.resolve(name).schema) {
      known.push_back(other.name.quoted());
    }
  }
  bool const telling = name.name.raw().size() > 3;  // of a, nearly everything is near
  auto const near = telling ? nearest(name.name.quoted(), known) : std::nullopt;
  return near ? fmt::format("{} (is {} meant?)", name.display(), *near) : name.display();
}

MaybeBreach is_not_there(Facts const& facts) {
  if (!facts.catalog.complete) {
    return std::nullopt;
  }
  bool const rows = facts.body<sql::Update>() || facts.body<sql::DataStatement>();
  for (QualifiedName const& name : std::visit(Needs{facts}, facts.statement.body)) {
    bool const nowhere =
        rows && !name.schema.empty() && !is_systems(name) && !has_schema(facts.catalog, name);
    if (nowhere || is_missing(facts.catalog, name)) {
      return breach(or_meant(facts.catalog, name));
    }
  }
  return std::nullopt;
}

MaybeBreach drops_missing(Facts const& facts, bool index) {
  auto const* drop = facts.body<sql::Drop>();
  bool const asks = drop != nullptr && !drop->if_exists && is_relation(drop->kind) &&
                    (drop->kind == ObjectKind::Index) == index;
  if (!asks) {
    return std::nullopt;
  }
  for (QualifiedName const& name : drop->names) {
    if (is_missing(facts.catalog, name)) {
      return breach(name.display());
    }
  }
  return std::nullopt;
}

MaybeBreach drops_missing_relation(Facts const& facts) {
  return drops_missing(facts, false);
}

MaybeBreach drops_missing_index(Facts const& facts) {
  return drops_missing(facts, true);
}

// --- of another kind ---

std::string_view word_of(TableKind kind) {
  switch (kind) {
    case TableKind::Table:
    case TableKind::Partitioned:
      return "TABLE";
    case TableKind::View:
      return "VIEW";
    case TableKind::MaterializedView:
      return "MATERIALIZED VIEW";
    case TableKind::Foreign:
      return "FOREIGN TABLE";
  }
  return "TABLE";
}

MaybeBreach drops_another_kind(Facts const& facts) {
  auto const* drop = facts.body<sql::Drop>();
  if (drop == nullptr || !is_relation(drop->kind)) {
    return std::nullopt;
  }
  for (QualifiedName const& name : facts.targets) {
    Table const* table = facts.catalog.tables.find(name);
    if (table != nullptr && word_of(table->kind) != drop->what) {
      return breach(name.display(), std::string(word_of(table->kind)));
    }
    bool const index = table == nullptr && drop->kind != ObjectKind::Index &&
                       facts.catalog.table_of_index(name) != nullptr;
    if (index) {
      return breach(name.display(), "INDEX");
    }
  }
  return std::nullopt;
}

// --- names that are taken ---

/// What the statement is to give a name to, resolved; empty where it makes nothing, or only where
/// the name is free.
QualifiedName made_by(Facts const& facts) {
  if (auto const* create = facts.body<sql::CreateTable>()) {
    return create->if_not_exists ? QualifiedName() : facts.target();
  }
  if (auto const* index = facts.body<sql::CreateIndex>()) {
    Table const* table = facts.table();
    bool const compared =  // concurrently_if_not_exists.cpp: bellows leaves what is meant
        index->concurrently && table != nullptr && table->index(index->name) != nullptr;
    bool const named = !index->name.empty() && !index->if_not_exists && !compared;
    return named && table != nullptr ? QualifiedName{table->name.schema, index->name}
                                     : QualifiedName();
  }
  constexpr std::string_view making[] = {"CREATE VIEW", "CREATE MATERIALIZED VIEW",
                                         "CREATE TABLE AS", "CREATE SEQUENCE"};
  auto const* other = facts.body<sql::Other>();
  bool const makes =
      other != nullptr && !other->relations.empty() &&
      std::ranges::find(making, std::string_view(facts.statement.kind)) != std::end(making);
  bool const lenient = makes && (says_if_not_exists(facts.statement.raw.text) ||
                                 says_replace(facts.statement.raw.text));
  return makes && !lenient ? facts.catalog.resolve(other->relations.front()) : QualifiedName();
}

MaybeBreach is_taken(Facts const& facts) {
  QualifiedName const name = made_by(facts);
  auto const& composites = facts.catalog.composites;
  bool const composite = !composites.empty() && composites.contains(name.quoted());
  return !name.name.empty() && (composite || catalog::relation_taken(facts.catalog, name))
             ? std::optional(breach(name.display()))
             : std::nullopt;
}

/// A table is a type as well.
MaybeBreach is_taken_by_type(Facts const& facts) {
  if (facts.catalog.domains.empty()) {
    return std::nullopt;
  }
  auto const* create = facts.body<sql::CreateTable>();
  QualifiedName const name = create != nullptr ? facts.target() : made_by(facts);
  bool const row_type = facts.body<sql::CreateIndex>() == nullptr &&
                        facts.statement.kind != "CREATE SEQUENCE" && !name.name.empty();
  std::string const text = name.quoted();
  bool const taken = facts.catalog.domains.contains(text) || facts.catalog.enums.contains(text) ||
                     facts.catalog.other_types.contains(text);
  return row_type && taken ? std::optional(breach(name.display())) : std::nullopt;
}

MaybeBreach replaces_no_view(Facts const& facts) {
  Table const* table =
      facts.statement.kind == "CREATE VIEW" && says_replace(facts.statement.raw.text)
          ? facts.table()
          : nullptr;
  return table != nullptr && table->kind != TableKind::View
             ? std::optional(breach(table->name.display()))
             : std::nullopt;
}

MaybeBreach new_name_is_taken(Facts const& facts) {
  auto const* rename = facts.body<sql::RenameObject>();
  if (rename == nullptr || !is_relation(rename->kind) || facts.targets.empty()) {
    return std::nullopt;
  }
  QualifiedName to = facts.target();
  Table const* owner = facts.catalog.table_of_index(to);
  bool const stays = rename->to.empty() && rename->to_schema == to.schema;
  bool const known = !stays && (facts.table() != nullptr || owner != nullptr ||
                                catalog::relation_taken(facts.catalog, to));
  (rename->to.empty() ? to.schema : to.name) = rename->to.empty() ? rename->to_schema : rename->to;
  return known && catalog::relation_taken(facts.catalog, to) ? std::optional(breach(to.display()))
                                                             : std::nullopt;
}

/// With SET SCHEMA a table takes its indexes along.
MaybeBreach index_name_is_taken(Facts const& facts) {
  auto const* rename = facts.body<sql::RenameObject>();
  Table const* table =
      rename == nullptr || rename->to_schema.empty() || rename->to_schema == facts.target().schema
          ? nullptr
          : facts.table();
  for (Index const& index : table == nullptr ? std::vector<Index>{} : table->indexes) {
    QualifiedName const to{rename->to_schema, index.name};
    if (catalog::relation_taken(facts.catalog, to)) {
      return breach(to.display(), table->name.display());
    }
  }
  return std::nullopt;
}

constexpr std::string_view check_relation =
    "Check the name and the schema before it; where another migration makes it, let that one come "
    "first.";
constexpr std::string_view other_relation_name =
    "Choose another name; where what is there is what you want, leave the statement out.";

constexpr Precondition relations_rows[] = {
    {"42P01", is_not_there, of::anything, "there is no relation {what}", check_relation},
    {"42P01", drops_missing_relation, of::drop, "there is no relation {what}",
     "Check the name, or say IF EXISTS."},
    {"42704", drops_missing_index, of::drop, "there is no index {what}",
     "Check the name, or say IF EXISTS."},
    {"42809", drops_another_kind, of::drop, "{what} is another kind of object: DROP {other}",
     "DROP {other} {what}."},
    {"42P07", is_taken, of::create_table | of::create_index | of::other,
     "there is a relation {what} already", other_relation_name},
    {"42710", is_taken_by_type, of::create_table | of::other,
     "there is a type {what} already, and a table is a type as well", "Choose another name."},
    {"42809", replaces_no_view, of::other, "{what} is no view",
     "Choose another name, or DROP it and CREATE the view in one migration."},
    {"42P07", new_name_is_taken, of::rename_object, "there is a relation {what} already",
     "Choose another name."},
    {"42P07", index_name_is_taken, of::rename_object,
     "there is a relation {what} already, and {other} takes an index of that name along",
     "ALTER INDEX … RENAME TO another name first."},
};

}  // namespace

std::span<Precondition const> of_relations() {
  return relations_rows;
}

}  // namespace bellows::rules::preconditions
