#include "planner/catalog/directory.hpp"

#include "planner/catalog/model.hpp"

#include <algorithm>
#include <functional>
#include <string_view>

namespace bellows::catalog {

namespace {

using sql::QualifiedName;

/// Two names of one hash only cost a look in vain.
std::size_t key_of(Link link, QualifiedName const& name) {
  std::hash<std::string_view> const hash;
  std::size_t const schema = hash(name.schema.raw()) * 31;
  return (schema ^ hash(name.name.raw())) * 3 + static_cast<std::size_t>(link);
}

}  // namespace

void Directory::note(Table const& table) {
  if (!table.partition_of.name.empty()) {
    add(Link::Below, table.partition_of, table.name);
  }
  for (QualifiedName const& parent : table.inherits) {
    add(Link::Below, parent, table.name);
  }
  for (Constraint const& constraint : table.constraints) {
    add(Link::Names, {table.name.schema, constraint.name}, table.name);
    if (!constraint.references.name.empty()) {
      add(Link::PointsTo, constraint.references, table.name);
    }
  }
  for (Index const& index : table.indexes) {
    add(Link::Names, {table.name.schema, index.name}, table.name);
  }
  for (Column const& column : table.columns) {
    for (QualifiedName const& sequence : column.sequences) {
      add(Link::Names, sequence, table.name);
    }
  }
}

std::vector<QualifiedName> Directory::tables(Link link, QualifiedName const& name) const {
  std::vector<QualifiedName> found;
  std::size_t const key = key_of(link, name);
  auto const take = [&](Entries const& entries) {
    auto const [first, last] = entries.equal_range(key);
    std::transform(first, last, std::back_inserter(found),
                   [](auto const& entry) { return entry.second; });
  };
  take(own_);
  if (shared_) {
    take(*shared_);
  }
  std::ranges::sort(found);
  found.erase(std::ranges::unique(found).begin(), found.end());
  return found;
}

bool Directory::has(std::size_t key, QualifiedName const& table) const {
  auto const in = [&](Entries const& entries) {
    auto const [first, last] = entries.equal_range(key);
    return std::any_of(first, last, [&](auto const& entry) { return entry.second == table; });
  };
  return in(own_) || (shared_ && in(*shared_));
}

void Directory::add(Link link, QualifiedName const& name, QualifiedName const& table) {
  std::size_t const key = key_of(link, name);
  if (has(key, table)) {
    return;
  }
  own_.emplace(key, table);
  constexpr std::size_t small = 64;
  if (own_.size() > small + (shared_ ? shared_->size() / 8 : 0)) {
    merge();
  }
}

void Directory::merge() {
  bool const alone = shared_.use_count() == 1;
  auto all = alone ? std::const_pointer_cast<Entries>(shared_)
                   : std::make_shared<Entries>(shared_ ? *shared_ : Entries{});
  all->merge(own_);
  own_.clear();
  shared_ = std::move(all);
}

}  // namespace bellows::catalog
