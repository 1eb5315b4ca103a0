#include "planner/catalog/edit.hpp"
#include "planner/catalog/references.hpp"
#include "planner/locks/related.hpp"

#include <algorithm>

/// Indexes of the tables that a statement is about, and the tables of its indexes.
namespace bellows::locks::related {

using catalog::Index;
using catalog::Table;
using sql::QualifiedName;

namespace {

bool is_key_over(Index const& index, std::vector<sql::Identifier> const& columns) {
  bool const plain = index.unique && !index.partial && !index.has_expressions;
  auto const end = index.columns.begin() + static_cast<std::ptrdiff_t>(index.key_columns);
  return plain && index.key_columns == columns.size() &&
         std::is_permutation(index.columns.begin(), end, columns.begin());
}

/// REFERENCES without columns means the primary key.
void take_key(Facts const& facts, sql::ConstraintDefinition const& constraint, Names& keys) {
  Table const* table = constraint.form == sql::ConstraintForm::ForeignKey
                           ? facts.catalog.table(constraint.references)
                           : nullptr;
  if (table == nullptr) {
    return;
  }
  auto const found = std::ranges::find_if(table->indexes, [&](Index const& index) {
    return constraint.referenced_columns.empty()
               ? index.primary
               : is_key_over(index, constraint.referenced_columns);
  });
  if (found != table->indexes.end()) {
    keys.push_back({table->name.schema, found->name});
  }
}

}  // namespace

Names newly_referenced_keys(Facts const& facts) {
  Names keys;
  auto const take = [&](std::vector<sql::ConstraintDefinition> const& constraints) {
    for (sql::ConstraintDefinition const& constraint : constraints) {
      take_key(facts, constraint, keys);
    }
  };
  if (auto const* create = facts.body<sql::CreateTable>()) {
    take(create->constraints);
    for (sql::ColumnDefinition const& column : create->columns) {
      take(column.constraints);
    }
  }
  if (facts.command != nullptr) {
    take_key(facts, facts.command->constraint, keys);
    take(facts.command->column.constraints);
  }
  return keys;
}

Names table_of_index(Facts const& facts) {
  Names owners;
  for (QualifiedName const& index : facts.targets) {
    Table const* table = facts.catalog.table_of_index(index);
    if (table != nullptr && std::ranges::find(owners, table->name) == owners.end()) {
      owners.push_back(table->name);
    }
  }
  return owners;
}

Names partitions_of_index(Facts const& facts) {
  Names partitions;
  for (QualifiedName const& owner : table_of_index(facts)) {
    if (facts.catalog.table(owner)->kind != catalog::TableKind::Partitioned) {
      continue;  // children by INHERITS keep theirs
    }
    for (QualifiedName const& each : catalog::with_children(facts.catalog, owner, false)) {
      if (each != owner) {
        partitions.push_back(each);
      }
    }
  }
  return partitions;
}

Names resting_on_index(Facts const& facts) {
  auto const* drop = facts.body<sql::Drop>();
  Names names;
  if (drop == nullptr || !drop->cascade) {
    return names;
  }
  for (QualifiedName const& index : facts.targets) {
    Table const* owner = facts.catalog.table_of_index(index);
    if (owner == nullptr) {
      continue;
    }
    for (Table const* other : facts.catalog.referencing(owner->name)) {
      bool const rests = std::ranges::any_of(other->constraints, [&](auto const& key) {
        return key.references == owner->name && catalog::rested_on(*owner, key) == index.name;
      });
      if (rests) {
        names.push_back(other->name);
      }
    }
  }
  return names;
}

Names index_of_constraint(Facts const& facts) {
  Table const* table = facts.table();
  auto const* rename = facts.body<sql::RenameObject>();
  catalog::Constraint const* constraint =
      table == nullptr || rename == nullptr ? nullptr : table->constraint(rename->part);
  if (constraint == nullptr || constraint->index.empty()) {
    return {};
  }
  return {{table->name.schema, constraint->index}};
}

Names indexes(Facts const& facts) {
  Names all;
  Table const* table = facts.table();
  if (table == nullptr) {
    return all;
  }
  for (Index const& index : table->indexes) {
    all.push_back({table->name.schema, index.name});
  }
  return all;
}

}  // namespace bellows::locks::related
