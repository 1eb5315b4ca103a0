#include "planner/catalog/directory.hpp"

#include "planner/catalog/model.hpp"

#include <algorithm>
#include <functional>
#include <string_view>

namespace bellows::catalog {

namespace {

using sql::Identifier;
using sql::QualifiedName;

/// Two names of one hash only cost a look in vain.
std::size_t key_of(Link link, Identifier const& schema, Identifier const& name) {
  return hash_of(schema.raw(), name.raw()) * 3 + static_cast<std::size_t>(link);
}

}  // namespace

void Directory::note(Table const& table) {
  if (!table.partition_of.name.empty()) {
    add(Link::Below, table.partition_of.schema, table.partition_of.name, table.name);
  }
  for (QualifiedName const& parent : table.inherits) {
    add(Link::Below, parent.schema, parent.name, table.name);
  }
  for (Constraint const& constraint : table.constraints) {
    note(table, constraint);
  }
  for (Index const& index : table.indexes) {
    note(table, index);
  }
  for (Column const& column : table.columns) {
    note(table, column);
  }
}

void Directory::note(Table const& table, Column const& column) {
  for (QualifiedName const& sequence : column.sequences) {
    add(Link::Names, sequence.schema, sequence.name, table.name);
  }
}

void Directory::note(Table const& table, Constraint const& constraint) {
  add(Link::Names, table.name.schema, constraint.name, table.name);
  if (!constraint.references.name.empty()) {
    add(Link::PointsTo, constraint.references.schema, constraint.references.name, table.name);
  }
}

void Directory::note(Table const& table, Index const& index) {
  add(Link::Names, table.name.schema, index.name, table.name);
}

std::vector<std::size_t> Directory::tables(Link link, QualifiedName const& name) const {
  std::vector<std::size_t> found;
  if (!any_[static_cast<std::size_t>(link)]) {
    return found;
  }
  std::size_t const key = key_of(link, name.schema, name.name);
  for (auto const& entry : tables_.shard(key)) {
    if (entry.hash == key) {
      found.push_back(entry.value);
    }
  }
  return found;
}

void Directory::add(Link link, Identifier const& schema, Identifier const& name,
                    QualifiedName const& table) {
  std::size_t const key = key_of(link, schema, name);
  std::size_t const owner = hash_of(table);
  bool const there = std::ranges::any_of(tables_.shard(key), [&](auto const& entry) {
    return entry.hash == key && entry.value == owner;
  });
  if (!there) {
    tables_.add(key, owner);
    any_[static_cast<std::size_t>(link)] = true;
  }
}

}  // namespace bellows::catalog
