#include "planner/catalog/replay.hpp"

#include "planner/catalog/attached_indexes.hpp"
#include "planner/catalog/dependents.hpp"
#include "planner/catalog/domains.hpp"
#include "planner/catalog/edit.hpp"
#include "planner/catalog/function_users.hpp"
#include "planner/catalog/glimpses.hpp"
#include "planner/catalog/holders.hpp"
#include "planner/catalog/output.hpp"
#include "planner/catalog/publications.hpp"
#include "planner/catalog/replay_alter.hpp"
#include "planner/catalog/sequences.hpp"
#include "planner/catalog/triggers.hpp"
#include "planner/catalog/type_changes.hpp"
#include "planner/catalog/unseen.hpp"
#include "planner/sql/misplaced.hpp"
#include "planner/sql/script.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace bellows::catalog {

namespace {

using sql::ObjectKind;

bool is_table_like(ObjectKind kind) {
  return kind == ObjectKind::Table || kind == ObjectKind::View ||
         kind == ObjectKind::MaterializedView || kind == ObjectKind::ForeignTable;
}

void copy_columns(Catalog const& catalog, Table& table, QualifiedName const& from,
                  bool with_defaults) {
  Table const* source = catalog.table(from);
  table.partial = table.partial || source == nullptr || source->partial;
  if (source == nullptr) {
    return;
  }
  for (Column column : source->columns) {
    if (table.column(column.name) != nullptr) {
      continue;
    }
    column.sequences.clear();
    bool const of_partition = !table.partition_of.name.empty() && identities_are_inherited(catalog);
    if (!of_partition) {
      column.identity = Identity::None;
    }
    if (!with_defaults) {
      column.default_sql.reset();
      column.generated = false;
    }
    table.columns.push_back(std::move(column));
  }
  for (Constraint const& constraint : source->constraints) {
    if (with_defaults && constraint.kind == ConstraintKind::Check) {
      table.constraints.push_back(constraint);
      table.constraints.back().validated = true;  // there are no rows yet
    }
  }
}

/// The columns of CREATE TABLE … OF.
std::string take_type(Catalog const& catalog, Table& table, QualifiedName const& type) {
  if (!type.name.empty()) {
    table.of_type = type_text(catalog, type);
    auto const found = catalog.composites.find(table.of_type);
    if (found != catalog.composites.end()) {
      table.columns = found->second;
    }
  }
  return table.of_type;
}

bool is_known(Catalog const& catalog, std::string const& composite) {
  return composite.empty() || catalog.composites.contains(composite);
}

void create_sequence(Catalog& catalog, sql::Other const& body) {
  bool const owned = body.owner && !body.owner->table.name.empty();
  if (!owned) {
    catalog.other_relations.insert(catalog.resolve(body.relations.front()));
  }
}

void create_table(Catalog& catalog, sql::CreateTable const& statement) {
  if (std::as_const(catalog).table(statement.table) != nullptr) {
    return;
  }
  catalog.glimpses.erase(catalog.resolve(statement.table));
  Table made;
  made.name = catalog.resolve(statement.table);
  made.unlogged = statement.unlogged;
  made.partition_key = statement.partition_key;
  bool const partitioned = !made.partition_key.strategy.empty();
  made.kind = partitioned         ? TableKind::Partitioned
              : statement.foreign ? TableKind::Foreign
                                  : TableKind::Table;
  if (!statement.partition_of.name.empty()) {
    made.partition_of = catalog.resolve(statement.partition_of);
    made.bounds = statement.bounds;
    made.default_partition = statement.bounds.is_default;
    copy_columns(catalog, made, statement.partition_of, true);
  }
  for (QualifiedName const& parent : statement.inherits) {
    made.inherits.push_back(catalog.resolve(parent));
    copy_columns(catalog, made, parent, true);
  }
  std::string const made_of = take_type(catalog, made, statement.of_type);
  made.partial = made.partial || statement.takes_more || !is_known(catalog, made_of);
  for (QualifiedName const& like : statement.like) {
    copy_columns(catalog, made, like, false);
  }
  Table& table = catalog.add(std::move(made));
  table.columns.reserve(table.columns.size() + statement.columns.size());
  for (sql::ColumnDefinition const& column : statement.columns) {
    if (table.column(column.name) == nullptr) {
      add_column(catalog, table, column);
    }
  }
  add_constraints(catalog, table, statement);
  catalog.complete = catalog.complete && !statement.takes_more && is_known(catalog, made_of);
  if (!table.partition_of.name.empty()) {
    inherit_keys(catalog, table);
  }
}

/// A partition has one like it already, or is given one; either is attached to its parent's.
void create_index_of_partition(Catalog& catalog, Table& table, sql::CreateIndex index,
                               std::map<QualifiedName, Identifier>& names) {
  auto const above = names.find(table.partition_of);
  Table const* parent = catalog.tables.find(table.partition_of);
  Index const* whole =
      parent == nullptr || above == names.end() ? nullptr : parent->index(above->second);
  if (whole == nullptr) {
    return;
  }
  QualifiedName const part_of{parent->name.schema, whole->name};
  auto const attached = [&] {
    return std::ranges::find(table.indexes, part_of, &Index::attached_to);
  };
  attach_matching(table, parent->name, *whole);
  if (attached() == table.indexes.end()) {
    index.name = Identifier();
    add_index(catalog, table, index);
    attach_matching(table, parent->name, *whole);
  }
  if (attached() != table.indexes.end()) {
    names[table.name] = attached()->name;
  }
}

void create_index(Catalog& catalog, sql::CreateIndex const& statement) {
  QualifiedName const target = catalog.resolve(statement.table);
  std::map<QualifiedName, Identifier> names;
  for (QualifiedName const& name : with_children(catalog, target, statement.only)) {
    Table* table = catalog.table(name);
    bool const inherits = name != target && table != nullptr && !table->inherits.empty();
    if (table == nullptr || inherits) {
      continue;
    }
    if (name == target) {
      names[name] = add_index(catalog, *table, statement);
    } else {
      create_index_of_partition(catalog, *table, statement, names);
    }
  }
}

/// What stands on a table and is no trigger is dropped by a Drop that names the table.
std::optional<DependentKind> part_kind(std::string_view what) {
  constexpr std::pair<std::string_view, DependentKind> kinds[] = {
      {"TRIGGER", DependentKind::Trigger},
      {"POLICY", DependentKind::Policy},
      {"RULE", DependentKind::Rule},
  };
  auto const* found =
      std::ranges::find(kinds, what, &std::pair<std::string_view, DependentKind>::first);
  return found == std::end(kinds) ? std::nullopt : std::optional(found->second);
}

/// Columns of the type go with it.
void drop_columns_of(Catalog& catalog, std::string const& type) {
  std::vector<std::pair<QualifiedName, Identifier>> gone;
  for (auto const& [name, table] : catalog.tables) {
    for (Column const& column : table.columns) {
      if (column.type == type || column.type == type + "[]") {
        gone.emplace_back(name, column.name);
      }
    }
  }
  for (auto const& [name, column] : gone) {
    if (Table* table = catalog.table(name)) {
      drop_column(catalog, *table, column);
    }
  }
}

void drop_trigger(Table& table, Identifier const& name) {
  std::erase_if(table.triggers, [&](Trigger const& trigger) { return trigger.name == name; });
}

void drop_user(Catalog& catalog, FunctionUser const& user) {
  Table& table = *catalog.table(user.table);
  switch (user.use) {
    case FunctionUse::Trigger:
      drop_trigger(table, user.name);
      return drop_dependent(catalog, {DependentKind::Trigger, {Identifier(), user.name}, {}},
                            user.table);
    case FunctionUse::Default:
      for (Column& column : table.columns) {
        if (column.name == user.name) {
          column.default_sql.reset();
        }
      }
      return;
    case FunctionUse::GeneratedColumn:
      return drop_column(catalog, table, user.name);
    case FunctionUse::Check:
      return drop_constraint(catalog, table, user.name);
    case FunctionUse::Index:
      return drop_index(catalog, {user.table.schema, user.name});
  }
}

void drop_functions(Catalog& catalog, sql::Drop const& statement) {
  for (std::size_t i = 0; i < statement.names.size(); ++i) {
    QualifiedName const name = catalog.resolve(statement.names[i]);
    catalog.functions.erase(name, statement.arguments[i]);
    if (catalog.functions.named(name).empty()) {
      drop_dependent(catalog, {DependentKind::Function, name, {}}, {});
    }
    if (!statement.cascade) {
      continue;
    }
    for (FunctionUser const& user :
         users_of_function(catalog, statement.names[i], statement.arguments[i])) {
      drop_user(catalog, user);
    }
  }
  // Views, policies and other functions may go with it as well.
  catalog.complete = catalog.complete && !statement.cascade;
}

void drop_one(Catalog& catalog, sql::Drop const& statement, QualifiedName const& name) {
  if (is_table_like(statement.kind)) {
    drop_table(catalog, name, statement.cascade);
    catalog.glimpses.erase(catalog.resolve(name));
  }
  if (statement.kind == ObjectKind::Index) {
    drop_index(catalog, name);
  }
  if (statement.kind == ObjectKind::Sequence) {
    drop_sequence(catalog, name, statement.cascade);
  }
  if (statement.kind == ObjectKind::Schema) {
    drop_schema(catalog, name.name, statement.cascade);
  }
  Table* table =
      statement.kind == ObjectKind::Trigger ? catalog.table(statement.on_table) : nullptr;
  if (table != nullptr) {
    drop_trigger(*table, name.name);
  }
  if (auto const kind = part_kind(statement.what)) {
    drop_dependent(catalog, {*kind, {Identifier(), name.name}, {}}, statement.on_table);
  }
  bool const type = statement.kind == ObjectKind::Type || statement.kind == ObjectKind::Domain;
  if (type && statement.cascade) {
    drop_columns_of(catalog, type_text(catalog, name));
  }
  if (statement.what == "PUBLICATION") {
    drop_publication(catalog, name.name);
  }
  if (statement.what == "STATISTICS") {
    catalog.statistics.erase(catalog.resolve(name));
  }
  if (type) {
    catalog.domains.erase(type_text(catalog, name));
    catalog.composites.erase(type_text(catalog, name));
    catalog.enums.erase(type_text(catalog, name));
    catalog.other_types.erase(type_text(catalog, name));
  }
}

void drop(Catalog& catalog, sql::Drop const& statement) {
  for (QualifiedName const& name : statement.names) {
    drop_one(catalog, statement, name);
  }
  if (statement.kind == ObjectKind::Function) {
    drop_functions(catalog, statement);
  }
}

void rename(Catalog& catalog, sql::RenameColumn const& statement) {
  for (QualifiedName const& name : with_children(catalog, statement.table, statement.only)) {
    Table* table = catalog.table(name);
    if (table != nullptr) {
      rename_column(catalog, *table, statement.from, statement.to);
    }
  }
  rename_in_glimpse(catalog, statement);
}

QualifiedName renamed(Catalog const& catalog, sql::RenameObject const& statement) {
  QualifiedName name = catalog.resolve(statement.name);
  (statement.to.empty() ? name.schema : name.name) =
      statement.to.empty() ? statement.to_schema : statement.to;
  return name;
}

void rename_schema(Catalog& catalog, Identifier const& from, Identifier const& to) {
  if (catalog.schemas.erase(from) != 0) {
    catalog.schemas.insert(to);
  }
  std::vector<QualifiedName> names;
  for (auto const& [name, moved] : catalog.tables) {
    if (name.schema == from) {
      names.push_back(name);
    }
  }
  for (QualifiedName const& name : names) {
    rename_table(catalog, name, {to, name.name});
  }
  names.clear();
  for (auto const& [name, functions] : catalog.functions) {
    if (name.schema == from) {
      names.push_back(name);
    }
  }
  for (QualifiedName const& name : names) {
    rename_function(catalog, name, {to, name.name});
  }
}

void rename(Catalog& catalog, sql::RenameObject const& statement) {
  Table* table = catalog.table(statement.name);
  if (statement.what == "CONSTRAINT" && table != nullptr) {
    rename_constraint(catalog, *table, statement.part, statement.to);
    catalog.directory.note(*table);
  } else if (statement.what == "TRIGGER" && table != nullptr) {
    rename_trigger(*table, statement.part, statement.to);
  } else if (auto const kind = part_kind(statement.what); kind && table != nullptr) {
    rename_dependent(*table, *kind, statement.part, statement.to);
  } else if (statement.what == "PUBLICATION") {
    rename_publication(catalog, statement.name.name, statement.to);
  } else if (statement.what == "ATTRIBUTE") {
    rename_attribute(catalog, statement);
  } else if (statement.kind == ObjectKind::Type || statement.kind == ObjectKind::Domain) {
    QualifiedName const to = renamed(catalog, statement);
    rename_type(catalog, type_text(catalog, statement.name), to.quoted());
  } else if (statement.kind == ObjectKind::Sequence ||
             (is_table_like(statement.kind) && table == nullptr)) {
    if (statement.to_schema.empty()) {  // ALTER TABLE does it as well
      rename_index(catalog, statement.name, statement.to);
    }
    rename_sequence(catalog, statement.name, renamed(catalog, statement));
    rename_glimpse(catalog, statement.name, renamed(catalog, statement));
  } else if (is_table_like(statement.kind)) {
    QualifiedName const to = renamed(catalog, statement);
    rename_table(catalog, statement.name, to);
  } else if (statement.kind == ObjectKind::Index && statement.to_schema.empty()) {
    rename_index(catalog, statement.name, statement.to);
  } else if (statement.kind == ObjectKind::Function) {
    QualifiedName const from = catalog.resolve(statement.name);
    rename_function(catalog, from, renamed(catalog, statement));
    rename_holder(catalog, DependentKind::Function, from, renamed(catalog, statement));
  } else if (statement.kind == ObjectKind::Schema) {
    rename_schema(catalog, statement.name.name, statement.to);
  }
}

/// Statements that may change tables in ways that their text does not show.
bool is_opaque(std::string_view kind) {
  constexpr std::string_view opaque[] = {"CREATE EXTENSION", "ALTER EXTENSION", "DROP EXTENSION",
                                         "IMPORT FOREIGN SCHEMA", "DROP OWNED"};
  return std::ranges::find(opaque, kind) != std::end(opaque);
}

void other(Catalog& catalog, sql::Statement const& statement, sql::Other const& body) {
  struct Makes {
    std::string_view kind;
    TableKind table;
  };
  constexpr Makes makes[] = {{"CREATE VIEW", TableKind::View},
                             {"CREATE MATERIALIZED VIEW", TableKind::MaterializedView},
                             {"CREATE TABLE AS", TableKind::Table}};
  bool const made_before =
      !body.relations.empty() && std::as_const(catalog).table(body.relations.front()) != nullptr;
  for (Makes const& made : makes) {
    if (made.kind == statement.kind && !body.relations.empty()) {
      create_relation(catalog, body, made.table);
    }
  }
  if (statement.kind == "CREATE TYPE" && !body.attributes.empty()) {
    create_composite(catalog, body);
  }
  if (statement.kind.find(" TYPE") != std::string::npos && !body.object.name.empty()) {
    change_types(catalog, statement, body);
  }
  if (statement.kind == "CREATE SCHEMA" && !body.part.empty()) {
    catalog.schemas.insert(body.part);
  }
  if (statement.kind == "CREATE STATISTICS" && !body.relations.empty()) {
    catalog.statistics[catalog.resolve(body.object)] = catalog.resolve(body.relations.front());
  }
  if (statement.kind == "CREATE SEQUENCE" && !body.relations.empty()) {
    create_sequence(catalog, body);
  }
  if (body.owner && !body.relations.empty()) {
    own_sequence(catalog, body.relations.front(), *body.owner);
  }
  if (body.publication) {
    change_publication(catalog, body.part, *body.publication);
  }
  if (body.function) {
    depend_by_body(catalog, body);
    change_function(catalog, *body.function);
  }
  depend(catalog, statement, body, made_before);
  catalog.extended = catalog.extended || statement.kind == "CREATE CAST";
  if (is_opaque(statement.kind)) {
    catalog.complete = false;
    catalog.extended = true;
  }
}

struct Replay {
  Catalog& catalog;
  sql::Statement const& statement;

  void operator()(sql::CreateTable const& body) const { create_table(catalog, body); }
  void operator()(sql::CreateIndex const& body) const { create_index(catalog, body); }
  void operator()(sql::Drop const& body) const { drop(catalog, body); }
  void operator()(sql::RenameColumn const& body) const { rename(catalog, body); }
  void operator()(sql::RenameObject const& body) const { rename(catalog, body); }
  void operator()(sql::AlterTable const& body) const {
    bool const unseen = body.on == ObjectKind::Table && !catalog.complete &&
                        std::as_const(catalog).table(body.table) == nullptr;
    unseen ? glimpse(catalog, body) : alter_table(catalog, body);
  }
  void operator()(sql::Update const&) const {}
  void operator()(sql::DataStatement const& body) const {
    if (statement.plain_block) {
      for (sql::Statement const& inner : statement.block) {
        replay(catalog, inner);
      }
    } else if (body.opaque) {
      catalog.complete = false;
      note_unseen(catalog, statement);
    }
  }
  void operator()(sql::CreateTrigger const& body) const { create_trigger(catalog, body); }
  void operator()(sql::DomainChange const& body) const { change_domain(catalog, body); }
  void operator()(sql::Other const& body) const { other(catalog, statement, body); }
  void operator()(sql::Unparsed const&) const {
    catalog.complete = catalog.complete && sql::misplaced_as(statement).has_value();
  }
};

}  // namespace

void replay(Catalog& catalog, sql::Statement const& statement) {
  std::visit(Replay{catalog, statement}, statement.body);
  if (statement.search_path) {
    catalog.search_path_schema = *statement.search_path;
  }
  if (statement.time_zone) {
    catalog.time_zone = statement.time_zone->zone;
  }
  if (statement.time_zone && !statement.time_zone->local) {
    catalog.time_zone_of_session = statement.time_zone->zone;
  }
}

void replay(Catalog& catalog, sql::Migration const& migration) {
  SettingsGuard const guard(catalog);
  catalog.file = migration.file;
  for (sql::Statement const& statement : migration.up) {
    replay(catalog, statement);
  }
}

void end_transaction(Catalog& catalog) {
  catalog.time_zone = catalog.time_zone_of_session;
}

void replay_text(Catalog& catalog, std::string_view text) {
  SettingsGuard const guard(catalog);
  for (sql::Statement const& statement : sql::parse_all(sql::split(sql::without_bom(text)))) {
    replay(catalog, statement);
  }
}

}  // namespace bellows::catalog
