#include "planner/catalog/attached_indexes.hpp"

#include <algorithm>

// Source: manual, CREATE INDEX, ALTER INDEX; indexcmds.c, DefineIndex(); tablecmds.c,
// AttachPartitionEnsureIndexes(), DetachPartitionFinalize().
namespace bellows::catalog {

namespace {

bool alike(Index const& one, Index const& other) {
  return one.columns == other.columns && one.key_columns == other.key_columns &&
         one.unique == other.unique && one.method == other.method && one.partial == other.partial &&
         one.has_expressions == other.has_expressions;
}

}  // namespace

void attach_matching(Table& partition, QualifiedName const& parent, Index const& parents) {
  QualifiedName const whole{parent.schema, parents.name};
  if (std::ranges::find(partition.indexes, whole, &Index::attached_to) != partition.indexes.end()) {
    return;
  }
  auto const found = std::ranges::find_if(partition.indexes, [&](Index const& index) {
    bool const fits = !parents.primary || index.primary;
    return index.attached_to.name.empty() && fits && alike(index, parents);
  });
  if (found != partition.indexes.end()) {
    found->attached_to = whole;
  }
}

void attach_keys(Catalog& catalog, Table& partition) {
  Table const* parent = catalog.tables.find(partition.partition_of);
  if (parent == nullptr) {
    return;
  }
  for (Constraint const& key : parent->constraints) {
    Index const* index = key.index.empty() ? nullptr : parent->index(key.index);
    if (index != nullptr) {
      attach_matching(partition, parent->name, *index);
    }
  }
}

void attach_index(Catalog& catalog, QualifiedName const& parents, QualifiedName const& part) {
  Table const* owner = catalog.table_of_index(part);
  if (owner == nullptr) {
    return;
  }
  QualifiedName const name = catalog.resolve(part);
  Table& table = *catalog.table(owner->name);
  std::ranges::find(table.indexes, name.name, &Index::name)->attached_to = catalog.resolve(parents);
}

void detach_indexes(Table& partition) {
  for (Index& index : partition.indexes) {
    index.attached_to = QualifiedName();
  }
}

void drop_attached(Catalog& catalog, QualifiedName const& table, Identifier const& index) {
  QualifiedName const whole{table.schema, index};
  for (QualifiedName const& name : catalog.linked(Link::Below, table)) {
    Table const* below = catalog.tables.find(name);
    auto const part = below == nullptr
                          ? std::vector<Index>::const_iterator()
                          : std::ranges::find(below->indexes, whole, &Index::attached_to);
    if (below == nullptr || part == below->indexes.end()) {
      continue;
    }
    Identifier const gone = part->name;
    drop_attached(catalog, name, gone);
    Table& partition = *catalog.table(name);
    std::erase_if(partition.indexes, [&](Index const& one) { return one.name == gone; });
    std::erase_if(partition.constraints, [&](Constraint const& one) { return one.index == gone; });
  }
}

}  // namespace bellows::catalog
