#include "planner/locks/related.hpp"

#include "planner/catalog/dependents.hpp"
#include "planner/catalog/edit.hpp"
#include "planner/catalog/function_users.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

namespace bellows::locks {

namespace {

using catalog::Catalog;
using catalog::Constraint;
using catalog::ConstraintKind;
using catalog::Table;
using related::Names;
using sql::Identifier;
using sql::QualifiedName;

void add_once(Names& names, QualifiedName name) {
  if (!name.name.empty() && std::ranges::find(names, name) == names.end()) {
    names.push_back(std::move(name));
  }
}

bool has(std::vector<Identifier> const& names, Identifier const& name) {
  return std::ranges::find(names, name) != names.end();
}

Names with_children(Catalog const& catalog, Names const& names) {
  Names all;
  for (QualifiedName const& name : names) {
    for (QualifiedName& each : catalog::with_children(catalog, name, false)) {
      add_once(all, std::move(each));
    }
  }
  return all;
}

/// … and the partitioned tables that they are part of.
Names with_wholes(Catalog const& catalog, Names names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    Table const* table = catalog.table(names[i]);
    if (table != nullptr) {
      add_once(names, table->partition_of);
    }
  }
  return names;
}

bool says_only(Facts const& facts) {
  if (facts.alter != nullptr) {
    return facts.alter->only;
  }
  if (auto const* index = facts.body<sql::CreateIndex>()) {
    return index->only;
  }
  if (auto const* rename = facts.body<sql::RenameColumn>()) {
    return rename->only;
  }
  return false;
}

/// What the foreign keys of the target that `wanted` picks point to, with partitions.
template <typename Wanted>
Names referenced_where(Facts const& facts, Names const& targets, Wanted wanted) {
  Names names;
  for (QualifiedName const& target : targets) {
    Table const* table = facts.catalog.table(target);
    if (table == nullptr) {
      continue;
    }
    for (Constraint const& constraint : table->constraints) {
      if (constraint.kind == ConstraintKind::ForeignKey && wanted(constraint)) {
        add_once(names, constraint.references);
      }
    }
  }
  return with_children(facts.catalog, names);
}

/// Tables with a foreign key to a target that `wanted` picks.
template <typename Wanted>
Names referencing_where(Facts const& facts, Names const& targets, Wanted wanted) {
  Names names;
  for (QualifiedName const& target : targets) {
    for (Table const* table : facts.catalog.referencing(target)) {
      for (Constraint const& constraint : table->constraints) {
        bool const points = constraint.references == target && wanted(constraint);
        if (points) {
          add_once(names, table->name);
        }
      }
    }
  }
  return names;
}

Names resolved(Catalog const& catalog, std::span<QualifiedName const> names) {
  Names result;
  result.reserve(names.size());
  for (QualifiedName const& name : names) {
    if (!name.name.empty()) {
      add_once(result, catalog.resolve(name));
    }
  }
  return result;
}

Names resolved(Catalog const& catalog, QualifiedName const& name) {
  return resolved(catalog, std::span(&name, 1));
}

void take_references(std::vector<sql::ConstraintDefinition> const& from,
                     std::vector<QualifiedName>& into) {
  for (sql::ConstraintDefinition const& constraint : from) {
    if (constraint.form == sql::ConstraintForm::ForeignKey) {
      into.push_back(constraint.references);
    }
  }
}

/// Where the statement has them.
struct Targets {
  using Some = std::span<QualifiedName const>;

  Some operator()(sql::CreateTable const& body) const { return {&body.table, 1}; }
  Some operator()(sql::CreateIndex const& body) const { return {&body.table, 1}; }
  Some operator()(sql::Drop const& body) const {
    if (body.kind == sql::ObjectKind::Schema) {
      return {};  // see in_schemas()
    }
    if (body.kind == sql::ObjectKind::Function) {
      return {};  // see related::function_users()
    }
    return body.on_table.name.empty() ? Some(body.names) : Some(&body.on_table, 1);
  }
  Some operator()(sql::RenameColumn const& body) const { return {&body.table, 1}; }
  Some operator()(sql::RenameObject const& body) const {
    return body.kind == sql::ObjectKind::Schema ? Some() : Some(&body.name, 1);
  }
  Some operator()(sql::AlterTable const& body) const { return {&body.table, 1}; }
  Some operator()(sql::Update const& body) const { return {&body.table, 1}; }
  Some operator()(sql::DataStatement const& body) const { return body.writes; }
  Some operator()(sql::CreateTrigger const& body) const { return {&body.table, 1}; }
  Some operator()(sql::DomainChange const&) const { return {}; }
  Some operator()(sql::Other const& body) const {
    return Some(body.relations).first(body.relations.empty() ? 0 : 1);
  }
  Some operator()(sql::Unparsed const&) const { return {}; }
};

/// LOCK TABLE a, b: whatever they name is what they are about.
bool is_about_all(std::string_view kind) {
  return kind.starts_with("LOCK TABLE") || kind.starts_with("VACUUM") || kind == "ANALYZE";
}

/// What a DROP SCHEMA is about, relations that were there before the migration first.
Names in_schemas(sql::Drop const& drop, Catalog const& catalog) {
  Names all;
  for (auto const& [name, table] : catalog.tables) {
    bool const inside = std::ranges::any_of(
        drop.names, [&name = name](QualifiedName const& one) { return one.name == name.schema; });
    if (inside) {
      all.push_back(name);
    }
  }
  std::ranges::stable_partition(
      all, [&](QualifiedName const& name) { return !catalog.table(name)->is_new; });
  return all;
}

}  // namespace

std::vector<QualifiedName> targets_of(sql::Statement const& statement, Catalog const& catalog) {
  auto const* drop = std::get_if<sql::Drop>(&statement.body);
  if (drop != nullptr && drop->kind == sql::ObjectKind::Schema) {
    return in_schemas(*drop, catalog);
  }
  auto const* other = std::get_if<sql::Other>(&statement.body);
  return resolved(catalog, other != nullptr && is_about_all(statement.kind)
                               ? Targets::Some(other->relations)
                               : std::visit(Targets{}, statement.body));
}

namespace related {

Names nobody(Facts const&) {
  return {};
}
Names target(Facts const& facts) {
  return facts.targets;
}

Names tree(Facts const& facts) {
  return says_only(facts) ? facts.targets : with_children(facts.catalog, facts.targets);
}

Names children(Facts const& facts) {
  Names all = tree(facts);
  std::erase_if(all, [&](QualifiedName const& name) {
    return std::ranges::find(facts.targets, name) != facts.targets.end();
  });
  return all;
}

Names partitions(Facts const& facts) {
  Table const* table = facts.table();
  bool const partitioned = table != nullptr && table->kind == catalog::TableKind::Partitioned;
  return partitioned ? children(facts) : Names{};
}

Names heirs(Facts const& facts) {
  Table const* table = facts.table();
  bool const partitioned = table != nullptr && table->kind == catalog::TableKind::Partitioned;
  return partitioned ? Names{} : children(facts);
}

Names every_partition(Facts const& facts) {
  Table const* table = facts.table();
  bool const partitioned = table != nullptr && table->kind == catalog::TableKind::Partitioned;
  return partitioned ? with_children(facts.catalog, facts.targets) : Names{};
}

Names parent(Facts const& facts) {
  Names parents;
  for (QualifiedName const& target : facts.targets) {
    Table const* table = facts.catalog.table(target);
    if (table != nullptr) {
      add_once(parents, table->partition_of);
    }
  }
  return parents;
}

Names newly_referenced(Facts const& facts) {
  Names names;
  if (auto const* create = facts.body<sql::CreateTable>()) {
    take_references(create->constraints, names);
    for (sql::ColumnDefinition const& column : create->columns) {
      take_references(column.constraints, names);
    }
    std::erase_if(names, [&](QualifiedName const& name) {
      return facts.catalog.resolve(name) == facts.target();  // to itself
    });
  }
  if (facts.command != nullptr) {
    take_references({facts.command->constraint}, names);
    take_references(facts.command->column.constraints, names);
  }
  return with_children(facts.catalog, resolved(facts.catalog, names));
}

Names referenced_by_constraint(Facts const& facts) {
  return referenced_where(facts, facts.targets, [&](Constraint const& constraint) {
    return facts.command != nullptr && constraint.name == facts.command->name;
  });
}

Names referenced_by_column(Facts const& facts) {
  return referenced_where(facts, tree(facts), [&](Constraint const& constraint) {
    return facts.command != nullptr && has(constraint.columns, facts.command->name);
  });
}

Names referenced(Facts const& facts) {
  return referenced_where(facts, facts.targets, [](Constraint const&) { return true; });
}

Names referenced_alone(Facts const& facts) {
  Names names;
  for (QualifiedName const& target : facts.targets) {
    Table const* table = facts.catalog.table(target);
    Table const* parent =
        table == nullptr ? nullptr : facts.catalog.tables.find(table->partition_of);
    auto const is_parents = [&](Constraint const& constraint) {
      return parent != nullptr &&
             std::ranges::any_of(parent->constraints, [&](Constraint const& above) {
               return above.kind == ConstraintKind::ForeignKey &&
                      above.columns == constraint.columns &&
                      above.references == constraint.references;
             });
    };
    for (Constraint const& constraint :
         table == nullptr ? std::vector<Constraint>{} : table->constraints) {
      if (constraint.kind == ConstraintKind::ForeignKey && !is_parents(constraint)) {
        add_once(names, constraint.references);
      }
    }
  }
  return with_children(facts.catalog, names);
}

Names referenced_by_written(Facts const& facts) {
  auto const* update = facts.body<sql::Update>();
  return referenced_where(facts, facts.targets, [&](Constraint const& constraint) {
    return update == nullptr ||
           std::ranges::any_of(update->set, [&](sql::Assignment const& assignment) {
             return has(constraint.columns, assignment.column);
           });
  });
}

Names referencing(Facts const& facts) {
  return referencing_where(facts, facts.targets, [](Constraint const&) { return true; });
}

Names referencing_whole(Facts const& facts) {
  Names const wholes = with_wholes(facts.catalog, facts.targets);
  return referencing({facts.statement, facts.catalog, wholes, facts.alter, facts.command});
}

Names parts_of_referenced(Facts const& facts) {
  Names names = with_wholes(facts.catalog, facts.targets);
  std::erase_if(names,
                [&](QualifiedName const& name) { return facts.catalog.referencing(name).empty(); });
  return with_children(facts.catalog, names);
}

Names emptied_along(Facts const& facts) {
  Names const named = tree(facts);
  Names emptied = named;
  Facts const all{facts.statement, facts.catalog, emptied, facts.alter, facts.command};
  Names along;
  for (std::size_t known = 0; known < emptied.size();) {
    known = emptied.size();
    for (QualifiedName const& name : with_children(facts.catalog, referencing(all))) {
      add_once(emptied, name);
    }
  }
  std::ranges::copy_if(emptied, std::back_inserter(along), [&](QualifiedName const& name) {
    return std::ranges::find(named, name) == named.end();
  });
  return along;
}

Names cascaded(Facts const& facts) {
  return referencing_where(facts, facts.targets, [](Constraint const& constraint) {
    return constraint.definition.find("ON DELETE CASCADE") != std::string::npos ||
           constraint.definition.find("ON DELETE SET") != std::string::npos;
  });
}

Names referencing_constraint(Facts const& facts) {
  Table const* table = facts.table();
  Constraint const* key = table == nullptr || facts.command == nullptr
                              ? nullptr
                              : table->constraint(facts.command->name);
  if (key == nullptr || key->index.empty()) {
    return {};
  }
  return referencing_where(facts, facts.targets, [&](Constraint const& constraint) {
    return constraint.referenced_columns == key->columns;
  });
}

Names peers_of_column(Facts const& facts) {
  Names peers = referenced_by_column(facts);
  Names const children = referencing_where(facts, tree(facts), [&](Constraint const& constraint) {
    return facts.command != nullptr && has(constraint.referenced_columns, facts.command->name);
  });
  for (QualifiedName const& child : children) {
    add_once(peers, child);
  }
  return peers;
}

Names views(Facts const& facts) {
  Names names;
  sql::Identifier const* column = facts.command == nullptr ? nullptr : &facts.command->name;
  for (QualifiedName const& relation : tree(facts)) {
    for (QualifiedName const& view : catalog::views_above(facts.catalog, relation, column)) {
      add_once(names, view);
    }
  }
  return names;
}

Names function_users(Facts const& facts) {
  auto const* drop = facts.body<sql::Drop>();
  Names users;
  for (std::size_t i = 0; drop != nullptr && i < drop->names.size(); ++i) {
    for (catalog::FunctionUser const& user :
         catalog::users_of_function(facts.catalog, drop->names[i], drop->arguments[i])) {
      add_once(users, user.table);
    }
  }
  return users;
}

Names other_table(Facts const& facts) {
  if (facts.command == nullptr) {
    return {};
  }
  return resolved(facts.catalog, facts.command->other);
}

Names partition_parent(Facts const& facts) {
  auto const* create = facts.body<sql::CreateTable>();
  return create == nullptr ? Names{} : resolved(facts.catalog, create->partition_of);
}

Names inherited(Facts const& facts) {
  auto const* create = facts.body<sql::CreateTable>();
  return create == nullptr ? Names{} : resolved(facts.catalog, create->inherits);
}

Names liked(Facts const& facts) {
  auto const* create = facts.body<sql::CreateTable>();
  return create == nullptr ? Names{} : resolved(facts.catalog, create->like);
}

Names table_of_statistics(Facts const& facts) {
  Names tables;
  for (QualifiedName const& name : facts.targets) {
    auto const found = facts.catalog.statistics.find(name);
    if (found != facts.catalog.statistics.end()) {
      add_once(tables, found->second);
    }
  }
  return tables;
}

Names read_by_view(Facts const& facts) {
  Names views = facts.targets;
  Names found;
  for (std::size_t at = 0; at < views.size(); ++at) {
    QualifiedName const view = views[at];
    for (auto const& [name, table] : facts.catalog.tables) {
      bool const is_read = std::ranges::any_of(table.dependents, [&](auto const& dependent) {
        return catalog::is_view(dependent.kind) && dependent.name == view;
      });
      if (!is_read) {
        continue;
      }
      add_once(found, name);
      if (table.kind == catalog::TableKind::View) {
        add_once(views, name);
      }
    }
  }
  return with_children(facts.catalog, found);
}

Names written(Facts const& facts) {
  return with_children(facts.catalog, facts.targets);
}

}  // namespace related

}  // namespace bellows::locks
