#include "planner/catalog/edit.hpp"
#include "planner/locks/related.hpp"

#include <algorithm>

/// Indexes of the tables that a statement is about, and the tables of its indexes.
namespace bellows::locks::related {

using catalog::Table;
using sql::QualifiedName;

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
  for (catalog::Index const& index : table->indexes) {
    all.push_back({table->name.schema, index.name});
  }
  return all;
}

}  // namespace bellows::locks::related
